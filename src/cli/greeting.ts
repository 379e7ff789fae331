import { isLoopback } from '../core/loopback.ts';
import { parseConfiguration } from '../core/configuration.ts';
import { textIn } from '../core/json-object.ts';
import { probeUrl } from '../supervisor/process/probe-url.ts';
import type { ProgramStart } from '../supervisor/start-report.ts';
import type { CommandContext } from './command.ts';
import { serverUrl } from '../core/server-url.ts';
import { withTokens } from './with-tokens.ts';

/** How long a server may take to say how it is; the greeting goes without it. */
const healthWithinMs = 2000;

interface Server {
  readonly program: string;
  readonly root: string;
  /** What a person does next with it. */
  readonly lines: readonly string[];
  readonly connect: readonly string[];
}

async function serversOf(context: CommandContext): Promise<readonly Server[]> {
  const { host, mcpPort, apiPort, dashboardPort, auth } = parseConfiguration(context.environment);
  const token = await withTokens(context, (tokens) => tokens.owner());
  const [mcpHeader, apiHeader] =
    auth === 'none' && isLoopback(host)
      ? ['', '']
      : [` --header "Authorization: Bearer ${token}"`, ` -H "Authorization: Bearer ${token}"`];
  const [mcp, api] = [serverUrl({ host }, mcpPort), serverUrl({ host }, apiPort)];
  return [
    {
      program: 'gmail-mcp-server',
      root: mcp,
      lines: [`  MCP   ${mcp}/mcp`],
      connect: ['Connect Claude Code:', `  claude mcp add --transport http gmail ${mcp}/mcp${mcpHeader}`],
    },
    {
      program: 'gmail-api-server',
      root: api,
      lines: [`  REST  ${api}/api  (docs: ${api}/docs)`],
      connect: ['Ask from a script:', `  curl -s "${api}/api/messages?q=is:unread"${apiHeader}`],
    },
    {
      program: 'gmail-dashboard',
      root: serverUrl({ host }, dashboardPort),
      lines: [`  Page  ${serverUrl({ host }, dashboardPort)}/  (sign in: gmail-llm open)`],
      connect: [],
    },
  ];
}

/** What a server that serves cannot do yet, in its own words; nothing where it is well or does not say. */
async function shortcomings({ program, root }: Server): Promise<readonly string[]> {
  const { json } = await probeUrl(`${root}/health/ready`, healthWithinMs, new AbortController().signal);
  if (json === undefined || textIn(json, 'status') !== 'degraded') return [];
  const reasons = Array.isArray(json.reasons) ? json.reasons.filter((each) => typeof each === 'string') : [];
  const next = reasons.includes('REAUTH_REQUIRED') ? 'gmail-llm login' : 'gmail-llm doctor';
  return [`${program} serves, but not everything works yet: ${reasons.join(', ')}. Run: ${next}`];
}

/**
 * What a person reads once everything has been started: addresses and lines to paste for the servers that are ready, and
 * for the others why they are not. A line with a token is only printed for a server of ours that listens there.
 */
export async function greeting(context: CommandContext, starts: readonly ProgramStart[]): Promise<string> {
  const failed = starts.filter(({ isUp }) => !isUp);
  const ready = (await serversOf(context)).filter(({ program }) =>
    starts.some(({ name, isUp }) => isUp && name === program),
  );
  const notes = (await Promise.all(ready.map(shortcomings))).flat();
  const troubles = failed.flatMap(({ name, reason }) => [
    `${name} is not ready: ${reason.replaceAll('\n', '\n  ')}`,
    `  Look closer with: gmail-llm doctor, gmail-llm ctl tail ${name}`,
  ]);
  const parts = [
    ready.flatMap(({ lines }) => lines),
    ready.flatMap(({ connect }) => connect),
    [...new Set(notes)],
    troubles,
  ];
  return parts
    .filter((part) => part.length > 0)
    .map((part) => `\n${part.join('\n')}\n`)
    .join('');
}
