import { hostname } from 'node:os';
import { runControl } from '../supervisor/control/run-control.ts';
import type { CommandContext } from './command.ts';

/** `gmail-llm ctl VERB …` and `supervisorctl VERB …`: the running supervisor's control. */
export function runCtl({
  arguments: words,
  home,
  stdout,
  stderr,
  environment,
  signal,
}: CommandContext): Promise<number> {
  if (words[0] === 'status' && (environment.GMAIL_STORE ?? '') !== '') {
    stderr.write(`Programs on ${hostname()}; each host of the database has its own.\n`);
  }
  return runControl({ arguments: words, home, stdin: () => process.stdin, stdout, stderr, environment, signal });
}
