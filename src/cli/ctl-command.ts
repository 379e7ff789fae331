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
  return runControl({ arguments: words, home, stdin: () => process.stdin, stdout, stderr, environment, signal });
}
