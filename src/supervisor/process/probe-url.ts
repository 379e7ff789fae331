import { get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '../../core/json-object.ts';
import { messageOf } from '../../core/errors.ts';

/** What a check was answered: `ok` is a 200; the reason is one line for a person. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly reason: string;
  /** Whether anything was answered at all. */
  readonly isAnswered: boolean;
  /** Whether it will be ready by itself, as whoever answers says: a 503 with `Retry-After` (RFC 9110, section 15.6.4). */
  readonly isWaiting: boolean;
  /** Who answered, where the answer is JSON with a `pid`. */
  readonly pid?: number;
  /** The answer, where it is a JSON object. */
  readonly json?: JsonObject;
}

const shownCharacters = 200;
/** An answer with a pid in it is small. */
const keptBytes = 16_384;

function factsIn(text: string): Pick<ProbeAnswer, 'pid' | 'json'> {
  try {
    const json: unknown = JSON.parse(text);
    if (!isJsonObject(json)) return {};
    return typeof json.pid === 'number' ? { json, pid: json.pid } : { json };
  } catch {
    return {};
  }
}

/** Asks `url` once. Never throws: no answer is an answer too. */
export function probeUrl(url: string, timeoutMs: number, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const failed = (error: unknown): void => {
      resolve({
        ok: false,
        isAnswered: false,
        isWaiting: false,
        reason: bounded.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error),
      });
    };
    const request = get(url, { agent: false, signal: bounded }, (response) => {
      const body: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if (size < keptBytes) body.push(chunk);
        size += chunk.length;
      });
      response.on('error', failed);
      response.on('end', () => {
        const text = Buffer.concat(body).toString('utf8');
        const shown = text.replaceAll(/\s+/g, ' ').slice(0, shownCharacters).trim();
        const status = response.statusCode ?? 0;
        resolve({
          ok: status === 200,
          isAnswered: true,
          isWaiting: status === 503 && response.headers['retry-after'] !== undefined,
          reason: `HTTP ${status}${shown === '' ? '' : ` ${shown}`}`,
          ...factsIn(text),
        });
      });
    });
    request.on('error', failed);
  });
}

/** Between two questions while a program starts: short, as a start waits for it. */
const stepMs = 15;
/** One question may take this long. */
const questionMs = 2_000;

/**
 * Asks `url` until it answers 200 or `boundMs` are over; undefined when `signal` aborts first. With `pid`, only the answer
 * of that process counts: two of them may listen there. It pauses for `pauseMs`
 * between two questions.
 */
export async function untilReady(
  url: string,
  boundMs: number,
  signal: AbortSignal,
  { pid, pauseMs = stepMs }: { readonly pid?: number; readonly pauseMs?: number } = {},
): Promise<ProbeAnswer | undefined> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const answer = await probeUrl(url, questionMs, signal);
    if (signal.aborted) return undefined;
    const isMeant = pid === undefined || answer.pid === pid;
    if (answer.ok && isMeant) return answer;
    if (performance.now() >= deadline) {
      return isMeant ? answer : { ...answer, ok: false, reason: `no answer of pid ${pid}` };
    }
    try {
      await wait(pauseMs, undefined, { signal });
    } catch {
      return undefined;
    }
  }
}
