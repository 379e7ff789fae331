import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../node_modules/.bin/mcp-inspector', import.meta.url));
/** It takes under 2 s; more for a busy machine. */
const timeoutMs = 30_000;

export interface InspectorAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  /** Where it writes errors and, asked to be strict, warnings. */
  readonly stderr: string;
}

/** Asks a server with the MCP Inspector's command line, over Streamable HTTP, with a bearer token if one is given. */
export async function inspect(url: string, options: readonly string[], token?: string): Promise<InspectorAnswer> {
  const header = token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`];
  const command = [program, '--cli', url, '--transport', 'http', ...header, ...options];
  try {
    return { exitCode: 0, ...(await run(process.execPath, command, { timeout: timeoutMs })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

/** The strict listing of a server's tools, which warns of every schema that some client may not understand. */
export function inspectToolsStrictly(url: string, token?: string): Promise<InspectorAnswer> {
  return inspect(url, ['--method', 'tools/list', '--strict', '-q'], token);
}
