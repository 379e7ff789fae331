import { EventEmitter, once } from 'node:events';
import * as z from 'zod';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { locateHome } from '../../src/core/home.ts';
import { createAccounts } from '../../src/accounts/accounts.ts';
import type { Grant } from '../../src/core/grants.ts';
import { currentContext } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import type { McpService } from '../../src/mcp/build-server.ts';
import { operationServers } from '../../src/mcp/operation-server.ts';
import type { Services } from '../../src/operations/kernel/services.ts';
import { defineOperation } from '../../src/operations/kernel/operation.ts';
import { sqliteHomeStores } from '../../src/store/home-stores.ts';
import { openSafety } from '../../src/safety/open-safety.ts';
import type { Operation } from '../../src/operations/kernel/operation.ts';
import { silent } from './silent.ts';

/** Operations that show what reaches an operation, without any mail. */
export interface TestOperations extends Required<McpService> {
  /** Emits `started` for calls of `hold` and `wait`, `aborted` for those of `wait`; `release` ends those of `hold`. */
  readonly calls: EventEmitter;
}

const output = z.object({ text: z.string() });

function operation(
  name: string,
  grant: Grant,
  toolset: 'core' | 'labels',
  run: (text: string, signal: AbortSignal) => Promise<string> | string,
  text = ({ text }: z.output<typeof output>): string => text,
): Operation {
  return defineOperation({
    name,
    route: `POST /api/${name}`,
    grant,
    toolset,
    summary: `Test ${name}.`,
    input: { text: z.string().default('') },
    output,
    run: async (input, { signal }) => ({ text: await run(input.text, signal) }),
    text,
  });
}

/** What operations need, with one account whose mailbox nobody touches. */
export function testServices(): Services {
  const emailAddress = 'ann@example.com';
  const backend = {
    list: async () => [emailAddress],
    connectHint: '',
    open: async () => ({ emailAddress, getProfile: async () => ({}), close: () => {} }) as unknown as Mailbox,
  };
  const { mailboxes, feed, jobs, live, webhooks, ...stores } = sqliteHomeStores('/nonexistent', () => 0);
  return {
    home: locateHome({ GMAIL_HOME: '/nonexistent' }),
    environment: {},
    configuration: parseConfiguration({}),
    accounts: createAccounts({}, backend),
    // Nothing of it is opened: no test operation changes anything.
    safety: openSafety({ folder: '/nonexistent', dataFolder: '/nonexistent' }, () => 0, { ...stores, feed }),
    mailboxes,
    live,
    feed,
    jobs,
    webhooks,
    logger: silent,
    timeZone: 'UTC',
    now: () => 0,
    hostNow: () => 0,
  };
}

export function createTestOperations(): TestOperations {
  const calls = new EventEmitter();
  const operations = [
    operation('echo', 'read', 'core', (said) => said),
    operation('request_id', 'read', 'core', () => currentContext()?.requestId ?? 'none'),
    operation('miss', 'read', 'core', () => {
      throw new AppError('NOT_FOUND', 'No such message.', { field: 'id', got: 'x' });
    }),
    operation('crash', 'read', 'core', () => {
      throw new Error('a secret detail');
    }),
    operation(
      'unwritable',
      'read',
      'core',
      () => 'something',
      () => {
        throw new Error('a secret detail');
      },
    ),
    operation('wait', 'read', 'core', async (_, signal) => {
      calls.emit('started');
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      calls.emit('aborted');
      return 'too late';
    }),
    operation('hold', 'read', 'core', async (said) => {
      const released = once(calls, 'release');
      calls.emit('started');
      await released;
      return said;
    }),
    operation('change', 'organize', 'core', () => 'changed'),
    operation('relabel', 'read', 'labels', () => 'relabelled'),
  ];
  return { calls, ...operationServers(operations, new Set(['core']), testServices()) };
}
