import type { DryRunEnd } from '../../safety/audit/recorded-mailbox.ts';
import type { Answer } from './operation.ts';

/** The answer of a dry run: what would have been changed, and what is there now. */
export function answerDryRun({ change }: DryRunEnd): Answer {
  const { method, target, from } = change;
  const lines = [
    'Nothing was changed. Without dryRun this call would:',
    `${method} ${JSON.stringify(target)}`,
    ...(from === null ? [] : [`now: ${JSON.stringify(from)}`]),
  ];
  return { kind: 'json', value: { dryRun: true, ...change }, text: async () => lines.join('\n') };
}
