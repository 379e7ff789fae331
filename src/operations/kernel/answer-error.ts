import { errorCodes } from '../../core/errors.ts';
import type { ErrorFacts } from '../../core/errors.ts';
import { fence, type AnswerText } from './answer-text.ts';

/** Errors echo what they were about. More of it than this helps nobody. */
const maxEchoCharacters = 2000;

/**
 * An error for a language model. Its code, what to do about it and when are ours; what it was about may repeat the input,
 * which may repeat a mail, or come from Google: that is fenced.
 */
export function answerError(facts: ErrorFacts): AnswerText {
  const { code, message, field, position, expected, got, faults = [], hint, retryAt, requestId } = facts;
  const about = [
    message,
    ...faults.map((fault) => `- ${fault}`),
    ...(field === undefined ? [] : [`field: ${field}`]),
    ...(position === undefined ? [] : [`position: ${position}`]),
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(got === undefined ? [] : [`got: ${got}`]),
  ].join('\n');
  return [
    `${code}: ${errorCodes[code].title}`,
    ...fence('details of the error', about.slice(0, maxEchoCharacters)),
    ...(retryAt === undefined ? [] : [`retryAt: ${retryAt}`]),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    `requestId: ${requestId}`,
  ];
}
