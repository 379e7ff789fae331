import * as z from 'zod';
import { AppError } from '../../core/errors.ts';

const count = z.int().min(1);

/** What can be changed of a running emulator, in process and at `PATCH /emulator/settings`. */
const settingsSchema = z.strictObject({
  /** Time that every API call, batch and token request takes at least. */
  latencyMs: z.number().min(0),
  /** The table that units are counted by. */
  unitsTable: z.enum(['2026', 'legacy']),
  /** Units of one user in any 60 seconds. */
  unitsPerMinute: count,
  /** How a call over the quota is refused: three answers that Gmail has been seen to give. */
  quotaRefusal: z.enum(['rateLimitExceeded', 'resourceExhausted', 'retryAfter']),
  /** Calls of one user that may be in flight. */
  concurrentCalls: count,
  /** Parts of one batch that may be in flight. */
  partsOfOneBatch: count,
  /** Parts of all batches of one user that may be in flight. */
  concurrentBatchParts: count,
  accessTokenSeconds: count,
  /** How long refresh tokens issued from now on live (an OAuth client in testing mode: 604800); null: for good. */
  refreshTokenSeconds: count.nullable(),
  /** What the person at the consent page does; `page` shows one to a real person. */
  consent: z.enum(['allow', 'deny', 'page']),
  /** Scopes whose boxes that person unticks. */
  untickedScopes: z.array(z.string()).readonly(),
  /** How long history ids stay good. Google promises "at least a week". */
  historySeconds: count,
  /**
   * How long `drafts.get` and `drafts.delete` still know a draft that was sent, by the message that it has become, as has
   * been seen of Google at times.
   */
  sentDraftSeconds: z.int().min(0),
  /** Whether `updateImap` leaves `enabled` as it is, as has been recorded of an account. */
  isImapFixed: z.boolean(),
  /** How long a pull of a Pub/Sub subscription waits for a first message. */
  pullSeconds: z.number().min(0),
});

export type EmulatorSettings = Readonly<z.infer<typeof settingsSchema>>;

const changesSchema = settingsSchema.partial();

/** Some of the settings. */
export type SettingsChanges = Readonly<z.infer<typeof changesSchema>>;

/**
 * Gmail's values of 2026: 6,000 units a minute and user. The caps on concurrency are not documented: 10 calls have been
 * seen to be refused, batches of 25 to pass and of 50 to fail.
 */
export const defaultSettings: EmulatorSettings = {
  latencyMs: 0,
  unitsTable: '2026',
  unitsPerMinute: 6000,
  quotaRefusal: 'rateLimitExceeded',
  concurrentCalls: 10,
  partsOfOneBatch: 30,
  concurrentBatchParts: 45,
  accessTokenSeconds: 3600,
  refreshTokenSeconds: null,
  consent: 'allow',
  untickedScopes: [],
  historySeconds: 7 * 24 * 3600,
  sentDraftSeconds: 0,
  isImapFixed: false,
  pullSeconds: 20,
};

/** The settings after some were changed. Throws `INVALID_INPUT` for one that is unknown or cannot be. */
export function changeSettings(settings: EmulatorSettings, changes: unknown): EmulatorSettings {
  const parsed = changesSchema.safeParse(changes);
  if (!parsed.success) throw new AppError('INVALID_INPUT', z.prettifyError(parsed.error), { field: 'settings' });
  const given = Object.entries(parsed.data).filter(([, value]) => value !== undefined);
  return settingsSchema.parse({ ...settings, ...Object.fromEntries(given) });
}
