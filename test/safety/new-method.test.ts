import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { FeedEvent } from '../../src/store/feed/event.ts';
import { childEnvironment } from '../support/child-environment.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');

/** A method that changes a mailbox, as somebody would add it. */
const method = `
import './operations/operations.ts';
declare module './mail/mailbox.ts' {
  interface MailboxWriter {
    markAllRead(ids: readonly string[]): Promise<readonly AppliedChange[]>;
  }
}`;

const row = `
import { defineChange, readsNothing } from './change-kind.ts';

export const markAllRead = defineChange('markAllRead', {
  grant: 'organize',
  before: readsNothing,
  outflow: (ids) => (ids.length > 2 ? [{ what: 'Reading three at once', to: 'anybody' }] : []),
  target: (ids) => ({ ids }),
  inverse: ({ result }) => ({
    steps: result.map(({ id, removedLabelIds }) => ({
      method: 'modifyMessages',
      args: [{ ids: [id], addLabelIds: removedLabelIds, removeLabelIds: [] }],
    })),
    text: 'They are unread again.',
  }),
  events: ({ result }) => result.map(({ id }) => ({ kind: 'labelsChanged', ids: { messageId: id } })),
});`;

const operation = `
import * as z from 'zod';
import { whenDone } from './safety/changes/dry-run.ts';
import { defineOperation } from './operations/kernel/operation.ts';

export const markAllRead = defineOperation({
  name: 'mark_all_read',
  route: 'POST /api/messages/read',
  grant: 'organize',
  summary: 'Marks messages read.',
  input: { ids: z.array(z.string()) },
  output: z.object({ count: z.int() }),
  run: ({ ids }, { apply }) => whenDone(apply('markAllRead', ids), (applied) => ({ count: applied.length })),
  text: ({ count }) => String(count),
});`;

/** Uses it through \`invoke\`: what a call does, what the log has of it, and what those hear who follow the mailbox. */
const program = `
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grants } from './core/grants.ts';
import { openLocalMailbox } from './local/open-local-mailbox.ts';
import { invoke } from './operations/kernel/invoke.ts';
import { undo } from './operations/mailbox/undo.ts';
import { openSafety } from './safety/open-safety.ts';
import { sqliteHomeStores } from './store/home-stores.ts';
import { openMailStore } from './store/sqlite/mail/open-mail-store.ts';
import { markAllRead } from './planted-operation.ts';

const folder = process.argv[2] ?? '';
const local = openLocalMailbox({ store: openMailStore(join(folder, 'mailbox')), emailAddress: 'me@example.org' });
const mailbox = Object.assign(local, {
  markAllRead: (ids: readonly string[]) => local.modifyMessages({ ids, addLabelIds: [], removeLabelIds: ['UNREAD'] }),
});
const raw = Buffer.from('Subject: x\\r\\n\\r\\nx');
const { id } = await mailbox.importMessage({ raw, labelIds: ['UNREAD'] });
const stores = sqliteHomeStores(join(folder, 'data'), Date.now);
const { feed } = stores.feed;
const safety = openSafety({ folder, dataFolder: join(folder, 'data') }, Date.now, stores);
const heard = async () => (await feed().read({ after: 0, limit: 10 })).events;
const services = {
  accounts: { list: async () => [], open: async () => mailbox, check: async () => mailbox, close: async () => {} },
  safety,
  logger: { debug() {}, info() {}, warn() {}, error() {} },
  timeZone: 'UTC',
  now: Date.now,
  observe() {},
};
const caller = { grants: new Set(grants), signal: AbortSignal.timeout(60_000) };
const call = async (which: Parameters<typeof invoke>[1], input: unknown) => {
  try {
    const answer = await invoke(services as never, which, input, caller);
    return answer.kind === 'json' ? answer.value : undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const labels = async () => (await mailbox.getMessage(id)).summary.labelIds;
const shown = await call(markAllRead, { ids: [id], dryRun: true });
const afterShown = [await labels(), (await heard()).length];
const made = await call(markAllRead, { ids: [id] });
const afterMade = [await labels(), (await heard()).length];
const undone = await call(undo, {});
const afterUndone = await labels();
writeFileSync(join(folder, 'policy.json'), '{"sending": "off"}');
const refused = await call(markAllRead, { ids: [id, id, id] });
const log = (await safety.audit().list({ limit: 10 })).toReversed().map(({ event, operation, facts }) => [event, operation, facts.method]);
console.log(JSON.stringify({ id, shown, afterShown, made, afterMade, undone, afterUndone, refused, log, heard: await heard() }));
await stores.close();
mailbox.close();
`;

