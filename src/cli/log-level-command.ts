import { AppError } from '../core/errors.ts';
import { logLevels } from '../core/logger.ts';
import { defaultLevelMs, logLevelsFile, readLogLevels, setLogLevels } from '../core/telemetry/log-levels.ts';
import { subsystems } from '../core/telemetry/log.ts';
import type { CommandContext } from './command.ts';

const form = 'SUBSYSTEM LEVEL [--minutes N], SUBSYSTEM default, or nothing';

function refuse(field: string, expected: string, got: string): never {
  throw new AppError('INVALID_INPUT', `Unexpected ${field} for \`log-level\`.`, { field, expected, got });
}

/** How long the level is to hold, and the words before that. */
function readDuration(words: readonly string[]): { readonly rest: readonly string[]; readonly durationMs: number } {
  const at = words.indexOf('--minutes');
  if (at === -1) return { rest: words, durationMs: defaultLevelMs };
  const minutes = /^\d{1,5}$/.test(words[at + 1] ?? '') ? Number(words[at + 1]) : 0;
  if (minutes < 1) refuse('--minutes', 'a whole number from 1 to 99999', words[at + 1] ?? 'nothing');
  return { rest: words.toSpliced(at, 2), durationMs: minutes * 60_000 };
}

/**
 * `gmail-llm log-level`: sets from which level on the lines of one subsystem, or of `all`, are logged by the servers that
 * run, for an hour unless told otherwise; without arguments, shows what is set.
 */
export async function runLogLevel({ arguments: words, home, stdout }: CommandContext): Promise<number> {
  const nowMs = Date.now();
  const file = logLevelsFile(home.runFolder);
  const { rest, durationMs } = readDuration(words);
  const [name, word, ...others] = rest;
  if (others.length > 0) refuse('argument', form, others.join(' '));
  if (name !== undefined) {
    const named = name === 'all' ? subsystems : subsystems.filter((subsystem) => subsystem === name);
    if (named.length === 0) refuse('SUBSYSTEM', `all, ${subsystems.join(', ')}`, name);
    const level = logLevels.find((one) => one === word);
    if (level === undefined && word !== 'default')
      refuse('LEVEL', `${logLevels.join(', ')} or default`, word ?? 'nothing');
    const untilMs = nowMs + durationMs;
    setLogLevels(file, { subsystems: named, untilMs, ...(level === undefined ? {} : { level }) }, nowMs);
  }
  const set = readLogLevels(file, nowMs);
  const lines = set.map(
    ({ subsystem, level, untilMs }) => `${subsystem}  ${level}  until ${new Date(untilMs).toISOString()}\n`,
  );
  stdout.write(lines.length === 0 ? 'Every subsystem logs from GMAIL_LOG_LEVEL on.\n' : lines.join(''));
  return 0;
}
