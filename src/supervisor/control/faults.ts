/** The fault codes of supervisord's XML-RPC interface. `SUCCESS` only occurs in lists of results. */
export const faultCodes = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const;
export type FaultName = keyof typeof faultCodes;

/** What a method answers instead of a result: its text is the fault's name and what it is about. */
export class RpcFault extends Error {
  readonly code: number;

  constructor(fault: FaultName, about?: string) {
    super(about === undefined ? fault : `${fault}: ${about}`);
    this.name = 'RpcFault';
    this.code = faultCodes[fault];
  }
}
