import { faultCodes } from '../control/faults.ts';
import { asText } from './answers.ts';
import { FaultAnswer } from '../../core/supervisor/rpc-client.ts';
import { exitCodes, type Verb, type VerbContext } from './verb.ts';

/** Without a number, so many bytes are shown. */
const defaultBytes = 1_600;

const tailUsage = [
  'tail [-f] <name> [stdout|stderr] (default stdout)',
  'Ex:',
  'tail -f <name>\t\tContinuous tail of named process stdout',
  '\t\t\tCtrl-C to exit.',
  'tail -100 <name>\tlast 100 *bytes* of process stdout',
  'tail <name> stderr\tlast 1600 *bytes* of process stderr',
];
const maintailUsage = [
  'maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)',
  'maintail -100\tlast 100 *bytes* of supervisord main log file',
  'maintail\tlast 1600 *bytes* of supervisor main log file',
  '',
];

function refuse({ print }: VerbContext, complaint: string, usage: readonly string[] = []): number {
  for (const line of [complaint, ...usage]) print(line);
  return exitCodes.generic;
}

/** How much to show: a number of bytes, or to go on showing what comes; undefined where it is neither. */
function readAmount(option: string | undefined): number | 'follow' | undefined {
  if (option === undefined) return defaultBytes;
  if (option === '-f') return 'follow';
  return /^-\d+$/.test(option) ? Number(option.slice(1)) : undefined;
}

async function follow({ client, print, write, signal }: VerbContext, path: string): Promise<number> {
  print('==> Press Ctrl-C to exit <==');
  try {
    const response = await client.stream(path, signal);
    if (response.statusCode !== 200) {
      response.resume();
      print(`${path} HTTP status ${response.statusCode}`);
      return exitCodes.generic;
    }
    for await (const chunk of response) if (Buffer.isBuffer(chunk)) write(chunk);
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
  return exitCodes.success;
}

/** Shows the end of a log that `method` reads; `name` is who it belongs to. */
async function show(
  { client, print }: VerbContext,
  name: string,
  method: string,
  parameters: readonly (string | number)[],
): Promise<number> {
  try {
    print(asText(await client.call(`supervisor.${method}`, ...parameters)));
    return exitCodes.success;
  } catch (error) {
    const complaints: Readonly<Record<number, string>> = {
      [faultCodes.NO_FILE]: 'no log file',
      [faultCodes.FAILED]: 'unknown error reading log',
      [faultCodes.BAD_NAME]: 'no such process name',
    };
    const complaint = error instanceof FaultAnswer ? complaints[error.code] : undefined;
    if (complaint === undefined) throw error;
    print(`${name}: ERROR (${complaint})`);
    return exitCodes.generic;
  }
}

export const tailVerb: Verb = {
  usage: tailUsage,
  run: async (context) => {
    const { words } = context;
    if (words.length === 0) return refuse(context, 'Error: too few arguments', tailUsage);
    if (words.length > 3) return refuse(context, 'Error: too many arguments', tailUsage);
    const option = words[0]?.startsWith('-') === true ? words[0] : undefined;
    const [name, channelWord = 'stdout'] = option === undefined ? words : words.slice(1);
    if (name === undefined) return refuse(context, 'Error: tail requires process name');
    const channel = channelWord.toLowerCase();
    if (channel !== 'stdout' && channel !== 'stderr') return refuse(context, `Error: bad channel '${channel}'`);
    const amount = readAmount(option);
    if (amount === undefined) return refuse(context, `Error: bad argument ${option ?? ''}`);
    if (amount === 'follow') return follow(context, `/logtail/${encodeURIComponent(name)}/${channel}`);
    const method = channel === 'stdout' ? 'readProcessStdoutLog' : 'readProcessStderrLog';
    return show(context, name, method, [name, -amount, 0]);
  },
};

export const maintailVerb: Verb = {
  usage: maintailUsage,
  run: async (context) => {
    const [option, ...more] = context.words;
    if (more.length > 0) return refuse(context, 'Error: too many arguments', maintailUsage);
    const amount = readAmount(option);
    if (amount === undefined) return refuse(context, `Error: bad argument ${option ?? ''}`);
    if (amount === 'follow') return follow(context, '/mainlogtail');
    return show(context, 'supervisord', 'readLog', [-amount, 0]);
  },
};
