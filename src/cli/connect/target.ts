import { homedir } from 'node:os';
import { meantHint } from '../../core/did-you-mean.ts';
import { AppError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json-object.ts';
import type { CommandContext } from '../command.ts';
import { readClientFile } from './client-file.ts';
import { clients, isClientName, type Client, type ClientName } from './clients.ts';
import { jsonServer, withJsonServer } from './json-servers.ts';
import { tomlServer, withTomlServer } from './toml-servers.ts';

/** A server's place in one client's configuration. */
export interface Target {
  readonly client: Client;
  readonly file: string;
  readonly name: string;
  readonly tokenName: string;
}

/** The client that the words of a command name. Throws `INVALID_INPUT`. */
export function clientNamed(words: readonly string[]): ClientName {
  const [name = '', ...more] = words;
  if (isClientName(name) && more.length === 0) return name;
  const known = Object.keys(clients);
  throw new AppError('INVALID_INPUT', more.length > 0 ? 'One client at a time.' : 'There is no such client.', {
    field: 'CLIENT',
    expected: known.join(', '),
    got: words.join(' ') || 'nothing',
    hint: meantHint(more.length > 0 ? '' : name, known, 'Others take the address and a header by hand: docs/mcp.md.'),
  });
}

function serverName(name = 'gmail'): string {
  if (/^[\w-]{1,40}$/.test(name)) return name;
  throw new AppError('INVALID_INPUT', 'A server has a simple name in a client.', {
    field: '--name',
    expected: '1 to 40 letters, digits, hyphens or underscores',
    got: name,
  });
}

/** Where a client of this user has the server of a name; `gmail` without one. Throws `INVALID_INPUT`. */
export function targetOf(clientName: ClientName, givenName: string | undefined, { shell }: CommandContext): Target {
  const client: Client = clients[clientName];
  const userFolder = shell.HOME ?? homedir();
  const name = serverName(givenName);
  const file = client.file({ platform: process.platform, userFolder, environment: shell });
  return { client, file, name, tokenName: `${name}-${clientName}` };
}

/** The server's entry; undefined where there is none. */
export function currentEntry({ client, file, name }: Target): unknown {
  const read = client.format === 'json' ? jsonServer : tomlServer;
  return read(readClientFile(file), client.servers, name, file);
}

/** The text of the client's file with another entry, or without one. */
export function changedText(
  { client, file, name }: Target,
  entry: object | undefined,
  before = readClientFile(file),
): string {
  const change = client.format === 'json' ? withJsonServer : withTomlServer;
  return change(before, client.servers, name, entry, file);
}

/** Whether an entry leads to a server of ours, on whatever port and from whatever folder. */
export function isOurs(entry: unknown): boolean {
  if (!isJsonObject(entry)) return false;
  const { args } = entry;
  const url = entry['url'] ?? entry['httpUrl'];
  const isServer = typeof url === 'string' && /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+\/mcp$/.test(url);
  return isServer || (Array.isArray(args) && args.some((word) => String(word).includes('gmail-mcp-server')));
}

/** Throws `CONFLICT` where the name is that of a server of somebody else. */
export function refuseForeign({ file, name }: Target, entry: unknown): void {
  if (entry === undefined || isOurs(entry)) return;
  throw new AppError('CONFLICT', `${file} has another server named ${name}.`, {
    field: '--name',
    expected: 'a name that is free',
    got: name,
    hint: `Choose another: --name ${name}-llm. Nothing was changed.`,
  });
}
