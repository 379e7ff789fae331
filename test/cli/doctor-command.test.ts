import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeGrowth, judgeSpace } from '../../src/cli/doctor/check-disk.ts';
import { formatFindings } from '../../src/cli/doctor/format-findings.ts';
import { noteRunningEnvironment } from '../../src/core/running-environment.ts';
import { createToken } from '../../src/safety/tokens/token-store.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { seedOutbox } from '../safety/seed-outbox.ts';
import { newEnvironment } from '../support/installation.ts';
import { runCommand } from './command-harness.ts';
import { assertFinding, diagnose, filledHome, type Expected } from './doctor-harness.ts';

type Environment = Readonly<Record<string, string>>;

function makeMailbox(data: string, emailAddress: string): string {
  const folder = localMailboxFolder(data, emailAddress);
  openLocalMailbox({ store: openMailStore(folder), emailAddress }).close();
  return folder;
}

test('a home that is not there yet is no fault, and stays as it is', async (t) => {
  const environment = await newEnvironment(t);
  const home = environment.GMAIL_HOME ?? '';
  const { code } = await diagnose(environment);
  assert.equal(code, 0);
  assert.deepEqual(readdirSync(home), []);
  rmSync(home, { recursive: true });
  const diagnosis = await diagnose(environment);
  assert.equal(diagnosis.code, 0);
  assertFinding(diagnosis, { name: 'home', state: 'warning', found: /^There is no /, fix: /gmail-llm up/ });
});

/** A situation: how it comes about in a filled home, what changes in the environment, what the doctor has to find. */
interface Situation {
  readonly what: string;
  readonly prepare?: (data: string) => unknown;
  readonly changes?: Environment;
  readonly expected: readonly Expected[];
}

