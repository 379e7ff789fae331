import { AppError } from '../../core/errors.ts';

/** What has to be known of a server and a database before anything is made in it. */
export interface ServerFacts {
  /** `server_version_num`: 150004 is 15.4. */
  readonly version: number;
  /** `server_encoding`. */
  readonly encoding: string;
}

/** Statements use what this version brought, and it is the oldest that tests run on. */
const oldestVersion = 15;

/** Why a database will not do, as an `UNAVAILABLE`; undefined where it will. */
export function unsuitableServer({ version, encoding }: ServerFacts, name: string): AppError | undefined {
  const major = Math.floor(version / 10_000);
  if (major < oldestVersion) {
    return new AppError('UNAVAILABLE', `The database ${name} is on PostgreSQL ${major}.`, {
      expected: `PostgreSQL ${oldestVersion} or later`,
      got: `PostgreSQL ${major}`,
      hint: 'Upgrade the server, or name a database of a newer one in GMAIL_STORE. The database was not touched.',
    });
  }
  if (encoding !== 'UTF8') {
    return new AppError('UNAVAILABLE', `The database ${name} is not in UTF-8.`, {
      expected: 'encoding UTF8',
      got: `encoding ${encoding}`,
      hint: 'Mail has every script. Make a database with: createdb --encoding=UTF8 --template=template0 NAME, and name it in GMAIL_STORE. This one was not touched.',
    });
  }
  return undefined;
}

/** The `UNAVAILABLE` of a database whose tables have another format than this version knows, or undefined. */
export function otherFormat(found: number, known: number, name: string): AppError | undefined {
  if (found === known) return undefined;
  const details = { expected: `format ${known}`, got: `format ${found}` };
  return found > known
    ? new AppError('UNAVAILABLE', `The database ${name} was written by a newer gmail-llm.`, {
        ...details,
        hint: 'Update gmail-llm on this host. The database was not touched.',
      })
    : new AppError('UNAVAILABLE', `The database ${name} has an older format than when it was opened.`, {
        ...details,
        hint: 'It was restored from an older backup: start this process again, which brings it to the newest format.',
      });
}
