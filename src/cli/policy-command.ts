import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { explainPolicy, policyDecision } from '../operations/admin/explain-policy.ts';
import { getPolicy, policyFileLines, policyState } from '../operations/admin/get-policy.ts';
import type { Assembly } from '../server/assemble.ts';
import { textFor, valueFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage = 'policy [check|explain ADDRESS… [--account ADDRESS]|set FILE]';

function readWords(words: readonly string[]) {
  let parsed;
  try {
    parsed = parseArgs({ args: [...words], options: { account: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
  const { values, positionals } = parsed;
  const [verb = 'show', ...to] = positionals;
  if (verb === 'explain' && to.length > 0) return { verb, input: { to, ...values } } as const;
  const [file] = to;
  if (verb === 'set' && file !== undefined && to.length === 1 && values.account === undefined)
    return { verb, file } as const;
  const isPlain = to.length === 0 && values.account === undefined;
  if (isPlain && (verb === 'show' || verb === 'check')) return { verb } as const;
  const isVerb = ['show', 'check', 'explain', 'set'].includes(verb);
  const what = isVerb ? `Unexpected argument for \`policy ${verb}\`.` : 'There is no such verb.';
  throw new AppError('INVALID_INPUT', what, { expected: usage, got: words.join(' ') });
}

/** Puts the policy that the hosts of a store share. */
async function setPolicy({ services }: Assembly, file: string): Promise<string> {
  const { policySource } = services.safety;
  if (policySource.replace === undefined) {
    throw new AppError('UNSUPPORTED', 'The policy of this home is a file, which is edited.', {
      hint: `Edit ${policySource.place}; \`gmail-llm policy check\` says whether it is in order.`,
    });
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError('INVALID_INPUT', `${file} cannot be read: ${messageOf(error)}.`, { field: 'FILE' }, error);
  }
  try {
    await policySource.replace(text, services.now());
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'FORBIDDEN') throw error;
    const details = { field: 'FILE', ...(error.details.faults === undefined ? {} : { faults: error.details.faults }) };
    throw new AppError('INVALID_INPUT', `${file} is no policy; the one that holds was not changed.`, details, error);
  }
  return `This policy is in ${policySource.place} now; it holds for the next call on every host.`;
}

const decisions = {
  direct: 'It would be sent at once.',
  confirm: 'It would wait until a person approves it.',
} as const;

/**
 * `gmail-llm policy`: the rules that hold for each account now; `check` says whether the file is in order and which of
 * its accounts are not connected, `explain` what would be decided of a message. All end with `FORBIDDEN` and every fault
 * when the file cannot be understood.
 */
export async function runPolicy({ arguments: words, environment, stdout, signal }: CommandContext): Promise<number> {
  const read = readWords(words);
  const said = await withServices(environment, async (assembly) => {
    switch (read.verb) {
      case 'show':
        return textFor(assembly, getPolicy, {}, { signal });
      case 'check':
        return policyFileLines(await valueFor(assembly, getPolicy, policyState, {}, { signal })).join('\n');
      case 'set':
        return setPolicy(assembly, read.file);
      case 'explain': {
        // A file that cannot be understood is no decision about this message.
        await valueFor(assembly, getPolicy, policyState, {}, { signal });
        const found = await valueFor(assembly, explainPolicy, policyDecision, read.input, { signal });
        return found.decision === 'refused' ? `It would be refused: ${found.reason}` : decisions[found.decision];
      }
    }
  });
  stdout.write(`${said}\n`);
  return 0;
}
