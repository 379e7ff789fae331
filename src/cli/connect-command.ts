import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { fillHome, packageFolder } from '../core/home.ts';
import { serverUrl } from '../core/server-url.ts';
import type { Tokens } from '../safety/tokens/tokens.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { readClientFile, writeClientFile } from './connect/client-file.ts';
import { goodTokenIn, revokeIfThere, rightsFor, tokenOptions } from './connect/client-token.ts';
import { clients, isClientName, type Connection } from './connect/clients.ts';
import {
  changedText,
  clientNamed,
  currentEntry,
  isOurs,
  refuseForeign,
  targetOf,
  type Target,
} from './connect/target.ts';
import { unservedLine } from './token-command.ts';
import { withTokens } from './with-tokens.ts';

const inspector = 'inspector';
/** Where a token would be in what is only printed. */
const placeholder = 'TOKEN';

function parseWords(words: readonly string[], command: 'connect' | 'disconnect') {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = {
      name: text,
      grants: text,
      accounts: text,
      toolsets: text,
      expires: text,
      print: flag,
      json: flag,
    };
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: commands[command].forms.join(' | ') }, error);
  }
}

type Values = ReturnType<typeof parseWords>['values'];

function connectionOf(
  { home, environment }: CommandContext,
  { grants, toolsets }: Pick<Values, 'grants' | 'toolsets'>,
  token: string | undefined,
): Connection {
  const configuration = parseConfiguration(environment);
  return {
    url: `${serverUrl(configuration, configuration.mcpPort)}/mcp`,
    token,
    command: process.execPath,
    arguments: [join(packageFolder(), 'bin', 'gmail-mcp-server.js'), '--stdio'],
    environment: {
      GMAIL_HOME: home.folder,
      ...(grants === undefined ? {} : { GMAIL_GRANTS: grants }),
      ...(toolsets === undefined ? {} : { GMAIL_MCP_TOOLSETS: toolsets }),
    },
  };
}

/** Prints what would be written, for a file that somebody keeps by hand; changes nothing. */
function printEntry(target: Target, values: Values, context: CommandContext): number {
  const rights = rightsFor(target, values, context, Date.now());
  const connection = connectionOf(context, values, rights === undefined ? undefined : placeholder);
  context.stdout.write(changedText(target, target.client.entry(connection), ''));
  context.stderr.write(`Add this to ${target.file}.\n`);
  if (rights !== undefined) {
    const words = tokenOptions.flatMap((option) => {
      const value = option === 'grants' ? rights.grants.join(',') : values[option];
      return value === undefined ? [] : [`--${option} ${value}`];
    });
    context.stderr.write(`Make its ${placeholder}: gmail-llm token create ${target.tokenName} ${words.join(' ')}\n`);
    context.stderr.write(unservedLine(rights, parseConfiguration(context.environment)));
  }
  return 0;
}

async function connect(
  target: Target,
  values: Values,
  context: CommandContext,
  { tokens, now }: { readonly tokens: Tokens; readonly now: Date },
): Promise<number> {
  const { client, file, name, tokenName } = target;
  const before = currentEntry(target);
  refuseForeign(target, before);
  const rights = rightsFor(target, values, context, now.getTime());
  fillHome(context.home);
  const kept = rights && (await goodTokenIn(before, rights, values, tokens, now.getTime()));
  const entryWith = (token: string | undefined) => client.entry(connectionOf(context, values, token));
  if (changedText(target, entryWith(kept)) === readClientFile(file) && (rights === undefined || kept !== undefined)) {
    context.stdout.write(`${client.title} is connected already: ${name} in ${file}\n`);
    return 0;
  }
  let token = kept;
  if (rights !== undefined && kept === undefined) {
    await revokeIfThere(tokens, tokenName);
    token = await tokens.create(rights, now);
  }
  let copy: string | undefined;
  try {
    copy = writeClientFile(file, changedText(target, entryWith(token)), now);
  } catch (error) {
    if (kept === undefined) await revokeIfThere(tokens, tokenName);
    throw error;
  }
  context.stdout.write(`Connected ${client.title}: ${name} in ${file}\n`);
  if (copy !== undefined) context.stderr.write(`The file as it was: ${copy}\n`);
  if (rights !== undefined) {
    const shown = rights.toolsets === undefined ? '' : ` and the toolsets ${rights.toolsets.join(', ')}`;
    context.stderr.write(`Its token is ${tokenName}, with the grants ${rights.grants.join(', ')}${shown}.\n`);
    context.stderr.write(unservedLine(rights, parseConfiguration(context.environment)));
  }
  context.stderr.write(`${client.next}\n`);
  return 0;
}

function listClients(values: Values, context: CommandContext): number {
  const rows = Object.keys(clients)
    .filter(isClientName)
    .map((clientName) => {
      const target = targetOf(clientName, values.name, context);
      return {
        client: clientName,
        title: target.client.title,
        file: target.file,
        isConnected: isOurs(currentEntry(target)),
      };
    });
  const table = rows.map((row) => `${row.client}\t${row.title}\t${row.isConnected ? 'connected' : '–'}\t${row.file}\n`);
  context.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : table.join(''));
  return 0;
}

function inspectorLine(context: CommandContext): string {
  const { url } = connectionOf(context, {}, undefined);
  const header = '--header "Authorization: Bearer $(gmail-llm token)"';
  return `npx @modelcontextprotocol/inspector --cli ${url} --transport http ${header} --method tools/list\n`;
}

/** `gmail-llm connect`: writes the server into a client's configuration, with a token of its own, or lists the clients. */
export async function runConnect(context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(context.arguments, 'connect');
  if (positionals.length === 0) return listClients(values, context);
  if (positionals[0] === inspector && positionals.length === 1) {
    context.stdout.write(inspectorLine(context));
    return 0;
  }
  const target = targetOf(clientNamed(positionals), values.name, context);
  if (values.print) return printEntry(target, values, context);
  return withTokens(context, (tokens, now) => connect(target, values, context, { tokens, now: new Date(now()) }));
}

/** `gmail-llm disconnect`: takes the server out of a client's configuration and revokes its token. */
export async function runDisconnect(context: CommandContext): Promise<number> {
  const { values, positionals } = parseWords(context.arguments, 'disconnect');
  const target = targetOf(clientNamed(positionals), values.name, context);
  const { client, file, name, tokenName } = target;
  const entry = currentEntry(target);
  refuseForeign(target, entry);
  if (entry !== undefined) {
    const copy = writeClientFile(file, changedText(target, undefined), new Date());
    if (copy !== undefined) context.stderr.write(`The file as it was: ${copy}\n`);
  }
  const hadToken = await withTokens(context, (tokens) => revokeIfThere(tokens, tokenName));
  const isOff = entry !== undefined || hadToken;
  context.stdout.write(
    isOff
      ? `Disconnected ${client.title}: ${name} in ${file}\n`
      : `${client.title} is not connected: no ${name} in ${file}\n`,
  );
  return 0;
}
