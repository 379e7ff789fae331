import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { main } from '../../src/cli/main.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';
import { freePorts } from '../support/free-ports.ts';
import type { Finished } from '../support/installation.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Environment = Readonly<Record<string, string>>;

/** A command that runs. */
export interface RunningCommand {
  /** The first match on standard error; rejects when the command ends before. */
  readonly untilSaid: (pattern: RegExp) => Promise<string>;
  readonly type: (text: string) => void;
  readonly interrupt: () => void;
  readonly finished: Promise<Finished>;
}

function collector(pieces: { text: string; hear: () => void }): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      pieces.text += String(chunk);
      pieces.hear();
      done();
    },
  });
}

function untilSaidIn(
  said: { text: string; hear: () => void },
  finished: Promise<Finished>,
): (pattern: RegExp) => Promise<string> {
  return (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const [found] = pattern.exec(said.text) ?? [];
        if (found !== undefined) resolve(found);
      };
      said.hear = look;
      look();
      finished.then(({ code, stderr }) => reject(new Error(`it ended with ${code}: ${stderr}`)), reject);
    });
}

/** Starts `gmail-llm` in this process. */
export function startCommand(words: readonly string[], environment: Environment): RunningCommand {
  const stdout = { text: '', hear: () => {} };
  const stderr = { text: '', hear: () => {} };
  const stop = new AbortController();
  const finished = main(words, {
    environment,
    stdout: collector(stdout),
    stderr: collector(stderr),
    signal: stop.signal,
    killSignal: new AbortController().signal,
  }).then((code) => ({ code, stdout: stdout.text, stderr: stderr.text }));
  return {
    untilSaid: untilSaidIn(stderr, finished),
    type: () => {
      throw new Error('nobody types into this process');
    },
    interrupt: () => stop.abort('SIGINT'),
    finished,
  };
}

/** Runs `gmail-llm` in this process to its end. */
export function runCommand(words: readonly string[], environment: Environment): Promise<Finished> {
  return startCommand(words, environment).finished;
}

/** Starts `gmail-llm` as a process of its own, with somebody at its standard input. */
export function startProcess(
  context: Pick<TestContext, 'after'>,
  words: readonly string[],
  environment: Environment,
): RunningCommand {
  const program = join(import.meta.dirname, '../../src/bin/gmail-llm.ts');
  const child = spawn(process.execPath, [program, ...words], {
    env: { ...childEnvironment, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  context.after(() => child.kill('SIGKILL'));
  const stdout = { text: '', hear: () => {} };
  const stderr = { text: '', hear: () => {} };
  child.stdout.pipe(collector(stdout));
  child.stderr.pipe(collector(stderr));
  const finished = once(child, 'close').then(([code]) => ({
    code: typeof code === 'number' ? code : null,
    stdout: stdout.text,
    stderr: stderr.text,
  }));
  return {
    untilSaid: untilSaidIn(stderr, finished),
    type: (text) => (text === '' ? child.stdin.end() : child.stdin.write(text)),
    interrupt: () => child.kill('SIGINT'),
    finished,
  };
}

/** The address that a login prints, once it is printed whole. */
export async function addressOf(command: RunningCommand): Promise<string> {
  return (await command.untilSaid(/^http:\S+auth\?\S+\n/m)).trim();
}

/** Where the emulator's consent page sends the browser; `changes` are what the person does there. */
export async function consentTo(address: string, changes: Environment = {}): Promise<string> {
  const url = new URL(address);
  for (const [name, value] of Object.entries(changes)) url.searchParams.set(name, value);
  const response = await fetch(url, { redirect: 'manual' });
  const target = response.headers.get('location');
  if (target === null) throw new Error(`no redirect: ${response.status} ${await response.text()}`);
  return target;
}

/** A home of its own on the emulator as Google, with the emulator's client; nothing is started. */
async function gmailEnvironment(
  context: Pick<TestContext, 'after'>,
  emulator: Pick<TestEmulator, 'rootUrl' | 'account'>,
): Promise<Environment> {
  const [mcpPort, apiPort, dashboardPort] = await freePorts(3);
  return {
    GMAIL_HOME: temporaryFolder(context),
    GMAIL_MCP_PORT: `${mcpPort}`,
    GMAIL_API_PORT: `${apiPort}`,
    GMAIL_DASHBOARD_PORT: `${dashboardPort}`,
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: emulator.rootUrl,
    GMAIL_OAUTH_ROOT_URL: emulator.rootUrl,
    GMAIL_CLIENT_ID: emulator.account.clientId,
    GMAIL_CLIENT_SECRET: emulator.account.clientSecret,
  };
}

/** An emulator, and a home of its own that takes it for Google. */
export async function startGoogle(
  context: Pick<TestContext, 'after'>,
  emailAddresses: readonly string[] = ['me@example.org'],
): Promise<{ readonly emulator: TestEmulator; readonly environment: Environment }> {
  const emulator = await startTestEmulator(context, { emailAddresses });
  return { emulator, environment: await gmailEnvironment(context, emulator) };
}

/** Runs a whole login, a plain HTTP client standing for the browser. */
export async function logIn(
  environment: Environment,
  words: readonly string[] = [],
  changes: Environment = {},
): Promise<Finished> {
  const command = startCommand(['login', '--no-browser', ...words], environment);
  await (await fetch(await consentTo(await addressOf(command), changes))).text();
  return command.finished;
}

/** The store of a home, closed when the test is over. */
export function storeOf(context: Pick<TestContext, 'after'>, environment: Environment) {
  const store = openCredentialStore(join(environment.GMAIL_HOME ?? '', 'data'), { keyStore: 'file' });
  context.after(() => store.close());
  return store;
}

/** Writes a JSON file into a folder of the test's own, and answers its path. */
export function jsonFile(context: Pick<TestContext, 'after'>, value: unknown): string {
  const path = join(temporaryFolder(context), 'file.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 });
  return path;
}

/** Runs a command that has to succeed; returns its standard output. */
export async function done(words: readonly string[], environment: Environment): Promise<string> {
  const { code, stdout, stderr } = await runCommand(words, environment);
  assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
