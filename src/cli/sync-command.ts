import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { SyncStatus } from '../mail/sync-status.ts';
import { isMirrored, parseConfiguration } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { runJobs } from '../core/jobs/run-jobs.ts';
import type { Services } from '../operations/kernel/services.ts';
import { openHomeStores } from '../store/home-stores.ts';
import { exitInterrupted, type CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { formatCount, formatDuration } from './progress-bar.ts';
import { withSharedSettings } from './shared-settings.ts';
import { withServices } from './with-services.ts';

/** What this process does while it waits, if no server does: fill mirrors, and follow the accounts meanwhile. */
const jobNames: ReadonlySet<string> = new Set(['gmail-mirror', 'gmail-history']);
const lookMs = 500;
/** Without a terminal a line is a line for good, so there are few. */
const plainLineEveryMs = 5000;

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        account: { type: 'string' },
        status: { type: 'boolean', default: false },
        delete: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: commands.sync.forms.join(' | ') }, error);
  }
}

/** How an account is followed and mirrored, in one line. */
function lineOf(status: SyncStatus, rate?: number): string {
  const { failingSince, failure = '' } = status;
  const failing = failingSince === undefined ? '' : `  cannot be followed since ${failingSince}: ${failure}`;
  return `${stateOf(status, rate)}${failing}`;
}

