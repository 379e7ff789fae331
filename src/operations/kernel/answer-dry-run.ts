import type { DryRun } from '../../safety/changes/dry-run.ts';
import { fence, renderAnswer, type AnswerText, type MakeNonce } from './answer-text.ts';

/** The answer of a dry run: what would have been changed, and what is there now. */
export function answerDryRun({ change }: DryRun) {
  const { method, target, from } = change;
  const text: AnswerText = [
    `Nothing was changed. Without dryRun this call would do: ${method}`,
    ...fence('facts', [JSON.stringify(target), ...(from === null ? [] : [`now: ${JSON.stringify(from)}`])].join('\n')),
  ];
  return {
    kind: 'json',
    value: { dryRun: true, ...change },
    text: async (makeNonce?: MakeNonce) => renderAnswer(text, makeNonce),
  } as const;
}
