import { statfs } from 'node:fs/promises';
import type { AccountHealth } from '../../accounts/account-health.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { listOutbox, outboxList } from '../../operations/admin/list-outbox.ts';
import { accountStates, listAllAccounts } from '../../operations/admin/list-all-accounts.ts';
import { jobList, listJobs } from '../../operations/admin/list-jobs.ts';
import { listWebhooks, turnedOff, webhookList } from '../../operations/admin/webhook-operations.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { moment, plural, size, withCode } from '../html/parts.ts';
import type { PageCall } from '../page-call.ts';
import type { Program } from '../supervisor.ts';

/** Something that only a person can settle: what it is, and where or by which command. */
interface Need {
  readonly what: Part;
  readonly next: Html;
}

/** A disk with less room than this may not hold the next mail. */
const leastFreeBytes = 500_000_000;

/** A job that failed once or twice tries again by itself. */
const failuresToTell = 3;

const command = (text: string): Html => html`<code>${text}</code>`;

async function ofDisk({ home: { dataFolder } }: PageCall): Promise<readonly Need[]> {
  const { bavail, bsize } = await statfs(dataFolder);
  const free = bavail * bsize;
  return free >= leastFreeBytes
    ? []
    : [
        {
          what: `${size(free)} are left on the disk of ${dataFolder}.`,
          next: html`Make room: what is full refuses mail.`,
        },
      ];
}

async function ofPolicy(call: PageCall): Promise<readonly Need[]> {
  try {
    await call.services.safety.policy(call.services.accounts.preferred ?? '');
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [
      { what: `The policy is faulty, so nothing is sent: ${messageOf(error)}`, next: command('gmail-llm policy') },
    ];
  }
}

async function ofOutbox(call: PageCall): Promise<readonly Need[]> {
  const { counts } = await call.read(listOutbox, outboxList, { states: ['parked'], limit: 1 });
  const { parked = 0, unknown = 0 } = counts;
  return [
    ...(parked === 0
      ? []
      : [
          {
            what: `${plural(parked, 'message')} ${parked === 1 ? 'waits' : 'wait'} for your approval.`,
            next: html`<a href="${call.link('/approvals')}">Read and decide</a>`,
          },
        ]),
    ...(unknown === 0
      ? []
      : [
          {
            what: `Of ${plural(unknown, 'message')} it is not known whether it was sent.`,
            next: html`<a href="${call.link('/outbox', { state: 'unknown' })}">Look at it</a>`,
          },
        ]),
  ];
}

async function ofWebhooks(call: PageCall): Promise<readonly Need[]> {
  const { webhooks } = await call.read(listWebhooks, webhookList, {});
  return webhooks
    .filter(({ isOn, offReason, failingSince }) => failingSince !== undefined || (!isOn && offReason !== turnedOff))
    .map(({ id, url, isOn, offReason, failingSince }) => ({
      what: isOn
        ? html`The webhook ${printableLine(url)} takes nothing since ${moment(Date.parse(failingSince ?? ''))}.`
        : `The webhook ${printableLine(url)} was turned off: ${printableLine(offReason ?? '')}.`,
      next: html`<a href="${call.link(`/events/${id}`)}">Look at it</a>`,
    }));
}

async function ofJobs(call: PageCall): Promise<readonly Need[]> {
  const { jobs } = await call.read(listJobs, jobList, {});
  return jobs
    .filter(({ failuresInRow }) => failuresInRow >= failuresToTell)
    .map(({ name, failuresInRow, failure }) => ({
      what: `The job ${name} failed ${failuresInRow} times in a row: ${printableLine(failure ?? 'its process ended')}`,
      next: html`<a href="${call.link('/jobs')}">Look at jobs</a>`,
    }));
}

function ofPrograms(programs: readonly Program[] | undefined, call: PageCall): readonly Need[] {
  return (programs ?? [])
    .filter(({ state }) => state === 'FATAL' || state === 'BACKOFF' || state === 'UNKNOWN')
    .map(({ name, state, description }) => ({
      what: `${name} ${state === 'FATAL' ? 'was given up' : 'does not start'}: ${description}`,
      next: html`<a href="${call.link(`/programs/${name}`)}">Look at ${name}</a>`,
    }));
}

/** What is wrong with an account, which is named once. */
function sentenceOf(account: string | undefined, message: string): string {
  return account !== undefined && message.includes(account) ? message : `${account ?? 'No account'}: ${message}`;
}

function ofAccounts(health: readonly AccountHealth[]): readonly Need[] {
  return health.flatMap(({ account, trouble, message, hint }) =>
    trouble === undefined
      ? []
      : [
          {
            what: sentenceOf(account, message ?? trouble),
            next: hint === undefined ? command('gmail-llm doctor') : withCode(hint),
          },
        ],
  );
}

/** Logins that are dead, whichever process has found that out: this one may read a mirror and ask Google nothing. */
async function ofLogins(health: readonly AccountHealth[], call: PageCall): Promise<readonly Need[]> {
  const { accounts } = await call.read(listAllAccounts, accountStates, {});
  const told = new Set(health.filter(({ trouble }) => trouble !== undefined).map(({ account }) => account));
  return accounts
    .filter(({ state, emailAddress }) => state === 'needs login' && !told.has(emailAddress))
    .map(({ emailAddress, reason }) => ({
      what: `${emailAddress}: ${reason ?? 'Google no longer accepts its login.'}`,
      next: command(`gmail-llm login --account ${emailAddress}`),
    }));
}

/** Everything that waits for a person, the most pressing first. */
export async function needsOf(
  call: PageCall,
  programs: readonly Program[] | undefined,
  health: readonly AccountHealth[],
): Promise<readonly Need[]> {
  return [
    ...(await ofOutbox(call)),
    ...(await ofPolicy(call)),
    ...ofPrograms(programs, call),
    ...ofAccounts(health),
    ...(await ofLogins(health, call)),
    ...(await ofWebhooks(call)),
    ...(await ofJobs(call)),
    ...(await ofDisk(call)),
  ];
}
