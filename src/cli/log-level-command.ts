import { AppError } from '../core/errors.ts';
import { logLevels } from '../core/logger.ts';
import { subsystems } from '../core/telemetry/log.ts';
import { getLogLevels, setLogLevel } from '../operations/admin/log-levels.ts';
import { textFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const form = 'SUBSYSTEM LEVEL [--minutes N], SUBSYSTEM default, or nothing';

function refuse(field: string, expected: string, got: string): never {
  throw new AppError('INVALID_INPUT', `Unexpected ${field} for \`log-level\`.`, { field, expected, got });
}

/** How long the level is to hold, where that is said, and the words before that. */
function readMinutes(words: readonly string[]): { readonly rest: readonly string[]; readonly minutes?: number } {
  const at = words.indexOf('--minutes');
  if (at === -1) return { rest: words };
  const minutes = /^\d{1,5}$/.test(words[at + 1] ?? '') ? Number(words[at + 1]) : 0;
  if (minutes < 1) refuse('--minutes', 'a whole number from 1 to 99999', words[at + 1] ?? 'nothing');
  return { rest: words.toSpliced(at, 2), minutes };
}

/** What is to be set, where anything is. */
function readChange(words: readonly string[]) {
  const { rest, ...more } = readMinutes(words);
  const [subsystem, level, ...others] = rest;
  if (others.length > 0) refuse('argument', form, others.join(' '));
  if (subsystem === undefined) return undefined;
  const names: readonly string[] = ['all', ...subsystems];
  if (!names.includes(subsystem)) refuse('SUBSYSTEM', names.join(', '), subsystem);
  const levels: readonly string[] = [...logLevels, 'default'];
  if (level === undefined || !levels.includes(level)) {
    refuse('LEVEL', `${logLevels.join(', ')} or default`, level ?? 'nothing');
  }
  return { subsystem, level, ...more };
}

/**
 * `gmail-llm log-level`: sets from which level on the lines of one subsystem, or of `all`, are logged by the servers that
 * run, for an hour unless told otherwise; without arguments, shows what is set.
 */
export async function runLogLevel({ arguments: words, environment, stdout, signal }: CommandContext): Promise<number> {
  const change = readChange(words);
  const text = await withServices(environment, (assembly) =>
    change === undefined
      ? textFor(assembly, getLogLevels, {}, { signal })
      : textFor(assembly, setLogLevel, change, { signal }),
  );
  stdout.write(`${text}\n`);
  return 0;
}
