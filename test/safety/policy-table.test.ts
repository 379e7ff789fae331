import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { grants as allGrants } from '../../src/core/grants.ts';
import type { Grant } from '../../src/core/grants.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { operations } from '../../src/operations/operations.ts';
import type { Operation } from '../../src/operations/kernel/operation.ts';
import { runCommand } from '../cli/command-harness.ts';
import type { Json } from '../operations/door-passes.ts';
import { startTwoDoors } from '../operations/two-doors.ts';
import type { TwoDoors } from '../operations/two-doors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { furnishAccount, rows } from './policy-rows.ts';
import type { Furniture, Row } from './policy-rows.ts';

const doorNames = ['REST', 'MCP', 'command line'] as const;
type DoorName = (typeof doorNames)[number];

/** Each door has an account of its own, so that all find the same. */
const accounts: Readonly<Record<DoorName, string>> = {
  REST: 'rest@example.org',
  MCP: 'mcp@example.org',
  'command line': 'cli@example.org',
};

/** Where the doctor asks for Google's clock, as one account has a login: a port of this machine that nobody listens on. */
const closedUrl = 'http://127.0.0.1:9';

interface Situation {
  readonly title: string;
  /** The grant that the caller lacks: one for all rows, or each row's own. */
  readonly lacks?: Grant | 'its own';
  readonly policy?: object | string;
  readonly isDryRun?: true;
  /** Whether what lets mail out to a stranger may be done. */
  readonly letsOut?: true;
}

const situations: readonly Situation[] = [
  { title: 'allowed', letsOut: true },
  { title: 'without its grant', lacks: 'its own' },
  { title: 'without `send`', lacks: 'send' },
  { title: '`confirm`', policy: { sending: 'confirm' } },
  { title: '`off`', policy: { sending: 'off' } },
  { title: 'not on the allow list', policy: { recipients: { allow: ['ann@example.org'] } } },
  { title: 'strangers refused', policy: { recipients: { strangers: 'refuse' } } },
  { title: 'faulty file', policy: '{"sending": "direkt"}' },
  { title: 'dry run', isDryRun: true, letsOut: true },
  { title: 'dry run, `off`', policy: { sending: 'off' }, isDryRun: true },
];

/** What became of a call, in a word. */
type Outcome = string;

/** One situation, as every server sees it. */
interface World {
  readonly call: (door: DoorName, row: Row) => Promise<Outcome>;
  /** Whether MCP lists the operation to the caller. */
  readonly isListed: (row: Row) => Promise<boolean>;
}

function operationOf({ operation }: Row): Operation {
  return operations.find(({ name }) => name === operation) ?? assert.fail(operation);
}

const grantOf = (row: Row): Grant => operationOf(row).grant;

/** Whether an operation changes something and cannot say before what. */
function lacksDryRun(row: Row): boolean {
  const { isReadOnly, inputSchema } = operationOf(row);
  return !isReadOnly && !Object.hasOwn(inputSchema.properties ?? {}, 'dryRun');
}

/** Whoever has a shell is the owner, whom no variable takes `admin` from. */
const isOwners = (row: Row, { lacks }: Situation): boolean => lacks === 'its own' && grantOf(row) === 'admin';

function wordsOf(input: Json): readonly string[] {
  return Object.entries(input).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one: unknown) => [
      `--${name}`,
      typeof one === 'string' ? one : JSON.stringify(one),
    ]),
  );
}

/** Furnished accounts that every situation begins with a copy of. */
interface Template {
  readonly dataFolder: string;
  readonly furniture: ReadonlyMap<DoorName, Furniture>;
}

async function makeTemplate(dataFolder: string): Promise<Template> {
  const furniture = new Map<DoorName, Furniture>();
  for (const door of doorNames) {
    const folder = localMailboxFolder(dataFolder, accounts[door]);
    const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: accounts[door] });
    furniture.set(door, await furnishAccount(mailbox, dataFolder));
    mailbox.close();
  }
  return { dataFolder, furniture };
}

