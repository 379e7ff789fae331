import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DashboardParts } from '../page-call.ts';
import type { LiveSource } from './live-hub.ts';

/** How often figures are shown anew that change with every look. */
const figuresEveryMs = 10_000;

function stampOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    })
    .join(',');
}

/** A database and its log: a change is in the one or the other. */
function database(folder: string, name: string): readonly string[] {
  return [join(folder, name), join(folder, `${name}-wal`)];
}

function files(topic: string, paths: readonly string[]): LiveSource {
  return { topic, stamp: () => stampOf(paths) };
}

/** What pages can follow, by the names that their sections give in `live`. */
export function liveSources({ home, configuration, services, supervisor }: DashboardParts): readonly LiveSource[] {
  const { dataFolder, folder, logsFolder } = home;
  return [
    {
      topic: 'processes',
      async stamp() {
        const programs = (await supervisor.programs()) ?? [];
        return programs.map(({ name, state, pid, restarts }) => `${name} ${state} ${pid} ${restarts}`).join(',');
      },
    },
    { topic: 'figures', stamp: () => String(Math.floor(services.now() / figuresEveryMs)) },
    {
      topic: 'mail',
      // The feed hears of a change by another process when a job looks; the mailbox's files at once.
      async stamp() {
        const mailboxes = await services.mailboxes.stamps(await services.accounts.list());
        return [stampOf(database(dataFolder, 'events.db')), ...mailboxes.values()].join(',');
      },
    },
    ...(configuration.store === undefined ? storesInFiles(dataFolder) : sharedStores(services)),
    files('logins', [...database(dataFolder, 'accounts.db'), ...database(dataFolder, join('gmail', 'accounts.db'))]),
    {
      topic: 'logs',
      // Not the page's own log: every page that is renewed writes into it.
      stamp: () =>
        stampOf(['gmail-mcp-server', 'gmail-api-server', 'supervisord'].map((name) => join(logsFolder, `${name}.log`))),
    },
    files('policy', [join(folder, 'policy.json')]),
  ];
}

function storesInFiles(dataFolder: string): readonly LiveSource[] {
  return [
    files('outbox', database(dataFolder, 'outbox.db')),
    files('audit', database(dataFolder, 'audit.db')),
    files('webhooks', database(dataFolder, 'webhooks.db')),
    files('jobs', database(dataFolder, 'jobs.db')),
    files('tokens', [join(dataFolder, 'tokens.json'), join(dataFolder, 'token'), join(dataFolder, 'sessions')]),
  ];
}

/** The same of a database that hosts share. */
function sharedStores({ safety, jobs, webhooks }: DashboardParts['services']): readonly LiveSource[] {
  return [
    {
      topic: 'outbox',
      async stamp() {
        const entries = await safety.outboxStore().list({ limit: 50 });
        return entries.map(({ id, state, changedMs }) => `${id} ${state} ${changedMs}`).join(',');
      },
    },
    {
      topic: 'webhooks',
      async stamp() {
        const all = await webhooks.store().list();
        return all.map(({ id, isOn, lastDeliveredMs }) => `${id} ${isOn} ${lastDeliveredMs}`).join(',');
      },
    },
    { topic: 'audit', stamp: async () => `${(await safety.audit().list({ limit: 1 }))[0]?.sequence}` },
    {
      topic: 'jobs',
      async stamp() {
        const records = await jobs.store().list();
        return records.map(({ name, runs, runningOn }) => `${name} ${runs} ${runningOn}`).join(',');
      },
    },
    {
      topic: 'tokens',
      async stamp() {
        const [tokens, sessions] = await Promise.all([safety.tokens.list(), safety.sessions.list()]);
        return [...tokens, ...sessions].map(({ name }) => name).join(',');
      },
    },
  ];
}
