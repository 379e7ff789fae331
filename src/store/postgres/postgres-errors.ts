import { certificateFault } from '../../core/egress/certificate-fault.ts';
import { AppError, reasonOf, systemCode } from '../../core/errors.ts';
import { RefusedContent } from '../refused-content.ts';

interface Cause {
  readonly what: string;
  readonly hint: string;
}

const refused: Cause = { what: 'refuses this user', hint: 'Check user and password in GMAIL_STORE.' };

/** Beginnings of SQLSTATE codes (postgresql.org/docs/current/errcodes-appendix.html) that pass, or that somebody can do something about. */
const causes: readonly (readonly [code: string, cause: Cause])[] = [
  ['08', { what: 'cannot be reached', hint: 'Check that the server runs and the address in GMAIL_STORE is right.' }],
  ['25006', { what: 'takes no changes now', hint: 'It is a standby: try again when a server is primary again.' }],
  ['25P03', { what: 'has given up a change that paused for too long', hint: 'Try again.' }],
  ['28', refused],
  ['3D000', { what: 'does not exist', hint: 'Create it with createdb, or name another one in GMAIL_STORE.' }],
  ['40', { what: 'was changed by others at the same time', hint: 'Try again.' }],
  [
    '53100',
    { what: 'cannot grow: its disk is full', hint: 'Free some space, then try again. Nothing stored is lost.' },
  ],
  ['53', { what: 'has no room for this now', hint: 'Raise max_connections, or start fewer servers.' }],
  [
    '42501',
    {
      what: 'refuses this user what it needs',
      hint: 'Make the user of GMAIL_STORE the owner of the database and of every table in it: ALTER DATABASE NAME OWNER TO USER, and ALTER TABLE NAME OWNER TO USER for each. A backup is restored by that user: pg_restore --no-owner.',
    },
  ],
  ['55P03', { what: 'stayed locked by another writer', hint: 'Try again.' }],
  ['57014', { what: 'took too long', hint: 'Try again, or ask for less at once.' }],
  ['57', { what: 'is stopping or starting', hint: 'Try again.' }],
  ['58', { what: 'could not be read or written', hint: "Check the server's disk, then try again." }],
  ['XX001', { what: 'is damaged', hint: 'Restore it from a backup.' }],
];

/** A statement that a connection has kept, of tables that a newer version has changed since. */
const outdatedStatement = /^cached plan must not change result type/;
const changedTables: Cause = {
  what: 'was changed by a newer gmail-llm just now',
  hint: 'Update gmail-llm on this host.',
};

/** Classes of what a value is refused for: data exceptions, constraints, limits of the program. */
const refusals = /^(?:22|23|54)/;

const unreachable: Cause = {
  what: 'cannot be reached',
  hint: 'Check that the server runs and the address in GMAIL_STORE is right.',
};

const untrustedHint =
  'Name the file of its authority in GMAIL_CA_FILE, or as sslrootcert in GMAIL_STORE, and the host as the certificate does.';

/** Failures of the network, and what the driver says when a connection ends under a statement. */
const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);
const driverMessages =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after calling end)/;

function causeOf(error: Error): Cause | undefined {
  const code = systemCode(error) ?? '';
  // The driver's words for a password that is missing or not the server's.
  if (error.message.startsWith('SASL: ')) return refused;
  if (networkCodes.has(code) || driverMessages.test(error.message)) return unreachable;
  if (outdatedStatement.test(error.message)) return changedTables;
  return causes.find(([beginning]) => code.startsWith(beginning))?.[1];
}

/**
 * A failure of PostgreSQL, or on the way to it, as an `UNAVAILABLE` that names the database and says what to do, or as a
 * `RefusedContent`. Anything else, an `AppError` or a fault of ours, comes back as it is.
 */
export function convertPostgresError(error: unknown, database: string): unknown {
  if (!(error instanceof Error) || error instanceof AppError) return error;
  if (refusals.test(systemCode(error) ?? '')) return new RefusedContent(error.message, error);
  const cause = causeOf(error);
  if (cause === undefined) return error;
  return new AppError('UNAVAILABLE', `The database ${database} ${cause.what}.`, { hint: cause.hint }, error);
}

/** Why there is no connection, as an `UNAVAILABLE` in any case: nothing of ours has been asked yet. */
export function convertConnectError(error: unknown, database: string): unknown {
  const converted = convertPostgresError(error, database);
  if (converted instanceof AppError) return converted;
  const fault = certificateFault(error);
  const hint = fault === undefined ? unreachable.hint : untrustedHint;
  const reason = fault ?? reasonOf(error);
  return new AppError('UNAVAILABLE', `The database ${database} cannot be connected to: ${reason}.`, { hint }, error);
}
