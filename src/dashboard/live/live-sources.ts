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
export function liveSources({ home, services, supervisor }: DashboardParts): readonly LiveSource[] {
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
    files('outbox', database(dataFolder, 'outbox.db')),
    files('audit', database(dataFolder, 'audit.db')),
    files('webhooks', database(dataFolder, 'webhooks.db')),
    files('jobs', database(dataFolder, 'jobs.db')),
    files('logins', [...database(dataFolder, 'accounts.db'), ...database(dataFolder, join('gmail', 'accounts.db'))]),
    {
      topic: 'logs',
      // Not the page's own log: every page that is renewed writes into it.
      stamp: () =>
        stampOf(['gmail-mcp-server', 'gmail-api-server', 'supervisord'].map((name) => join(logsFolder, `${name}.log`))),
    },
    files('policy', [join(folder, 'policy.json')]),
    files('tokens', [join(dataFolder, 'tokens.json'), join(dataFolder, 'token'), join(dataFolder, 'sessions')]),
  ];
}
