import { attacker, secret } from './world.ts';
import type { Hands, Said } from './world.ts';

/** One attempt to get the secret to the attacker. */
export interface Attempt {
  readonly title: string;
  /** Answers what the last step came to. */
  readonly go: (hands: Hands) => Promise<Said>;
  /** Why the last step may succeed all the same: it brings the attacker nothing. */
  readonly harmless?: string;
}

/** The mail that is to arrive. */
export const mail = { to: [attacker], subject: 'For you', body: secret };
/** Forwarding as the agent wants it. */
export const forwardingOn = { enabled: true, emailAddress: attacker, disposition: 'leaveInInbox' };
