import type * as z from 'zod';
import { accountStates, listAllAccounts } from '../../operations/admin/list-all-accounts.ts';
import { jobList, listJobs } from '../../operations/admin/list-jobs.ts';
import { listSync, syncList, type SyncStatusView } from '../../operations/admin/list-sync.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { count, duration, moment, nothing, numbers, section, state, table } from '../html/parts.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { shortLine } from './short-line.ts';

type Account = z.output<typeof accountStates>['accounts'][number];
type Job = z.output<typeof jobList>['jobs'][number];

/** An account that nobody has asked about for so long is behind: servers ask every ten seconds, and less often when nothing comes. */
const staleAfterMs = 15 * 60_000;

const since = (time: string | undefined): Part => (time === undefined ? 'never' : moment(Date.parse(time)));

function loginState({ kind, state: of, reason, isDemo, emailAddress }: Account): Html {
  if (kind === 'local') return state('good', isDemo === true ? 'demo mailbox, on this machine' : 'on this machine');
  if (of === 'connected') return state('good', 'connected');
  return html`${state('bad', 'needs a login')} <small>${printableLine(reason ?? '')}</small>
    <code>gmail-llm login --account ${emailAddress}</code>`;
}

function accountRow(account: Account): readonly Part[] {
  const { emailAddress, kind, login, grants, createdAt, endsAt } = account;
  return [
    emailAddress,
    kind === 'local' ? 'local mailbox' : login === 'serviceAccount' ? 'Gmail, service account' : 'Gmail',
    loginState(account),
    grants?.join(', ') ?? 'everything',
    createdAt === undefined ? '–' : moment(Date.parse(createdAt)),
    endsAt === undefined ? 'never' : html`${moment(Date.parse(endsAt))} <small>its client is in testing mode</small>`,
  ];
}

/** Whether what is known of an account is too old to rely on, which says nothing about whether somebody is at it. */
function staleness(askedAt: string | undefined, { nowMs }: PageCall): Html {
  if (askedAt === undefined) return state('warn', 'not asked yet');
  const ageMs = nowMs - Date.parse(askedAt);
  return ageMs > staleAfterMs
    ? state('bad', `stale: ${duration(ageMs / 1000)} old`)
    : state('good', `${duration(ageMs / 1000)} old`);
}

function running(job: Job | undefined): Html {
  if (job?.runningOn !== undefined) return state('busy', 'running');
  return state('off', job === undefined ? 'never ran' : 'resting');
}

function lastFailure(job: Job | undefined): Part {
  if (job === undefined || job.failuresInRow === 0) return 'none';
  return html`${state('bad', `${job.failuresInRow} in a row`)} <small>${shortLine(job.failure ?? '', 80)}</small>`;
}

/** What of this minute's quota is used, by all processes. */
export function quotaText(quota: SyncStatusView['quota']): string {
  return quota === undefined ? '–' : `${count(quota.used)} of ${count(quota.units)}`;
}

function followRow(
  { account, askedAt, changedAt, watchExpiresAt, quota }: SyncStatusView,
  job: Job | undefined,
  call: PageCall,
) {
  return [
    account,
    running(job),
    since(askedAt),
    staleness(askedAt, call),
    lastFailure(job),
    since(changedAt),
    quotaText(quota),
    watchExpiresAt === undefined ? 'no, polled' : html`until ${moment(Date.parse(watchExpiresAt))}`,
  ];
}

/** How far a mirror is. */
export function mirrorState({ phase, messages, total, secondsLeft }: NonNullable<SyncStatusView['mirror']>): Html {
  switch (phase) {
    case 'complete':
      return state('good', 'whole');
    case 'full':
      return state('warn', 'full: GMAIL_MIRROR_MEGABYTES is reached');
    case 'filling': {
      const share = total === 0 ? 0 : Math.min(100, Math.floor((messages / total) * 100));
      const left = secondsLeft === undefined ? '' : `, about ${duration(secondsLeft)} left`;
      return state('busy', `being filled, ${share} %${left}`);
    }
  }
}

function mirrorRow({ account, mirror }: SyncStatusView, job: Job | undefined, call: PageCall): readonly Part[] {
  if (mirror === undefined) return [account, state('off', 'no mirror'), ...Array.from({ length: 7 }, () => '–')];
  const { messages, total, megabytes, filledAt } = mirror;
  // One that was just filled has not been compared yet.
  const asOf = mirror.asOf ?? filledAt;
  return [
    account,
    mirrorState(mirror),
    running(job),
    since(asOf),
    staleness(asOf, call),
    lastFailure(job),
    count(messages),
    total === 0 ? '–' : count(total),
    `${megabytes} MB`,
  ];
}

export const accountsPage: Page = {
  path: '/accounts',
  section: '/accounts',
  navigation: 'Accounts',
  async render(call) {
    const [{ accounts }, { accounts: synced }, { jobs }] = await Promise.all([
      call.read(listAllAccounts, accountStates, {}),
      call.read(listSync, syncList, {}),
      call.read(listJobs, jobList, {}),
    ]);
    const jobOf = (name: string): Job | undefined => jobs.find((job) => job.name === name);
    const accountTable = table(
      'Accounts',
      ['Account', 'Kind', 'Login', 'Good for', 'Connected', 'Login ends'],
      accounts.map(accountRow),
    );
    const followed = table(
      'Changes of accounts',
      ['Account', 'Now', 'Last success', 'Known state is', 'Failures', 'Last change', 'Quota this minute', 'Push'],
      synced.map((status) => followRow(status, jobOf('gmail-history'), call)),
    );
    const mirrors = table(
      'Mirrors',
      [
        'Account',
        'State',
        'Now',
        'Last success',
        'Known state is',
        'Failures',
        numbers('Messages'),
        numbers('At Gmail'),
        numbers('On disk'),
      ],
      synced.map((status) => mirrorRow(status, jobOf('gmail-mirror'), call)),
    );
    return {
      title: 'Accounts and sync',
      main: html`${section(
        { id: 'accounts', title: 'Accounts', live: 'logins' },
        accounts.length === 0
          ? nothing(
              'No account is connected. `gmail-llm login` connects Gmail, `gmail-llm import` takes mail from files.',
            )
          : accountTable,
      )}${section(
        { id: 'followed', title: 'Following what changes', live: 'jobs logins figures' },
        synced.length === 0 ? nothing('No account lives at Google: a local mailbox needs no sync.') : followed,
      )}${
        synced.length > 0 &&
        section(
          { id: 'mirrors', title: 'Mirrors on this machine', live: 'jobs mail figures' },
          synced.every(({ mirror }) => mirror === undefined)
            ? nothing(
                'No account is mirrored. `gmail-llm config set GMAIL_MIRROR on` keeps a copy that is read at once.',
              )
            : html`${mirrors}
                <p class="dim">
                  The number at Gmail counts spam and trash, which a mirror has where
                  <code>GMAIL_MIRROR_SPAM_TRASH</code> is on.
                </p>`,
        )
      }`,
    };
  },
};
