// A process that sends: `node outbox-child-program.ts JSON`. It says `ready`, then takes a task a line and answers one.
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../src/core/errors.ts';
import type { AuditLog } from '../../src/store/audit/audit-log.ts';
import type { OutboxStore } from '../../src/store/outbox/outbox-store.ts';
import {
  answerOf,
  asCaller,
  messageOf,
  openEmulatedMailbox,
  openTestMailbox,
  openTestOutbox,
  senderOf,
} from './outbox-parts.ts';

/** What a child stands on. */
export interface ChildOptions {
  readonly home: string;
  /** Without it, the local mailbox of the home. */
  readonly emulator?: { readonly rootUrl: string; readonly accessToken: string };
  /** It kills itself before the call of this number that changes anything: of the store, the audit log, the mailbox. */
  readonly killAtCall?: number;
  /** Whether it does the background work all the time, as a server does. */
  readonly works?: boolean;
}

/** What a child is asked to do. */
export type ChildTask =
  | { readonly id: number; readonly kind: 'send'; readonly subject: string; readonly key: string }
  /** Moves its clock. */
  | { readonly id: number; readonly kind: 'pass'; readonly durationMs: number };

/** State or code of a send. */
export interface ChildAnswer {
  readonly id: number;
  readonly answer: string;
}

const options = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
const forGood = { after: () => {} };
const reads = new Set([
  'get',
  'findByKey',
  'raw',
  'list',
  'listToDo',
  'countSentSince',
  'isResultOfOther',
  'isDraftSentByOther',
  'isHeld',
  'keep',
]);
let calls = 0;

/** The same, but that the process is gone before one of the calls. */
function deadly<T extends object>(object: T): T {
  return new Proxy(object, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member === 'object' && member !== null) return deadly(member);
      if (typeof member !== 'function' || reads.has(String(name))) return member;
      return (...values: unknown[]): unknown => {
        calls += 1;
        if (calls === options.killAtCall) process.kill(process.pid, 'SIGKILL');
        // What is done inside of `exclusively` can be its end, too.
        const [work] = values;
        const inside = (parts: object): unknown => (typeof work === 'function' ? work(deadly(parts)) : undefined);
        return Reflect.apply(member, target, name === 'exclusively' ? [inside] : values);
      };
    },
  });
}

const wrap = (parts: { store: OutboxStore; audit: AuditLog }) => ({
  store: deadly(parts.store),
  audit: deadly(parts.audit),
});
const { outbox, work, pass } = openTestOutbox(forGood, options.home, wrap);
const mailbox = deadly(
  options.emulator === undefined
    ? openTestMailbox(forGood, options.home)
    : openEmulatedMailbox(forGood, options.home, options.emulator),
);

async function perform(task: ChildTask): Promise<string> {
  switch (task.kind) {
    case 'send': {
      const { subject, key } = task;
      const sending = () => outbox.send(senderOf(mailbox), messageOf(subject), { idempotencyKey: key });
      return asCaller(30_000, () => answerOf(sending()));
    }
    case 'pass':
      pass(task.durationMs);
      return 'passed';
  }
}

async function workAllTheTime(): Promise<void> {
  for (;;) {
    const { errors } = await work(mailbox);
    const fault = errors.find((error) => !(error instanceof AppError));
    if (fault !== undefined) throw fault;
    await delay(200);
  }
}

async function answer(line: string): Promise<void> {
  const task = JSON.parse(line) as ChildTask;
  const answer = await perform(task).catch((error: unknown) => `fault: ${String(error)}`);
  process.stdout.write(`${JSON.stringify({ id: task.id, answer } satisfies ChildAnswer)}\n`);
}

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(line))
  .on('close', () => process.exit(0));
if (options.works === true) void workAllTheTime();
process.stdout.write('ready\n');
