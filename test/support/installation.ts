import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { childEnvironment } from './child-environment.ts';
import { freePorts } from './free-ports.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const bin = join(import.meta.dirname, '../../bin');

/** What a finished program printed, and its exit code. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of the package's commands to its end. */
export async function run(
  name: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Finished> {
  const child = spawn(process.execPath, [join(bin, `${name}.js`), ...words], {
    env: { ...childEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = await once(child, 'close');
  return { code: typeof code === 'number' ? code : null, stdout, stderr };
}

/** A home with the supervisor and both servers running. */
export interface Installation {
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly mcpUrl: string;
  readonly apiUrl: string;
  readonly token: string;
  readonly command: (...words: string[]) => Promise<Finished>;
  /** The pid of a program as the supervisor tells it. */
  readonly pid: (program: string) => Promise<number>;
}

/** An environment for a home of its own on free ports; nothing is started. */
export async function newEnvironment(context: Pick<TestContext, 'after'>): Promise<Readonly<Record<string, string>>> {
  const [mcpPort, apiPort, dashboardPort] = await freePorts(3);
  return {
    GMAIL_HOME: temporaryFolder(context),
    GMAIL_MCP_PORT: `${mcpPort}`,
    GMAIL_API_PORT: `${apiPort}`,
    GMAIL_DASHBOARD_PORT: `${dashboardPort}`,
  };
}

/** Starts `gmail-llm up`, waits until it says that both servers are ready, and stops it when the test is over. */
export async function startInstallation(
  context: Pick<TestContext, 'after'>,
  environment: Readonly<Record<string, string>>,
): Promise<Installation> {
  const child = spawn(process.execPath, [join(bin, 'gmail-llm.js'), 'up'], {
    env: { ...childEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  context.after(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    const hear = (text: string) => {
      output += text;
      if (output.includes('Ctrl-C stops all')) resolve();
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('exit', (code) => reject(new Error(`up ended with ${code}: ${output}`)));
  });
  const command = (...words: string[]) => run('gmail-llm', words, environment);
  return {
    home: environment.GMAIL_HOME ?? '',
    environment,
    mcpUrl: `http://127.0.0.1:${environment.GMAIL_MCP_PORT}/mcp`,
    apiUrl: `http://127.0.0.1:${environment.GMAIL_API_PORT}`,
    token: (await command('token')).stdout.trim(),
    command,
    async pid(program) {
      return Number((await command('ctl', 'pid', program)).stdout.trim());
    },
  };
}
