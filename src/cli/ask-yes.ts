import type { CommandContext } from './command.ts';
import { openLineReader } from './login/line-reader.ts';

/** Whether the person at the terminal answers a question with yes. */
export async function askYes(question: string, { stderr, signal }: CommandContext): Promise<boolean> {
  stderr.write(`${question} Type yes: `);
  const lines = openLineReader(process.stdin);
  try {
    return (await lines.next(signal))?.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}
