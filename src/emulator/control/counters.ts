/** What has happened since the start or the last reset. */
export interface CounterValues {
  /** HTTP requests of any kind but those to `/emulator/`; a batch is one. */
  readonly requests: number;
  /** Calls by method id, parts of batches among them, refused ones too. */
  readonly callsByMethod: Readonly<Record<string, number>>;
  /** Statuses of those calls; `dropped` where the connection was cut without an answer. */
  readonly answersByStatus: Readonly<Record<string, number>>;
  /** How often a whole message (`format=raw`) was sent, not counting answers that were cut off on their way, by message id. */
  readonly rawByMessage: Readonly<Record<string, number>>;
  readonly unitsTotal: number;
  /** The most that one user was charged in any 60 seconds. */
  readonly mostUnitsInAMinute: number;
  /** The most calls and parts of batches that one user had in flight. */
  readonly mostInFlight: number;
  /** Access tokens given for refresh tokens and for assertions of service accounts. */
  readonly refreshes: number;
  /** The same by grant id, as the handle and `/emulator/state` name them. */
  readonly refreshesByGrant: Readonly<Record<string, number>>;
  /** The same of the token endpoint. */
  readonly tokenAnswersByStatus: Readonly<Record<string, number>>;
  readonly bytesSent: number;
}

/** What became of a request: the status of its answer, or no answer at all. */
export type Outcome = number | 'dropped';

/** Counts what the emulator does. */
export interface Counters {
  read(): CounterValues;
  reset(): void;
  request(): void;
  call(methodId: string, outcome: Outcome): void;
  raw(messageId: string): void;
  charged(units: number, unitsInWindow: number): void;
  inFlight(count: number): void;
  refresh(grantId: string): void;
  tokenAnswer(outcome: Outcome): void;
  sent(bytes: number): void;
}

function increment(tally: Record<string, number>, key: string | number): void {
  tally[key] = (tally[key] ?? 0) + 1;
}

function zeros() {
  return {
    requests: 0,
    callsByMethod: {} as Record<string, number>,
    answersByStatus: {} as Record<string, number>,
    rawByMessage: {} as Record<string, number>,
    unitsTotal: 0,
    mostUnitsInAMinute: 0,
    mostInFlight: 0,
    refreshes: 0,
    refreshesByGrant: {} as Record<string, number>,
    tokenAnswersByStatus: {} as Record<string, number>,
    bytesSent: 0,
  };
}

/** Makes counters that stand at zero. */
export function createCounters(): Counters {
  let values = zeros();
  return {
    read: () => structuredClone(values),
    reset: () => {
      values = zeros();
    },
    request: () => {
      values.requests += 1;
    },
    call: (methodId, outcome) => {
      increment(values.callsByMethod, methodId);
      increment(values.answersByStatus, outcome);
    },
    raw: (messageId) => increment(values.rawByMessage, messageId),
    charged: (units, unitsInWindow) => {
      values.unitsTotal += units;
      values.mostUnitsInAMinute = Math.max(values.mostUnitsInAMinute, unitsInWindow);
    },
    inFlight: (count) => {
      values.mostInFlight = Math.max(values.mostInFlight, count);
    },
    refresh: (grantId) => {
      values.refreshes += 1;
      increment(values.refreshesByGrant, grantId);
    },
    tokenAnswer: (outcome) => increment(values.tokenAnswersByStatus, outcome),
    sent: (bytes) => {
      values.bytesSent += bytes;
    },
  };
}
