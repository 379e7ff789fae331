/**
 * Where a send stands. `parked`: a person has to approve it. `waiting`: it leaves at its time. `drafting`: it is being
 * prepared, and nothing has left. `sending`: the request to send may be on its way. `unknown`: it may or may not have
 * been sent. `failed`: it certainly has not. The rest is final.
 */
export const sendStates = [
  'parked',
  'waiting',
  'drafting',
  'sending',
  'unknown',
  'failed',
  'sent',
  'rejected',
  'cancelled',
] as const;
export type SendState = (typeof sendStates)[number];

interface Step {
  readonly from: readonly SendState[];
  readonly to: SendState;
}

/** Every step that a send may make; there is no other. */
export const sendSteps = {
  /** A person has seen it and wants it sent. */
  approve: { from: ['parked', 'failed'], to: 'drafting' },
  reject: { from: ['parked'], to: 'rejected' },
  /** Its time has come. */
  send: { from: ['waiting'], to: 'drafting' },
  cancel: { from: ['waiting'], to: 'cancelled' },
  /** The caller asks again for what certainly did not leave. */
  retry: { from: ['failed'], to: 'drafting' },
  /** The policy wants a person to look at it first. */
  park: { from: ['drafting'], to: 'parked' },
  /** It leaves later: a time to take it back, or what refused it will pass. */
  postpone: { from: ['drafting', 'sending'], to: 'waiting' },
  /** Written before the request to send goes out. */
  attempt: { from: ['drafting'], to: 'sending' },
  /** It is certain that it did not leave. */
  fail: { from: ['drafting', 'sending', 'unknown'], to: 'failed' },
  /** Nobody can tell yet. */
  markUnknown: { from: ['drafting', 'sending', 'unknown'], to: 'unknown' },
  /** There is proof that it left, whoever brings it. */
  confirm: { from: ['drafting', 'sending', 'unknown', 'failed'], to: 'sent' },
} as const satisfies Readonly<Record<string, Step>>;
export type SendStep = keyof typeof sendSteps;

/** Where a step leads, or undefined where it may not be made. */
export function stateAfter(state: SendState, step: SendStep): SendState | undefined {
  const { from, to }: Step = sendSteps[step];
  return from.includes(state) ? to : undefined;
}

/** States in which a process works on the message, or has died over it. */
export const openStates: readonly SendState[] = ['drafting', 'sending', 'unknown'];

/** States that nothing leads out of: the message itself is no longer needed. */
export const finalStates: readonly SendState[] = ['sent', 'rejected', 'cancelled'];
