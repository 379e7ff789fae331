import { endOfFailed } from '../../safety/changes/end-of-failed.ts';
import type { HomeCall } from '../kernel/home-call.ts';

/** A change of the installation, as the audit log has it. */
interface HomeChange {
  /** The account that it concerns, where it concerns one. */
  readonly account?: string;
  readonly operation: string;
  readonly method: string;
  readonly target: object;
}

/** Makes a change of the installation, with its beginning and its end in the audit log. */
export async function recordChange<T>(
  { services, actor }: Pick<HomeCall, 'services' | 'actor'>,
  { account = '', ...change }: HomeChange,
  make: () => T | Promise<T>,
): Promise<T> {
  const log = services.safety.audit();
  const sequence = await log.begin({ account, actor, ...change, from: null });
  let made: T;
  try {
    made = await make();
  } catch (error) {
    await log.end(sequence, endOfFailed(error));
    throw error;
  }
  await log.end(sequence, { kind: 'done', to: null });
  return made;
}
