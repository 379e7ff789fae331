import type { Job } from '../../core/jobs/job.ts';
import type { Mirrors } from './open-mirrors.ts';

/** How long one run works before it says how far it is. */
const runMs = 20_000;
const lookMs = 5000;

/** Fetches what mirrors lack, newest first, below the calls that somebody waits for. */
export function mirrorJob(parts: {
  /** Accounts that can be asked. */
  readonly accounts: () => Promise<readonly string[]>;
  /** Loads Google's libraries. */
  readonly mirrors: () => Promise<Mirrors>;
  readonly isWanted: (account: string) => boolean;
}): Job {
  /** Nothing is missing in them, as far as this process knows. */
  const filled = new Set<string>();

  async function firstUnfilled(): Promise<string | undefined> {
    for (const account of (await parts.accounts()).filter((address) => parts.isWanted(address))) {
      if (filled.has(account)) continue;
      const { mirror } = (await parts.mirrors()).open(account);
      const phase = (await mirror.state())?.phase ?? 'filling';
      if (phase === 'filling') return account;
      // With a higher bound it goes on.
      if (phase === 'full' && (await mirror.resume())) return account;
      if (phase === 'full') filled.add(account);
    }
    return undefined;
  }

  return {
    name: 'gmail-mirror',
    summary: 'Fetches the mail of live accounts that are mirrored, newest first.',
    everyMs: lookMs,
    retryMs: { first: 1000, most: 300_000 },
    isNeeded: async () => (await firstUnfilled()) !== undefined,
    async run(turn) {
      const account = await firstUnfilled();
      if (account === undefined) return undefined;
      const { mirror, local } = (await parts.mirrors()).open(account);
      const endMs = performance.now() + runMs;
      await mirror.fill(() => {
        turn.refuseIfLost();
        return performance.now() >= endMs;
      });
      const isFilled = (await mirror.state())?.phase !== 'filling';
      if (isFilled) await local.finishImport();
      const { messagesTotal } = await local.getProfile();
      return { facts: { account, messages: messagesTotal }, ...(isFilled ? {} : { againMs: 0 }) };
    },
  };
}
