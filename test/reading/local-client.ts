import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import type { ContentBlock } from '@modelcontextprotocol/server';
import { grants } from '../../src/core/grants.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { operationServers } from '../../src/mcp/operation-server.ts';
import { operations } from '../../src/operations/operations.ts';
import { assemble } from '../../src/server/assemble.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';

/** An MCP client of a mailbox that has some messages, and their ids in the order given. */
export interface LocalClient {
  readonly ids: readonly string[];
  readonly content: (tool: string, input: Readonly<Record<string, unknown>>) => Promise<readonly ContentBlock[]>;
  readonly close: () => Promise<void>;
}

const owner = 'me@example.org';

async function fileAll(folder: string, mails: readonly Buffer[]): Promise<readonly string[]> {
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: owner });
  const ids: string[] = [];
  for (const raw of mails) ids.push((await mailbox.importMessage({ raw, labelIds: ['INBOX'] })).id);
  mailbox.close();
  return ids;
}

/**
 * Files messages into a new mailbox in `home` and connects a client that may do everything. Without messages it is the
 * demo mailbox that the client finds.
 */
export async function openLocalClient(home: string, mails: readonly Buffer[]): Promise<LocalClient> {
  const { services, home: paths } = await assemble({
    program: 'test',
    environment: { GMAIL_HOME: home },
    logTo: 2,
    logLevel: 'error',
  });
  const ids = mails.length === 0 ? [] : await fileAll(localMailboxFolder(paths.dataFolder, owner), mails);
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  const client = new Client({ name: 'test', version: '1' });
  const { buildServer } = operationServers(operations, new Set(['core']), services);
  await buildServer(() => ({ name: 'owner', grants: new Set(grants) })).connect(serverSide);
  await client.connect(clientSide);
  return {
    ids,
    content: async (name, input) => (await client.callTool({ name, arguments: input })).content,
    async close() {
      await client.close();
      await services.accounts.close();
    },
  };
}

/** The text of an answer. */
export function textOf(content: readonly ContentBlock[]): string {
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}