/** A copy of the sources that compiles by itself, with these files beside it. */
function copySources(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(t);
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  const configuration: { include?: string[] } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ ...configuration, include: ['src/planted-*.ts'] }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'src', name), text);
  return folder;
}

function run(program: string, programArguments: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd, env: childEnvironment, maxBuffer: 10_000_000 };
    execFile(program, programArguments, options, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
}

/** The files in which the compiler finds faults, with what it says of each. */
async function faultsIn(folder: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const output = await run(join(root, 'node_modules', '.bin', 'tsc'), ['--noEmit', '--pretty', 'false'], folder);
  const faults = output.matchAll(/^(?<file>src\S+?)\(\d+,\d+\): error (?<fault>.*(?:\n .*)*)/gm);
  const byFile = Map.groupBy(faults, ({ groups }) => groups?.file ?? '');
  return new Map(Array.from(byFile, ([file, found]) => [file, found.map(({ groups }) => groups?.fault ?? '')]));
}

/** The backends, which do not have the method: that they must is what the interface of a mailbox is for. */
const backends = new Set(['src/local/open-local-mailbox.ts', 'src/gmail/open-gmail-mailbox.ts']);

suite('a new method that changes a mailbox', () => {
  test('does not compile without a row', async (t) => {
    const faults = await faultsIn(copySources(t, { 'planted-method.ts': method }));
    const ofTable = faults.get('src/safety/changes/change-table.ts') ?? assert.fail([...faults.keys()].join());
    assert.match(ofTable.join('\n'), /Property 'markAllRead' is missing/);
  });

  test('has dry run, audit, undo, policy and notices with a row and nothing else', async (t) => {
    const table = readFileSync(join(root, 'src/safety/changes/change-table.ts'), 'utf8');
    const withRow = table.replace('\n} satisfies', '\n  markAllRead,\n} satisfies');
    assert.notEqual(withRow, table);
    const folder = copySources(t, {
      'planted-method.ts': method,
      'safety/changes/planted-row.ts': row,
      'safety/changes/change-table.ts': `import { markAllRead } from './planted-row.ts';\n${withRow}`,
      'planted-operation.ts': operation,
      'planted-program.ts': program,
    });
    const faults = [...(await faultsIn(folder))].filter(([file]) => !backends.has(file));
    assert.deepEqual(faults, []);

    const home = temporaryFolder(t);
    const output = await run(process.execPath, [join(folder, 'src', 'planted-program.ts'), home], folder);
    const told = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    const { id } = told;
    const sent = { method: 'markAllRead', target: { ids: [id] }, from: null };
    assert.deepEqual([told.shown, told.afterShown], [{ dryRun: true, ...sent }, [['UNREAD'], 0]]);
    assert.deepEqual([told.made, told.afterMade], [{ count: 1 }, [[], 1]]);
    assert.deepEqual(
      [told.undone, told.afterUndone],
      [{ change: '1', operation: 'mark_all_read', text: 'They are unread again.' }, ['UNREAD']],
    );
    assert.equal(told.refused, 'FORBIDDEN');
    assert.deepEqual(told.log, [
      ['begun', 'mark_all_read', 'markAllRead'],
      ['done', 'mark_all_read', null],
      ['begun', 'undo', 'modifyMessages'],
      ['done', 'undo', null],
    ]);
    assert.deepEqual(
      told.heard.map(({ kind, ids, cause }: FeedEvent) => [kind, ids.messageId, Object(cause).operation]),
      [
        ['labelsChanged', id, 'mark_all_read'],
        ['labelsChanged', id, 'undo'],
      ],
    );
  });
});
