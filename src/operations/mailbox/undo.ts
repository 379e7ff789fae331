import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineOperation } from '../kernel/operation.ts';

export const undo = defineOperation({
  name: 'undo',
  route: 'POST /api/undo',
  grant: 'organize',
  toolset: 'core',
  summary:
    'Take back the last change made with this token: labels, trash, drafts, filters, settings, or a send that still waits. Sent mail stays sent.',
  input: {
    change: z.int().min(1).exactOptional().describe('Which change, by its number in the audit log; none: the last.'),
  },
  isIdempotent: false,
  output: z.object({
    change: z.string().describe('Its number in the audit log, or the id of the send.'),
    operation: z.string().describe('The operation that had made it.'),
    text: z.string().describe('What is so again.'),
  }),
  run: ({ change }, call) => call.undo(change),
  text: ({ change, operation, text }) => [`Took back ${operation} (change ${change}).`, ...fence('details', text)],
});
