import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './process-owner.ts';
import { parseSettings, type Environment } from './settings.ts';

/**
 * The `GMAIL_…` variables that a home's supervisor was started with, kept in `run/environment` while it runs, so that a
 * command in another shell works on the same account and backend as the servers. Secrets are not among them.
 */
function fileOf(runFolder: string): string {
  return join(runFolder, 'environment');
}

/** Notes the variables of a supervisor that starts; the answer takes the note away. */
export function noteRunningEnvironment(
  runFolder: string,
  environment: Environment,
  isSecret: (name: string) => boolean,
): () => void {
  const lines = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith('GMAIL_') && name !== 'GMAIL_HOME' && value !== undefined && value !== '' && !isSecret(name)
      ? [`${name}=${JSON.stringify(value)}\n`]
      : [],
  );
  writeFileSync(fileOf(runFolder), `# pid ${process.pid}\n${lines.join('')}`, { mode: 0o600 });
  return () => rmSync(fileOf(runFolder), { force: true });
}

/** The variables of the supervisor that runs in a home; none where none runs. */
export function runningEnvironment(runFolder: string): Environment {
  let text: string;
  try {
    text = readFileSync(fileOf(runFolder), 'utf8');
  } catch {
    return {};
  }
  const pid = Number(/^# pid (\d+)$/m.exec(text)?.[1]);
  // A supervisor that was killed leaves its note behind.
  if (!Number.isInteger(pid) || !isAlive(pid)) return {};
  return Object.fromEntries(parseSettings(text, fileOf(runFolder)).values);
}