async function openWorld(
  context: Parameters<typeof startTwoDoors>[0],
  template: Template,
  { lacks, policy, isDryRun }: Situation,
): Promise<World> {
  let home = '';
  const doors: TwoDoors = await startTwoDoors(context, async (dataFolder) => {
    home = dirname(dataFolder);
    if (policy !== undefined) {
      writeFileSync(join(home, 'policy.json'), typeof policy === 'string' ? policy : JSON.stringify(policy));
    }
    cpSync(template.dataFolder, dataFolder, { recursive: true });
    return { GMAIL_OAUTH_ROOT_URL: closedUrl };
  });

  const lacking = (row: Row): Grant | undefined => (lacks === 'its own' ? grantOf(row) : lacks);
  const tokenFor = (row: Row): string | undefined => {
    const grant = lacking(row);
    return grant === undefined ? undefined : doors.tokenWithout(grant);
  };

  const overDoor: Readonly<Record<DoorName, (row: Row, input: Json) => Promise<Outcome>>> = {
    async REST(row, input) {
      try {
        const { status, json } = await doors.overRest(row.operation, input, tokenFor(row));
        if (status >= 400) return typeof json.code === 'string' ? json.code : `${status}`;
        return json.dryRun === true ? 'shown' : json.state === 'parked' ? 'parked' : 'ok';
      } catch (error) {
        // A file that is no JSON was answered; every refusal is JSON.
        if (error instanceof SyntaxError) return 'ok';
        throw error;
      }
    },
    async MCP(row, input) {
      if (operationOf(row).toolset === undefined) return 'no tool';
      const { text, isError } = await doors.overMcp(row.operation, input, tokenFor(row));
      if (isError) return text.split(':', 1)[0] ?? '';
      return text.startsWith('Nothing was changed.')
        ? 'shown'
        : /^(?:Not sent|Message \w+: parked)/m.test(text)
          ? 'parked'
          : 'ok';
    },
    async 'command line'(row, input) {
      const grants = allGrants.filter((grant) => grant !== lacking(row)).join(',');
      const environment = { GMAIL_HOME: home, GMAIL_GRANTS: grants, GMAIL_OAUTH_ROOT_URL: closedUrl };
      const { code, stdout, stderr } = await runCommand(['call', row.operation, ...wordsOf(input)], environment);
      if (code !== 0) return /^gmail-llm: ([A-Z_]+):/.exec(stderr)?.[1] ?? stderr;
      return /"dryRun": true/.test(stdout) ? 'shown' : /^ {2}"state": "parked"/m.test(stdout) ? 'parked' : 'ok';
    },
  };

  const inputFor = (door: DoorName, row: Row): Json => ({
    ...row.input(template.furniture.get(door) ?? assert.fail(door)),
    account: accounts[door],
  });

  const listed = new Map<string, Promise<readonly string[]>>();

  // Something for `undo`, by the caller who will ask for it.
  if (lacks !== 'its own') {
    const change: Row = {
      operation: 'modify_messages',
      input: ({ message }) => ({ ids: [message], addLabelIds: ['IMPORTANT'] }),
    };
    for (const door of doorNames) assert.equal(await overDoor[door](change, inputFor(door, change)), 'ok');
  }

  return {
    call: (door, row) => {
      const isRead = operationOf(row).isReadOnly;
      return overDoor[door](row, { ...inputFor(door, row), ...(isDryRun && !isRead ? { dryRun: true } : {}) });
    },
    async isListed(row) {
      const token = tokenFor(row) ?? ownerToken(join(home, 'data'));
      const names = listed.get(token) ?? doors.toolNames(token);
      listed.set(token, names);
      return (await names).includes(row.operation);
    },
  };
}

const page = join(import.meta.dirname, '../../docs/policy.md');
const begin = '<!-- The table is written by test/safety/policy-table.test.ts: UPDATE_DOCS=1 -->';
const end = '<!-- end of the table -->';

function table(cells: ReadonlyMap<Row, readonly string[]>): string {
  const head = ['operation', 'grant', ...situations.map(({ title }) => title)];
  const lines = rows.map((row) => {
    const name = `\`${row.operation}\`${row.note === undefined ? '' : ` ${row.note}`}`;
    return [name, grantOf(row), ...(cells.get(row) ?? [])];
  });
  const line = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}

suite('every operation in every situation over every server', () => {
  const cells = new Map<Row, string[]>(rows.map((row) => [row, []]));
  const folders: (() => void)[] = [];
  let template: Template;
  before(async () => {
    template = await makeTemplate(
      join(temporaryFolder({ after: (clean) => void folders.push(clean as () => void) }), 'data'),
    );
  });
  after(() => {
    for (const clean of folders) clean();
  });

  test('every operation has a row', () => {
    const names = new Set(rows.map(({ operation }) => operation));
    assert.deepEqual([...names].toSorted(), operations.map(({ name }) => name).toSorted());
  });

  for (const situation of situations) {
    suite(situation.title, () => {
      const cleanups: (() => unknown)[] = [];
      let world: World;
      before(async () => {
        world = await openWorld({ after: (clean) => void cleanups.push(clean as () => unknown) }, template, situation);
      });
      after(async () => {
        for (const clean of cleanups.toReversed()) await clean();
      });

      for (const row of rows) {
        test(`${row.operation} ${row.note ?? ''}`.trim(), async () => {
          const isOnce = row.isSlow === true && situation.lacks !== 'its own';
          if ((situation.isDryRun && lacksDryRun(row)) || (isOnce && situation.title !== 'allowed')) {
            cells.get(row)?.push('–');
            return;
          }
          const doors = doorNames.filter((door) =>
            isOnce ? door === 'REST' : door !== 'command line' || !isOwners(row, situation),
          );
          const outcomes = await Promise.all(doors.map((door) => world.call(door, row)));
          const [outcome = ''] = outcomes;
          const differing = outcomes.filter((other) => other !== outcome && other !== 'no tool');
          assert.deepEqual(differing, [], `the servers differ: ${outcomes.join(', ')}`);
          assert.match(outcome, /^(?:ok|shown|parked|FORBIDDEN)$/);
          if (row.letsOut && !situation.letsOut) assert.match(outcome, /^(?:parked|FORBIDDEN)$/);
          // What the grants do not cover is not listed; what a policy refuses is.
          const isCovered = situation.lacks !== 'its own' && situation.lacks !== grantOf(row);
          assert.equal(await world.isListed(row), isCovered && !outcomes.includes('no tool'));
          cells.get(row)?.push(isCovered ? outcome : `not listed, ${outcome}`);
        });
      }
    });
  }

  test('docs/policy.md has the table; UPDATE_DOCS=1 writes it', () => {
    for (const [{ operation }, { length }] of cells) assert.equal(length, situations.length, operation);
    const text = readFileSync(page, 'utf8');
    const start = text.indexOf(begin) + begin.length;
    const stop = text.indexOf(end);
    assert.ok(start >= begin.length && stop > start, 'the page has the marks of the table');
    const written = `${text.slice(0, start)}\n\n${table(cells)}\n\n${text.slice(stop)}`;
    if (process.env.UPDATE_DOCS === '1') writeFileSync(page, written);
    assert.equal(readFileSync(page, 'utf8'), written);
  });
});
