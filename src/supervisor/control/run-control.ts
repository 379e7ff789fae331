import { dirname, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../../core/errors.ts';
import type { Home } from '../../core/home.ts';
import { fgVerb } from '../client/fg-verb.ts';
import { metricsVerb } from '../client/metrics-verb.ts';
import { clearVerb, signalVerb, startVerb, stopVerb } from '../client/process-verbs.ts';
import { restartVerb } from '../client/restart-verb.ts';
import { maintailVerb, tailVerb } from '../client/log-verbs.ts';
import { createRpcClient, FaultAnswer, NoSupervisor } from '../../core/supervisor/rpc-client.ts';
import { pidVerb, statusVerb } from '../client/status-verbs.ts';
import {
  addVerb,
  availVerb,
  reloadVerb,
  removeVerb,
  rereadVerb,
  shutdownVerb,
  updateVerb,
  versionVerb,
  waitVerb,
} from '../client/supervisor-verbs.ts';
import { exitCodes, type Verb } from '../client/verb.ts';
import { environmentExpansions } from '../configuration/parse-program.ts';
import { readIni, type IniDocument } from '../configuration/read-ini.ts';
import { sectionReader } from '../configuration/section-reader.ts';

export interface ControlOptions {
  /** A verb with its words; `-c FILE`, `-s URL`, `-u USER`, `-p PASSWORD` before it, `--json` anywhere. */
  readonly arguments: readonly string[];
  readonly home: Home;
  readonly stdout: { readonly write: (text: string | Buffer) => unknown };
  readonly stderr: { readonly write: (text: string) => unknown };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Opens what `fg` sends to a process. */
  readonly stdin?: () => NodeJS.ReadableStream;
  /** Its abort ends `tail -f` and `fg`. */
  readonly signal?: AbortSignal;
}

/** Every verb by its name. */
export const verbs: Readonly<Record<string, Verb>> = {
  add: addVerb,
  avail: availVerb,
  clear: clearVerb,
  fg: fgVerb,
  maintail: maintailVerb,
  metrics: metricsVerb,
  pid: pidVerb,
  reload: reloadVerb,
  remove: removeVerb,
  reread: rereadVerb,
  restart: restartVerb,
  shutdown: shutdownVerb,
  signal: signalVerb,
  start: startVerb,
  status: statusVerb,
  stop: stopVerb,
  tail: tailVerb,
  update: updateVerb,
  version: versionVerb,
  wait: waitVerb,
};

/** `serverurl` of `[supervisorctl]` in that file. */
function serverUrlOf(file: string, environment: ControlOptions['environment']): string {
  const path = resolve(file);
  const document: IniDocument = new Map();
  try {
    readIni(readFileSync(path, 'utf8'), path, document);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('NOT_FOUND', `${path} cannot be read: ${messageOf(error)}.`, {}, error);
  }
  const section = document.get('supervisorctl');
  const expansions = { ...environmentExpansions(environment), here: dirname(path) };
  const url = section && sectionReader(document, 'supervisorctl', section).text('serverurl', expansions);
  if (url !== undefined) return url;
  throw new AppError('INVALID_INPUT', `${path} does not say where its supervisor is.`, {
    expected: 'serverurl= in [supervisorctl]',
  });
}

interface Request {
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly verb: string | undefined;
  readonly words: readonly string[];
  readonly isJson: boolean;
}

function readRequest({ arguments: given, home, environment }: ControlOptions): Request {
  const words = given.filter((word) => word !== '--json');
  const options = new Map<string, string>();
  const longNames: Readonly<Record<string, string>> = {
    '--configuration': '-c',
    '--serverurl': '-s',
    '--username': '-u',
    '--password': '-p',
  };
  while (words[0]?.startsWith('-') === true) {
    const word = words.shift() ?? '';
    const [long = '', inline] = word.split('=', 2);
    const name = longNames[long] ?? word;
    const value = inline ?? words.shift();
    if (!Object.values(longNames).includes(name) || value === undefined) {
      throw new AppError('INVALID_INPUT', `${word} is not an option of the control command.`, {
        expected: '-c FILE, -s URL, -u USER, -p PASSWORD or --json',
        got: word,
      });
    }
    options.set(name, value);
  }
  const file = options.get('-c');
  const url =
    options.get('-s') ?? (file === undefined ? `unix://${home.supervisorSocket}` : serverUrlOf(file, environment));
  const username = options.get('-u');
  const password = options.get('-p');
  return {
    url,
    ...(username === undefined || password === undefined ? {} : { credentials: { username, password } }),
    verb: words[0],
    words: words.slice(1),
    isJson: given.includes('--json'),
  };
}

/**
 * Runs one verb of `supervisorctl` against the supervisor of the home, with its words and exit codes; answers the exit
 * code. Throws `INVALID_INPUT` for an option that it does not know.
 */
export async function runControl(options: ControlOptions): Promise<number> {
  const { stdin, stdout, stderr, signal } = options;
  const { url, credentials, verb: name = 'help', words, isJson } = readRequest(options);
  const print = (line: string): void => void stdout.write(`${line}\n`);
  if (name === 'help') {
    const topic = words[0] === undefined ? undefined : verbs[words[0]];
    const shown = topic === undefined ? Object.values(verbs) : [topic];
    for (const line of shown.flatMap(({ usage }) => usage)) print(line);
    return exitCodes.success;
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined || (isJson && name !== 'status')) {
    print(verb === undefined ? `*** Unknown syntax: ${[name, ...words].join(' ')}` : `Error: ${name} has no --json`);
    return exitCodes.generic;
  }
  const client = createRpcClient({ url, ...(credentials === undefined ? {} : { credentials }) });
  const explain = (line: string): void => void stderr.write(`${line}\n`);
  const write = (text: string | Buffer): void => void stdout.write(text);
  try {
    return await verb.run({ words, isJson, client, print, write, explain, stdin, signal });
  } catch (error) {
    if (error instanceof NoSupervisor) {
      print(error.message);
      if (error.kind === 'failed') return exitCodes.generic;
      explain('No supervisor is running here; start one with: npm start, or gmail-llm up');
      return error.kind === 'missing' ? exitCodes.notRunning : exitCodes.refused;
    }
    if (error instanceof FaultAnswer) {
      print(`error: ${error.message}`);
      return exitCodes.generic;
    }
    throw error;
  }
}
