import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import { http } from './http.ts';

/** What a check was answered: `ok` is a 200; the reason is one line for a person. */
export interface ProbeAnswer {
  readonly ok: boolean;
  readonly reason: string;
}

const shownCharacters = 200;

/** Asks `url` once. Never throws: no answer is an answer too. */
export function probeUrl(url: string, timeoutMs: number, signal: AbortSignal): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const failed = (error: unknown): void => {
      resolve({ ok: false, reason: bounded.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error) });
    };
    const request = http.get(url, { agent: false, signal: bounded }, (response) => {
      const body: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        if (size < shownCharacters) body.push(chunk);
        size += chunk.length;
      });
      response.on('error', failed);
      response.on('end', () => {
        const text = Buffer.concat(body).toString('utf8').replaceAll(/\s+/g, ' ').slice(0, shownCharacters).trim();
        const status = response.statusCode ?? 0;
        resolve({ ok: status === 200, reason: `HTTP ${status}${text === '' ? '' : ` ${text}`}` });
      });
    });
    request.on('error', failed);
  });
}

/** Between two questions while a program starts: short, as a start waits for it. */
const stepMs = 15;
/** One question may take this long. */
const questionMs = 2_000;

/** Asks `url` until it answers 200 or `boundMs` are over; undefined when `signal` aborts first. */
export async function untilReady(url: string, boundMs: number, signal: AbortSignal): Promise<ProbeAnswer | undefined> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    const answer = await probeUrl(url, questionMs, signal);
    if (signal.aborted) return undefined;
    if (answer.ok || performance.now() >= deadline) return answer;
    try {
      await wait(stepMs, undefined, { signal });
    } catch {
      return undefined;
    }
  }
}
