import { watchOutput } from '../cli/broken-output.ts';
import { readerGone } from '../cli/command.ts';
import { main } from '../cli/main.ts';

const stop = new AbortController();
const kill = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => (stop.signal.aborted ? kill : stop).abort(signal));
}

watchOutput(process, (exitCode) => {
  process.exitCode = exitCode;
  stop.abort(readerGone);
});

const exitCode = await main(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
  killSignal: kill.signal,
});
// Output that failed has said already how it ends.
process.exitCode ??= exitCode;
