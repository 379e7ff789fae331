/** `gmail-llm` as a process of its own, for tests that stop it. Arguments are those of the command. */
import { main } from '../../src/cli/main.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const { env: environment, stdout, stderr } = process;
process.exitCode = await main(process.argv.slice(2), {
  environment,
  stdout,
  stderr,
  signal: stop.signal,
  killSignal: new AbortController().signal,
});
