import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import type { Services } from '../kernel/services.ts';

/** The command line: beside the bundle when bundled (`dist/gmail-llm.js`), else the source. */
const program = import.meta.url.endsWith('.ts')
  ? new URL('../../bin/gmail-llm.ts', import.meta.url)
  : new URL('./gmail-llm.js', import.meta.url);
/** Reading all databases through takes its time; callers wait for half a minute. */
const timeoutMs = 25_000;

/** Something that doctor has looked at. */
export const finding = z
  .object({
    name: z.string(),
    state: z.enum(['ok', 'warning', 'fault', 'skipped']),
    found: z.string(),
    fix: z.string().optional().describe('What to do, with every warning and fault.'),
  })
  .readonly()
  .meta({ id: 'Finding' });

/** Runs `gmail-llm doctor` in a process of its own: reading databases through would hold up every other call. */
async function examine({ home, environment }: Services, signal: AbortSignal) {
  const child = spawn(process.execPath, [fileURLToPath(program), 'doctor', '--json'], {
    env: { ...process.env, ...environment, GMAIL_HOME: home.folder },
    stdio: ['ignore', 'pipe', 'ignore'],
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const pieces: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
  try {
    await once(child, 'close');
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError(
      'UNAVAILABLE',
      `The checks did not end within ${timeoutMs / 1000} s.`,
      {
        hint: 'Run `gmail-llm doctor` in a terminal.',
      },
      error,
    );
  }
  const text = Buffer.concat(pieces).toString('utf8');
  const findings = z.array(finding).safeParse(text === '' ? undefined : JSON.parse(text));
  if (findings.success) return findings.data;
  throw new Error('gmail-llm doctor --json printed no findings');
}

export const runDoctor = defineHomeOperation({
  name: 'run_doctor',
  route: 'GET /api/admin/doctor',
  grant: 'admin',
  toolset: 'admin',
  summary: 'What is wrong with the installation and how to fix it; takes seconds.',
  input: {},
  output: z.object({ findings: z.array(finding).readonly() }),
  run: async (_input, { services, caller }) => ({ findings: await examine(services, caller.signal) }),
  text: ({ findings }) =>
    fence(
      'findings',
      findings
        .map(({ name, state, found, fix }) => `${state} ${name}: ${found}${fix === undefined ? '' : ` Fix: ${fix}`}`)
        .join('\n'),
    ),
});
