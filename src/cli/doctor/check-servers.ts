import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from '../../core/errors.ts';
import { findPortHolder } from '../../core/port-holder.ts';
import { version } from '../../core/version.ts';
import { isJsonObject, textIn, type JsonObject } from '../../core/json-object.ts';
import type { Check, Finding, Patient } from './finding.ts';
import { withHomeTokens } from './with-home-stores.ts';

/** What a server says of itself. */
interface Health {
  readonly status: number;
  readonly json: JsonObject;
}

type Answer =
  | { readonly kind: 'nobody' }
  /** Somebody holds the port who is no server of ours. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'ours'; readonly health: Health };

/** A server answers its health in milliseconds; one that checks a live account may take longer. */
const timeoutMs = 5000;

/** Where to ask a server that binds `host`. */
function origin(host: string, port: number): string {
  const own = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${own.includes(':') ? `[${own}]` : own}:${port}`;
}

function ask(url: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { headers, redirect: 'error', signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
}

/** The token of this home, by which its servers say more; none where there is none yet. */
async function tokenHeaders(patient: Patient): Promise<Record<string, string>> {
  const { home, configuration } = patient;
  try {
    if (configuration.store !== undefined) {
      return { authorization: `Bearer ${await withHomeTokens(patient, (tokens) => tokens.owner())}` };
    }
    const token = readFileSync(join(home.dataFolder, 'token'), 'utf8').trim();
    return { authorization: `Bearer ${token}` };
  } catch {
    return {};
  }
}

async function askHealth(root: string, patient: Patient): Promise<Answer> {
  let response: Response;
  try {
    response = await ask(`${root}/health/ready`, patient.signal, await tokenHeaders(patient));
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return { kind: systemCode(cause) === 'ECONNREFUSED' ? 'nobody' : 'stranger' };
  }
  const json: unknown = await response.json().catch(() => undefined);
  const isOurs =
    isJsonObject(json) &&
    typeof json.pid === 'number' &&
    /^(?:ready|unready|degraded)$/.test(textIn(json, 'status') ?? '');
  return isOurs ? { kind: 'ours', health: { status: response.status, json } } : { kind: 'stranger' };
}

/** Whether a server takes the token of this home: one of another home does not. */
async function takesOwnToken(root: string, patient: Patient): Promise<boolean> {
  try {
    const { status } = await ask(`${root}/metrics`, patient.signal, await tokenHeaders(patient));
    return status === 200;
  } catch {
    // The server has gone while it was asked.
    return false;
  }
}

async function checkServer(program: string, port: number, variable: string, patient: Patient): Promise<Finding> {
  const name = program;
  const root = origin(patient.configuration.host, port);
  if (port === 0) return { name, state: 'skipped', found: `${variable}=0 lets the system choose its port.` };
  const answer = await askHealth(root, patient);
  switch (answer.kind) {
    case 'nobody':
      return {
        name,
        state: 'warning',
        found: `Nobody answers at ${root}; the port is free.`,
        fix: 'Start it with: gmail-llm up',
      };
    case 'stranger':
      return {
        name,
        state: 'fault',
        found: `Port ${port} is held by ${findPortHolder(port).description}, which is no server of gmail-llm.`,
        fix: `Stop that process, or set ${variable} to a free port.`,
      };
    case 'ours':
      return checkOwnServer(name, root, variable, answer.health, patient);
  }
}

interface Reason {
  readonly code: string;
  readonly text: string;
  readonly hint: string | undefined;
}

/** Why a server that serves is not well, in its own words. */
function reasonsIn(json: JsonObject): readonly Reason[] {
  if (textIn(json, 'status') !== 'degraded' || !Array.isArray(json.details)) return [];
  return json.details.filter(isJsonObject).map((detail) => {
    const what = textIn(detail, 'account') ?? textIn(detail, 'job');
    const message = textIn(detail, 'message') ?? 'No more is known.';
    const text = what === undefined || message.includes(what) ? message : `${what}: ${message}`;
    return { code: textIn(detail, 'code') ?? 'UNKNOWN', text, hint: textIn(detail, 'hint') };
  });
}

async function checkOwnServer(
  name: string,
  root: string,
  variable: string,
  { status, json }: Health,
  patient: Patient,
): Promise<Finding> {
  if (!(await takesOwnToken(root, patient))) {
    return {
      name,
      state: 'fault',
      found: `At ${root} answers a server of another home (pid ${String(json.pid)}).`,
      fix: `Set ${variable} to another port for one of the two homes, or GMAIL_HOME to the home that you mean.`,
    };
  }
  if (status !== 200) {
    return {
      name,
      state: 'fault',
      found: `It runs at ${root}, but is not ready: ${textIn(json, 'reason') ?? `HTTP ${status}`}`,
      fix: `Mend what the other lines say of it; else read logs/${name}.log.`,
    };
  }
  const running = textIn(json, 'version') ?? 'unknown';
  if (running !== version) {
    return {
      name,
      state: 'warning',
      found: `It runs version ${running}, and ${version} is installed.`,
      fix: `Run: gmail-llm ctl restart ${name}`,
    };
  }
  const [reason] = reasonsIn(json);
  if (reason !== undefined) {
    return {
      name,
      state: 'warning',
      found: `It serves at ${root}, but not everything works: ${reasonsIn(json)
        .map(({ code, text }) => `${text} (${code})`)
        .join(' ')}`,
      fix: reason.hint ?? `Read logs/${name}.log.`,
    };
  }
  return {
    name,
    state: 'ok',
    found: `ready at ${root}, pid ${String(json.pid)}, account ${textIn(json, 'account') ?? '?'}`,
  };
}

export const checkServers: Check = {
  name: 'servers',
  needs: ['home', 'store'],
  run(patient) {
    const { mcpPort, apiPort, dashboardPort } = patient.configuration;
    return Promise.all([
      checkServer('gmail-mcp-server', mcpPort, 'GMAIL_MCP_PORT', patient),
      checkServer('gmail-api-server', apiPort, 'GMAIL_API_PORT', patient),
      checkServer('gmail-dashboard', dashboardPort, 'GMAIL_DASHBOARD_PORT', patient),
    ]);
  },
};
