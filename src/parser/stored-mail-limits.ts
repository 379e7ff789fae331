import type { TaskLimits } from './parser-process.ts';

/**
 * What one message may take that is stored for good, by an import or a mirror for instance: no caller waits for it, and one
 * message must not hold up a hundred thousand. Over it, the message is found by its header only.
 */
export const storedMailLimits = {
  /** To be parsed. */
  parsing: { deadlineMs: 30_000, isPatient: true },
  /** For the text of its body to be read. */
  body: { deadlineMs: 800, isPatient: true },
} as const satisfies Readonly<Record<string, TaskLimits>>;
