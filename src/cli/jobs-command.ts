import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { jobLine, jobList, listJobs } from '../operations/admin/list-jobs.ts';
import { runJob } from '../operations/admin/run-job.ts';
import { invokeAsOwner, valueFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage = 'jobs [list [--json]|run NAME]';

function readWords(words: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...words], options: { json: { type: 'boolean' } }, allowPositionals: true });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
  const { values, positionals } = parsed;
  const [verb = 'list', ...name] = positionals;
  const isJson = values.json === true;
  if (verb === 'list' && name.length === 0) return { verb, isJson } as const;
  // The name of a job may have an account after a space.
  if (verb === 'run' && name.length > 0 && !isJson) return { verb, name: name.join(' ') } as const;
  throw new AppError('INVALID_INPUT', 'Unexpected argument for `jobs`.', { expected: usage, got: words.join(' ') });
}

/** `gmail-llm jobs`: what servers do by themselves, how it went and when it is due; makes a job due now. */
export async function runJobsCommand(context: CommandContext): Promise<number> {
  const { environment, stdout, signal } = context;
  const read = readWords(context.arguments);
  return withServices(environment, async (assembly) => {
    if (read.verb === 'run') {
      await invokeAsOwner(assembly, runJob, { name: read.name }, { signal });
      stdout.write(`${read.name} is due now; a server that runs begins it within ten seconds.\n`);
      return 0;
    }
    const { jobs } = await valueFor(assembly, listJobs, jobList, {}, { signal });
    if (read.isJson) stdout.write(`${JSON.stringify(jobs, undefined, 2)}\n`);
    else stdout.write(jobs.length === 0 ? 'No job has run yet.\n' : `${jobs.map(jobLine).join('\n')}\n`);
    return 0;
  });
}
