import type { DryRunEnd } from '../../safety/audit/recorded-mailbox.ts';
import { fence, renderAnswer, type AnswerText } from './answer-text.ts';
import type { Answer } from './operation.ts';

/** The answer of a dry run: what would have been changed, and what is there now. */
export function answerDryRun({ change }: DryRunEnd): Answer {
  const { method, target, from } = change;
  const text: AnswerText = [
    `Nothing was changed. Without dryRun this call would do: ${method}`,
    ...fence('facts', [JSON.stringify(target), ...(from === null ? [] : [`now: ${JSON.stringify(from)}`])].join('\n')),
  ];
  return { kind: 'json', value: { dryRun: true, ...change }, text: async (makeNonce) => renderAnswer(text, makeNonce) };
}
