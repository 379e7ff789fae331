import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from './errors.ts';
import { isAlive } from './process-owner.ts';
import { ownEnvironment, parseSettings, type Environment } from './settings.ts';

/**
 * The `GMAIL_…` variables that a home's supervisor was started with, kept in `run/environment` while it runs, so that a
 * command in another shell works on the same account and backend as the servers. Of secrets there is only a hash.
 */
function fileOf(runFolder: string): string {
  return join(runFolder, 'environment');
}

const withheld = /^# withheld (\w+) ([\da-f]+)$/gm;

const hashOf = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Notes the variables of a supervisor that starts; the answer takes the note away. */
export function noteRunningEnvironment(
  runFolder: string,
  environment: Environment,
  isSecret: (name: string) => boolean,
): () => void {
  const lines = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('GMAIL_') && name !== 'GMAIL_HOME' && value !== undefined && value !== ''
      ? [isSecret(name) ? `# withheld ${name} ${hashOf(value)}\n` : `${name}=${JSON.stringify(value)}\n`]
      : [],
  );
  writeFileSync(fileOf(runFolder), `# pid ${process.pid}\n${lines.join('')}`, { mode: 0o600 });
  return () => rmSync(fileOf(runFolder), { force: true });
}

/** The note of the supervisor that runs in a home; undefined where none runs. */
function noteOf(runFolder: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(fileOf(runFolder), 'utf8');
  } catch {
    return undefined;
  }
  const pid = Number(/^# pid (\d+)$/m.exec(text)?.[1]);
  // A supervisor that was killed leaves its note behind.
  return Number.isInteger(pid) && isAlive(pid) ? text : undefined;
}

/** The variables of the supervisor that runs in a home, without secrets; none where none runs. */
export function runningEnvironment(runFolder: string): Environment {
  const note = noteOf(runFolder);
  return note === undefined ? {} : Object.fromEntries(parseSettings(note, fileOf(runFolder)).values);
}

/** The same to be shown, with a hash in the place of each secret. */
export function shownEnvironment(runFolder: string): Environment {
  return { ...runningEnvironment(runFolder), ...withheldEnvironment(runFolder) };
}

/** Secrets of the supervisor that runs in a home, each with a hash of its value. */
function withheldEnvironment(runFolder: string): Environment {
  return Object.fromEntries(
    Array.from((noteOf(runFolder) ?? '').matchAll(withheld), ([, name = '', hash]) => [name, hash]),
  );
}

/**
 * Throws `INVALID_INPUT` where the running servers work on a database that was named to them alone: whoever does not know it
 * would work on files that no server looks at. `shell` is what was set by whoever asks, `values` all that would hold.
 */
export function requireStoreOfServers(runFolder: string, shell: Environment, values: Environment): void {
  const { GMAIL_STORE: hash } = withheldEnvironment(runFolder);
  const { GMAIL_STORE: own = '' } = values;
  if (hash === undefined || ownEnvironment(shell).GMAIL_STORE !== undefined || hashOf(own) === hash) return;
  throw new AppError('INVALID_INPUT', 'The running servers were started with a GMAIL_STORE that is not known here.', {
    field: 'GMAIL_STORE',
    expected: 'the database of the servers',
    got: own === '' ? 'nothing' : 'another one',
    hint: 'Set it in this environment, too. Or put it into the settings (gmail-llm config set GMAIL_STORE -) and start the servers without it in theirs.',
  });
}
