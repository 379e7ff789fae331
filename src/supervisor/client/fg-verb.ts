import { faultCodes } from '../control/faults.ts';
import { asProcess } from './answers.ts';
import { FaultAnswer } from '../../core/supervisor/rpc-client.ts';
import { exitCodes, type Verb, type VerbContext } from './verb.ts';

const usage = ['fg <process>\tConnect to a process in foreground mode', '\t\tCtrl-C to exit'];

/** Shows what one channel of a process says until `signal` aborts; a channel without a log says nothing. */
async function showChannel({ client, write }: VerbContext, path: string, signal: AbortSignal): Promise<void> {
  try {
    const response = await client.stream(path, signal);
    if (response.statusCode !== 200) {
      response.resume();
      return;
    }
    for await (const chunk of response) if (Buffer.isBuffer(chunk)) write(chunk);
  } catch (error) {
    // Without a supervisor the next line that is sent fails, and says so.
    if (!signal.aborted) write(`${path} ${error instanceof Error ? error.message : ''}\n`);
  }
}

/** Hands lines of the standard input on; answers the complaint where they do not arrive any more. */
async function sendLines(
  { client, stdin }: VerbContext,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (stdin === undefined) return undefined;
  // Loaded here, as no other verb needs it.
  const { createInterface } = process.getBuiltinModule('node:readline');
  try {
    for await (const line of createInterface({ input: stdin(), signal })) {
      await client.call('supervisor.sendProcessStdin', name, `${line}\n`);
      if (asProcess(await client.call('supervisor.getProcessInfo', name)).state !== 'RUNNING') {
        return 'Process got killed';
      }
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof FaultAnswer)) throw error;
    return error.code === faultCodes.NOT_RUNNING ? 'Process got killed' : `ERROR: ${error.message}`;
  }
}

export const fgVerb: Verb = {
  usage,
  run: async (context) => {
    const { client, words, print } = context;
    const [name, ...more] = words;
    const refuse = (...lines: readonly string[]): number => {
      for (const line of lines) print(line);
      return exitCodes.generic;
    };
    if (name === undefined) return refuse('ERROR: no process name supplied', ...usage);
    if (more.length > 0) return refuse('ERROR: too many process names supplied');
    try {
      const { state } = asProcess(await client.call('supervisor.getProcessInfo', name));
      if (state !== 'RUNNING') return refuse('ERROR: process not running');
    } catch (error) {
      if (!(error instanceof FaultAnswer) || error.code !== faultCodes.BAD_NAME) throw error;
      return refuse('ERROR: bad process name supplied');
    }
    print('==> Press Ctrl-C to exit <==');
    const end = new AbortController();
    const signal = context.signal === undefined ? end.signal : AbortSignal.any([end.signal, context.signal]);
    const path = `/logtail/${encodeURIComponent(name)}`;
    const shown = ['stdout', 'stderr'].map((channel) => showChannel(context, `${path}/${channel}`, signal));
    try {
      const complaint = await sendLines(context, name, signal);
      if (complaint !== undefined) print(complaint);
      print('Exiting foreground');
      return exitCodes.success;
    } finally {
      end.abort();
      await Promise.all(shown);
    }
  },
};
