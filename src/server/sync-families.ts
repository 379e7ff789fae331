import type { Family } from '../core/telemetry/prometheus-text.ts';
import type { Accounts } from '../accounts/accounts.ts';
import type { Services } from '../operations/kernel/services.ts';

/** How the live accounts of a home are followed. */
export type SyncStatuses = Awaited<ReturnType<Accounts['sync']>>;
/** What each webhook has still to be told. */
export type WebhookBacklogs = Awaited<ReturnType<ReturnType<Services['webhooks']['store']>['backlogs']>>;

function gauge(name: string, help: string, values: readonly number[], worst: (...values: number[]) => number): Family {
  return {
    name,
    type: 'gauge',
    help,
    samples: values.length === 0 ? [] : [{ labels: {}, value: worst(...values) }],
  };
}

const sum = (...values: number[]): number => values.reduce((total, value) => total + value, 0);

function timesOf(texts: readonly (string | undefined)[]): readonly number[] {
  return texts.flatMap((text) => (text === undefined ? [] : Date.parse(text) / 1000));
}

/** How live accounts are followed: of the account that is worst, as addresses do not belong into figures. */
export function syncFamilies(statuses: SyncStatuses, nowMs: number): readonly Family[] {
  if (statuses.length === 0) return [];
  const mirrors = statuses.flatMap(({ mirror }) => (mirror === undefined ? [] : [mirror]));
  const ages = timesOf(mirrors.map(({ asOf }) => asOf)).map((seconds) => Math.max(0, nowMs / 1000 - seconds));
  return [
    gauge(
      'gmail_llm_sync_lag_seconds',
      'How long ago the history of the account that is furthest behind was read up to its end.',
      statuses.flatMap(({ lagSeconds = [] }) => lagSeconds),
      Math.max,
    ),
    gauge(
      'gmail_llm_sync_failing_accounts',
      'Accounts whose history could not be read when it was last asked for.',
      statuses.map(({ failingSince }) => (failingSince === undefined ? 0 : 1)),
      sum,
    ),
    gauge(
      'gmail_llm_sync_changed_timestamp_seconds',
      'When an account last had something new.',
      timesOf(statuses.map(({ changedAt }) => changedAt)),
      Math.max,
    ),
    gauge(
      'gmail_llm_watch_expires_timestamp_seconds',
      'When the first watch ends by which Gmail publishes changes.',
      timesOf(statuses.map(({ watchExpiresAt }) => watchExpiresAt)),
      Math.min,
    ),
    gauge(
      'gmail_llm_mirror_age_seconds',
      'How long ago the mirror that is furthest behind was found to be what its account is.',
      ages,
      Math.max,
    ),
    gauge(
      'gmail_llm_mirror_missing_messages',
      'Messages that mirrors do not have yet.',
      mirrors.map(({ phase, total, messages }) => (phase === 'complete' ? 0 : Math.max(0, total - messages))),
      sum,
    ),
  ];
}

/** What webhooks have still to be told; `newest` is the newest event's sequence. */
export function backlogFamilies(backlogs: WebhookBacklogs, newest: number): readonly Family[] {
  if (backlogs.length === 0) return [];
  const samples = (value: (backlog: WebhookBacklogs[number]) => number) =>
    backlogs.map((backlog) => ({ labels: { webhook: backlog.id }, value: value(backlog) }));
  return [
    {
      name: 'gmail_llm_webhook_backlog',
      type: 'gauge',
      help: 'Deliveries of a webhook that wait, and events that it has not been looked at for.',
      samples: samples(({ pending, cursor }) => pending + Math.max(0, newest - cursor)),
    },
    {
      name: 'gmail_llm_webhook_on',
      type: 'gauge',
      help: 'Whether a webhook is told of anything (0: it was turned off).',
      samples: samples(({ isOn }) => Number(isOn)),
    },
  ];
}