const situations: readonly Situation[] = [
  {
    what: 'servers that do not run',
    expected: [
      { name: 'supervisor', state: 'warning', found: /^It does not run\.$/, fix: /gmail-llm up/ },
      {
        name: 'gmail-mcp-server',
        state: 'warning',
        found: /^Nobody answers at http:\/\/127\.0\.0\.1:\d+; the port is free\.$/,
      },
    ],
  },
  {
    what: 'several faulty variables',
    changes: { GMAIL_BACKEND: 'imap', GMAIL_GRANT: 'read' },
    expected: [
      { name: 'variables', state: 'fault', found: /^GMAIL_BACKEND: expected one of local, gmail, got "imap"$/ },
      { name: 'tokens', state: 'ok', found: /owner/ },
    ],
  },
  {
    what: 'a data folder that others can enter',
    prepare: (data) => chmodSync(data, 0o755),
    expected: [
      {
        name: 'home',
        state: 'fault',
        found: /is open to other users of this machine \(0755\)/,
        fix: /^Run: chmod 700 /,
      },
    ],
  },
  {
    what: 'a token that others can read',
    prepare: (data) => chmodSync(join(data, 'token'), 0o644),
    expected: [
      { name: 'home', state: 'fault', found: /token is open to other users/, fix: /chmod 600/ },
      { name: 'tokens', state: 'fault', found: /can be read by other users/, fix: /chmod 600/ },
    ],
  },
  {
    what: 'a damaged list of tokens',
    prepare: (data) => {
      createToken(data, { name: 'reader', grants: ['read'] }, new Date());
      writeFileSync(join(data, 'tokens.json'), '{');
    },
    expected: [{ name: 'tokens', state: 'fault', found: /tokens\.json cannot be read/, fix: /Restore it/ }],
  },
  {
    what: 'doors without tokens',
    changes: { GMAIL_AUTH: 'none' },
    expected: [
      {
        name: 'tokens',
        state: 'warning',
        found: /lets every program and user of this machine in/,
        fix: /Unset GMAIL_AUTH/,
      },
    ],
  },
  {
    what: 'a broken supervisord.conf',
    prepare: (data) => writeFileSync(join(data, '..', 'supervisord.conf'), '[supervisord]\n[program:x]\n'),
    expected: [{ name: 'supervisord.conf', state: 'fault', found: /command/ }],
  },
  {
    what: 'a policy that cannot be read',
    prepare: (data) => writeFileSync(join(data, '..', 'policy.json'), '{"sending": "on"}'),
    expected: [
      { name: 'policy', state: 'fault', found: /policy\.json cannot be read.*sending: /, fix: /policy check/ },
    ],
  },
  {
    what: 'rules for somebody who is no account',
    prepare: (data) => writeFileSync(join(data, '..', 'policy.json'), '{"accounts": {"x@example.org": {}}}'),
    expected: [
      { name: 'policy', state: 'warning', found: /rules for x@example\.org/, fix: /login --account x@example\.org/ },
    ],
  },
  {
    what: 'messages that wait and one that was not sent',
    prepare: (data) => seedOutbox(data, { account: 'me@example.org', to: 'ann@example.org' }),
    expected: [
      { name: 'outbox', state: 'warning', found: /^2 messages waiting for approval\.$/, fix: /gmail-llm outbox/ },
    ],
  },
  {
    what: 'servers that were started with other values',
    prepare: (data) =>
      noteRunningEnvironment(join(data, '..', 'run'), { GMAIL_LOG_LEVEL: 'debug', GMAIL_GRANTS: 'read' }, () => false),
    changes: { GMAIL_LOG_LEVEL: 'warn' },
    expected: [
      {
        name: 'environment',
        state: 'warning',
        found: /^The servers run with GMAIL_LOG_LEVEL=debug, and in this shell it is warn\.$/,
        fix: /ctl shutdown/,
      },
    ],
  },
  {
    what: 'an index that is gone and a database that was emptied',
    prepare: (data) => {
      rmSync(join(makeMailbox(data, 'me@example.org'), 'mailbox.db'));
      writeFileSync(join(data, 'jobs.db'), '', { mode: 0o600 });
    },
    expected: [
      { name: 'data/local/me@example.org/mailbox.db', state: 'fault', found: /is missing/, fix: /restore FILE/ },
      { name: 'data/jobs.db', state: 'fault', found: /is empty: what it held is lost/, fix: /made again/ },
    ],
  },
  {
    what: 'an account that there is no mailbox of',
    prepare: (data) => void makeMailbox(data, 'me@example.org'),
    changes: { GMAIL_ACCOUNT: 'ann@example.org' },
    expected: [
      {
        name: 'backend',
        state: 'fault',
        found: /GMAIL_ACCOUNT is ann@example\.org, and the accounts of local are me@example\.org/,
      },
    ],
  },
  {
    what: 'several accounts and none that is meant',
    prepare: (data) => {
      makeMailbox(data, 'me@example.org');
      makeMailbox(data, 'ann@example.org');
    },
    expected: [{ name: 'backend', state: 'warning', found: /^There are 2 accounts/, fix: /Set GMAIL_ACCOUNT/ }],
  },
  {
    what: 'gmail without a login',
    changes: { GMAIL_BACKEND: 'gmail' },
    expected: [
      { name: 'backend', state: 'fault', found: /no Gmail account is logged in/, fix: /^Run: gmail-llm login$/ },
    ],
  },
  {
    what: 'a mirror that lies on the disk unencrypted',
    changes: { GMAIL_BACKEND: 'gmail', GMAIL_MIRROR: 'on' },
    expected: [{ name: 'mirror', state: 'ok', found: /every live account: kept in .*unencrypted/ }],
  },
  {
    what: 'what a mirror has left',
    prepare: (data) => void mkdirSync(join(data, 'gmail', 'mirror', 'me@example.org'), { recursive: true }),
    expected: [
      { name: 'mirror', state: 'warning', found: /of me@example\.org .*still in .*unencrypted/, fix: /sync --delete/ },
    ],
  },
  {
    what: 'a file that is no database',
    prepare: (data) =>
      writeFileSync(
        join(makeMailbox(data, 'me@example.org'), 'raw.db'),
        'not a database, but long enough to be read as one'.repeat(20),
      ),
    expected: [
      {
        name: 'data/local/me@example.org/raw.db',
        state: 'fault',
        found: /is not a database/,
        fix: /Restore it from a backup/,
      },
    ],
  },
  {
    what: 'a database that others can read',
    prepare: (data) => chmodSync(join(makeMailbox(data, 'me@example.org'), 'mailbox.db'), 0o644),
    expected: [
      { name: 'data/local/me@example.org/mailbox.db', state: 'fault', found: /read by other users/, fix: /chmod 600/ },
    ],
  },
  {
    what: 'a home without mail',
    expected: [
      { name: 'backend', state: 'ok', found: /the demo mailbox is made at the first start/ },
      { name: 'databases', state: 'skipped', found: /none yet/ },
      { name: 'logins', state: 'skipped', found: /No Gmail account is logged in/ },
    ],
  },
];

for (const { what, prepare, changes, expected } of situations) {
  test(`the doctor finds ${what}`, async (t) => {
    const { environment, data } = await filledHome(t);
    await prepare?.(data);
    const diagnosis = await diagnose({ ...environment, ...changes });
    for (const finding of expected) assertFinding(diagnosis, finding);
  });
}

test(
  'a folder of another user is found',
  { skip: process.getuid?.() === 0 ? 'root may enter everything' : false },
  async (t) => {
    const { environment, data } = await filledHome(t);
    chmodSync(join(data, '..', 'logs'), 0o500);
    assertFinding(await diagnose(environment), { name: 'home', state: 'fault', found: /may not read and write/ });
  },
);