function stateOf({ account, askedAt, watchExpiresAt, mirror }: SyncStatus, rate?: number): string {
  const followed = askedAt === undefined ? 'not followed yet' : `history asked ${askedAt}`;
  if (mirror === undefined) {
    return `${account}  no mirror  ${followed}${watchExpiresAt === undefined ? '' : `  watched until ${watchExpiresAt}`}`;
  }
  const { phase, messages, total, megabytes, asOf, unitsLeft, secondsLeft } = mirror;
  const share = total === 0 ? 0 : Math.min(100, Math.floor((messages / total) * 100));
  switch (phase) {
    case 'complete':
      return `${account}  mirrored  ${formatCount(messages)} messages  ${megabytes} MB  as of ${asOf ?? 'never'}`;
    case 'full':
      return `${account}  full  ${formatCount(messages)} of ${formatCount(total)} messages  ${megabytes} MB: see GMAIL_MIRROR_MEGABYTES`;
    case 'filling':
      return [
        `${account}  ${share}%`,
        `${formatCount(messages)} of ${total === 0 ? '?' : formatCount(total)} messages`,
        `${megabytes} MB`,
        ...(rate === undefined ? [] : [`${rate.toFixed(1)}/s`]),
        ...(unitsLeft === undefined ? [] : [`${formatCount(unitsLeft)} units`]),
        ...(secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft * 1000)} left`]),
      ].join('  ');
  }
}

async function statusesOf({ accounts }: Services, account: string | undefined): Promise<readonly SyncStatus[]> {
  const all = await accounts.sync();
  if (account === undefined) return all;
  const named = all.filter((status) => status.account === account.toLowerCase());
  if (named.length > 0) return named;
  throw new AppError('NOT_FOUND', `There is no login of ${account}.`, {
    field: '--account',
    expected: all.map((status) => status.account).join(' or ') || 'a live account',
    got: account,
    hint: `Connect it: gmail-llm login --account ${account}`,
  });
}

/** Whether everything that can be fetched is there. */
function isFilled(statuses: readonly SyncStatus[]): boolean {
  return statuses.every(({ mirror }) => mirror === undefined || mirror.phase !== 'filling');
}

/** Deletes the mirror of an account that is mirrored no longer. */
async function deleteMirror(context: CommandContext, named: string | undefined): Promise<number> {
  const { home, stdout } = context;
  const configuration = parseConfiguration(await withSharedSettings(context));
  const { mirror, backend } = configuration;
  const stores = await openHomeStores(configuration, home.dataFolder, Date.now);
  try {
    const all = await stores.mirrors.list();
    const account = named?.toLowerCase() ?? '';
    if (!all.includes(account)) {
      throw new AppError('NOT_FOUND', `There is no mirror of ${named ?? 'no account'}.`, {
        field: '--account',
        expected: all.join(' or ') || 'an account that has one',
        got: named ?? 'nothing',
      });
    }
    if (backend === 'gmail' && isMirrored(mirror, account)) {
      throw new AppError('INVALID_INPUT', `${account} is still mirrored: servers would begin again.`, {
        field: 'GMAIL_MIRROR',
        expected: `off, or addresses without ${account}`,
        got: String(mirror),
        hint: 'Run `gmail-llm config unset GMAIL_MIRROR`, and restart the servers of every host first.',
      });
    }
    await stores.mirrors.remove(account);
    stdout.write(`Deleted: the mirror of ${account}.\n`);
    return 0;
  } finally {
    await stores.close();
  }
}

/**
 * `gmail-llm sync`: fills the mirrors, or watches a server do it, and shows how far they are; returns when they are filled,
 * with 130 when it is interrupted: the servers go on, or the next call does. With `--status` it only says how far they are,
 * with `--delete` it deletes one.
 */
export async function runSync(context: CommandContext): Promise<number> {
  const { account, status, json, delete: isDeletion } = parseWords(context.arguments);
  if (isDeletion) return deleteMirror(context, account);
  const { stdout, stderr, signal, terminal } = context;
  return withServices(context.environment, async ({ configuration, services }) => {
    const print = (statuses: readonly SyncStatus[]) =>
      stdout.write(
        json ? `${JSON.stringify(statuses, undefined, 2)}\n` : statuses.map((one) => `${lineOf(one)}\n`).join(''),
      );
    const first = await statusesOf(services, account);
    if (status) {
      print(first);
      return 0;
    }
    if (first.every(({ mirror }) => mirror === undefined)) {
      throw new AppError('INVALID_INPUT', 'No live account is mirrored.', {
        field: 'GMAIL_MIRROR',
        expected: 'on, or addresses of accounts that are logged in',
        got: String(configuration.mirror),
        hint: 'Run `gmail-llm config set GMAIL_MIRROR on`; docs/mirror.md says what that means.',
      });
    }
    const isTerminal = terminal.stderr.isTTY === true && !json;
    const jobs = runJobs({
      jobs: services.accounts.jobs().filter(({ name }) => jobNames.has(name)),
      store: services.jobs.store,
      now: services.now,
      hostNow: services.hostNow,
      random: Math.random,
      monotonicMs: () => performance.now(),
    });
    const begun = new Map(first.map((one) => [one.account, { messages: one.mirror?.messages ?? 0, ms: Date.now() }]));
    try {
      let statuses = first;
      let saidMs = Date.now();
      while (!isFilled(statuses)) {
        await delay(lookMs, undefined, { signal });
        statuses = await statusesOf(services, account);
        const lines = statuses.map((one) => lineOf(one, rateOf(one, begun)));
        if (isTerminal) stderr.write(`\r${lines.join('  |  ').slice(0, (stderr.columns ?? 80) - 1)}`);
        else if (Date.now() - saidMs >= plainLineEveryMs) {
          saidMs = Date.now();
          stderr.write(lines.map((line) => `${line}\n`).join(''));
        }
      }
      if (isTerminal) stderr.write('\n');
      print(await statusesOf(services, account));
      return 0;
    } catch (error) {
      if (!signal.aborted) throw error;
      stderr.write('\nInterrupted. Run the same command again, or start the servers, to go on from here.\n');
      return exitInterrupted;
    } finally {
      await jobs.stop();
    }
  });
}

interface Begun {
  readonly messages: number;
  readonly ms: number;
}

function rateOf({ account, mirror }: SyncStatus, begun: ReadonlyMap<string, Begun>): number | undefined {
  const start = begun.get(account);
  if (start === undefined || mirror === undefined || Date.now() - start.ms < lookMs) return undefined;
  return ((mirror.messages - start.messages) * 1000) / (Date.now() - start.ms);
}