for (const { what, prepare, changes, cause } of [
  {
    what: 'a data folder that cannot be read',
    prepare: (data: string) => {
      rmSync(data, { recursive: true });
      writeFileSync(data, '');
    },
    cause: 'home',
  },
  { what: 'a database that is away', changes: { GMAIL_STORE: 'postgres://127.0.0.1:1/mail' }, cause: 'store' },
] satisfies readonly (Omit<Situation, 'expected'> & { readonly cause: string })[]) {
  test(`${what} is said once, and what needs it is skipped because of it`, async (t) => {
    const { environment, data } = await filledHome(t);
    prepare?.(data);
    const { findings } = await diagnose({ ...environment, ...changes });
    assert.deepEqual(
      findings.filter(({ name }) => name === cause).map(({ state }) => state),
      ['fault'],
    );
    const because = `Not checked: it needs the ${cause}, which has a fault.`;
    for (const name of ['policy', 'tokens', 'servers', 'backend', 'databases', 'outbox', 'clock', 'logins', 'mirror']) {
      assert.deepEqual(
        findings.filter((finding) => finding.name === name).map(({ state, found }) => [state, found]),
        [['skipped', because]],
        name,
      );
    }
  });
}

test('a damaged page of a mailbox is found', async (t) => {
  const { environment, data } = await filledHome(t);
  const file = join(makeMailbox(data, 'me@example.org'), 'mailbox.db');
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096 * 3, 4096 * 6);
  writeFileSync(file, bytes);
  const [finding] = (await diagnose(environment)).of('data/local/me@example.org/mailbox.db');
  assert.equal(finding?.state, 'fault');
  assert.match(finding.found, /damaged/);
});

for (const [freeBytes, state] of [
  [50_000_000, 'fault'],
  [500_000_000, 'warning'],
  [5_000_000_000, 'ok'],
] as const) {
  test(`${freeBytes / 1e6} MB of free space are ${state}`, () => {
    assert.equal(judgeSpace(freeBytes, '/home').state, state);
  });
}

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 10, 28, 12);
/** A home of 5 GB, most of it logs. */
const fiveGigabytes = new Map([
  ['local mailboxes', 1_900_000_000],
  ['logs', 3_100_000_000],
  ['events', 400_000],
] as const);
for (const [what, notes, freeBytes, state, found, fix] of [
  [
    'grew, and the disk is full soon',
    [{ atMs: now - 10 * day, bytes: 4_000_000_000 }],
    1_005_000_000,
    'warning',
    /^The home takes 5,000 MB: logs 3,100 MB, local mailboxes 1,900 MB\. It grew by 100 MB a day since 2026-11-18: the disk is full in 10 days\.$/,
    /^Make room[^]*Most are logs: lower stdout_logfile_backups/,
  ],
  [
    'grew, with room for long',
    [{ atMs: now - 10 * day, bytes: 4_900_000_000 }],
    90_000_000_000,
    'ok',
    /by 10 MB a day.*in 25 years\.$/,
  ],
  [
    'grew long ago only',
    [
      { atMs: now - 90 * day, bytes: 0 },
      { atMs: now - 20 * day, bytes: 4_999_999_999 },
    ],
    1,
    'ok',
    /It hardly grew since 2026-11-08\.$/,
  ],
  ['shrank', [{ atMs: now - 2 * day, bytes: 9_000_000_000 }], 1, 'ok', /It hardly grew since 2026-11-26\.$/],
  [
    'was noted an hour ago for the first time',
    [{ atMs: now - day / 24, bytes: 0 }],
    1,
    'ok',
    /known after servers ran for a day\.$/,
  ],
] as const) {
  test(`a home that ${what}: ${state}`, () => {
    const finding = judgeGrowth(fiveGigabytes, { notes, freeBytes, nowMs: now });
    assert.equal(finding.state, state);
    assert.match(finding.found, found);
    if (fix === undefined) assert.equal(finding.fix, undefined);
    else assert.match(finding.fix ?? '', fix);
  });
}

test('the text has a line for each finding, what to do below, the sum, and colour only where it is wanted', () => {
  const findings = [
    { name: 'home', state: 'ok', found: '/home/ann' },
    { name: 'tokens', state: 'fault', found: 'It is open.', fix: 'Run: chmod 600 x' },
    { name: 'clock', state: 'warning', found: 'It is late.', fix: 'Set it.' },
    { name: 'logins', state: 'skipped', found: 'None.' },
  ] as const;
  assert.equal(
    formatFindings(findings, false),
    [
      '✓ home    /home/ann',
      '✗ tokens  It is open.',
      '          → Run: chmod 600 x',
      '! clock   It is late.',
      '          → Set it.',
      '- logins  None.',
      '',
      '1 fault, 1 warning',
      '',
    ].join('\n'),
  );
  assert.ok(formatFindings(findings, true).startsWith('\u001B[32m✓\u001B[0m home'));
});

test('doctor takes no other words, and its text is plain where it is not a terminal', async (t) => {
  const { environment } = await filledHome(t);
  const refused = await runCommand(['doctor', 'all'], environment);
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /INVALID_INPUT: Unexpected argument for `doctor`\.\nexpected: --json, --fix, or nothing\n/,
  );
  const { stdout } = await runCommand(['doctor'], environment);
  assert.match(stdout, /^✓ Node\.js /);
  assert.ok(!stdout.includes('\u001B'));
});
