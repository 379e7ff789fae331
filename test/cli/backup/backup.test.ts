import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { tarHeader, tarPadding } from '../../../src/cli/backup/tar-blocks.ts';
import { message, mbox, writeFiles } from '../../local/import/archives.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done, runCommand, startCommand } from '../command-harness.ts';
import { contents, filledHome, owner } from './filled-home.ts';

const bin = join(import.meta.dirname, '../../../bin/gmail-llm.js');

suite('a backup', () => {
  test('put into another home is the same home, and readable for its owner alone', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'home.tar.zst');
    const said = await done(['backup', file], environment);
    assert.match(said, /\d+ files, [\d.]+ MB, read back and compared\.\n.*keep it as you keep a password/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(dirname(file)), ['home.tar.zst']);

    const other = { ...environment, GMAIL_HOME: join(temporaryFolder(t), 'other') };
    assert.match(await done(['restore', file], other), /each compared\.\nNext: gmail-llm check/);
    assert.match(await done(['check'], other), /ann@example\.org: 7 messages, [\d.]+ MB\n.*\nEverything is whole\.\n$/);
    assert.deepEqual(await contents(other), await contents(environment));
    assert.deepEqual(await contents(other), [
      'Bill: Bills, paid, INBOX, Rückblick',
      'Gone: TRASH',
      'Kept: STARRED',
      'Later: DRAFT',
      'Plan: INBOX, Travel/Rome, UNREAD',
      'Told: SENT',
      'Win: SPAM, UNREAD',
    ]);
    for (const name of ['policy.json', 'settings', 'data/token', 'data/tokens.json']) {
      const [one, two] = [environment, other].map(({ GMAIL_HOME }) => join(GMAIL_HOME, name));
      assert.deepEqual(readFileSync(two ?? ''), readFileSync(one ?? ''), name);
      assert.equal(statSync(two ?? '').mode, statSync(one ?? '').mode, name);
    }
    assert.match(await done(['audit', '--verify'], other), /The chain is whole/);
  });

  test('without secrets has no token, no login and no secret setting', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'home.tar.zst');
    assert.match(await done(['backup', '--without-secrets', file], environment), /no logins and no access tokens/);
    const bytes = zstdDecompressSync(readFileSync(file)).toString('latin1');
    const token = readFileSync(join(environment.GMAIL_HOME, 'data/token'), 'utf8').trim();
    for (const secret of [token, 'hush-hush', 'data/tokens.json']) assert.ok(!bytes.includes(secret), secret);
    const other = { GMAIL_HOME: join(temporaryFolder(t), 'other'), GMAIL_ACCOUNT: owner };
    assert.match(await done(['restore', file], other), /log in and connect clients again/);
    assert.match(readFileSync(join(other.GMAIL_HOME, 'settings'), 'utf8'), /^GMAIL_LOG_LEVEL=warn$/m);
    assert.deepEqual(await contents(other), await contents(environment));
  });

  test('of a mailbox that is written to is of one moment: no message without its bytes', async (t) => {
    const environment = await filledHome(t);
    const archive = writeFiles(temporaryFolder(t), {
      'many.mbox': mbox(Array.from({ length: 4000 }, (_, index) => message(`Number ${index}`))),
    });
    const importing = startCommand(['import', '--account', owner, archive], environment);
    const counts = [];
    for (let round = 0; round < 3; round += 1) {
      const file = join(temporaryFolder(t), 'home.tar.zst');
      await done(['backup', file], environment);
      const other = { GMAIL_HOME: join(temporaryFolder(t), 'other'), GMAIL_ACCOUNT: owner };
      await done(['restore', file], other);
      const report = JSON.parse(await done(['check', '--json'], other)) as {
        findings: unknown[];
        accounts: { messages: number }[];
      };
      assert.deepEqual(report.findings, []);
      counts.push(report.accounts[0]?.messages);
    }
    assert.equal((await importing.finished).code, 0);
    assert.ok(
      counts.some((count) => count !== undefined && count >= 7),
      counts.join(),
    );
  });

  for (const [what, words, code, pattern] of [
    ['no file', ['backup'], 2, /One file has to be named/],
    ['a folder that is not there', ['backup', '/nonexistent/x.tar.zst'], 2, /There is no folder \/nonexistent/],
    ['a file that is there', ['backup', bin], 5, /is there already/],
    ['a place without room for files', ['backup', '/proc/x.tar.zst'], 2, /\/proc\/x\.tar\.zst cannot be written/],
    ['an unknown option', ['backup', '--all', 'x'], 2, /Unknown option/],
    ['a restore of nothing', ['restore', '/nonexistent/x.tar.zst'], 2, /There is no file/],
  ] as const) {
    test(`is refused with ${what}`, async (t) => {
      const result = await runCommand(words, await filledHome(t));
      assert.equal(result.code, code);
      assert.match(result.stderr, pattern);
    });
  }
});

suite('a restore', () => {
  test('into a home that holds something is refused, and with --force moves it aside', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'home.tar.zst');
    await done(['backup', file], environment);
    await done(['call', 'delete_draft', '--id', await draftId(environment)], environment);
    const before = await contents(environment);
    const refused = await runCommand(['restore', file], environment);
    assert.equal(refused.code, 5);
    assert.match(refused.stderr, /holds data, settings, policy\.json already.*--force/s);
    assert.deepEqual(await contents(environment), before);

    const said = await done(['restore', '--force', file], environment);
    const [, aside = ''] = /What was there before is in (.*)\.\n/.exec(said) ?? assert.fail(said);
    assert.deepEqual(readdirSync(aside).toSorted(), [
      'audit-head.json',
      'audit-head.json.key',
      'data',
      'policy.json',
      'settings',
    ]);
    assert.equal((await contents(environment)).length, before.length + 1);
  });

  test('is refused while a program of the home runs', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'home.tar.zst');
    await done(['backup', file], environment);
    const open = new DatabaseSync(join(environment.GMAIL_HOME, 'data/local', owner, 'mailbox.db'));
    t.after(() => open.close());
    open.exec('SELECT count(*) FROM message');
    const refused = await runCommand(['restore', '--force', file], environment);
    assert.equal(refused.code, 5);
    assert.match(refused.stderr, /are running\.[^]*mailbox\.db is open[^]*ctl shutdown/);
  });

  test('that was killed half-way keeps programs from starting until it is run again', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'home.tar.zst');
    await done(['backup', file], environment);
    const other = { ...environment, GMAIL_HOME: join(temporaryFolder(t), 'other') };
    // What a kill leaves between unpacking and moving.
    mkdirSync(join(other.GMAIL_HOME, 'restoring', 'data'), { recursive: true });
    const start = await runCommand(['call', 'get_profile'], other);
    assert.equal(start.code, 75);
    assert.match(start.stderr, /A restore of .* has not come to its end[^]*Run gmail-llm restore again/);
    await done(['restore', file], other);
    assert.equal(existsSync(join(other.GMAIL_HOME, 'restoring')), false);
    assert.deepEqual(await contents(other), await contents(environment));
  });

  test('takes no file that is damaged, cut off or made by somebody else, and leaves the home as it was', async (t) => {
    const environment = await filledHome(t);
    const folder = temporaryFolder(t);
    const file = join(folder, 'home.tar.zst');
    await done(['backup', file], environment);
    const whole = readFileSync(file);
    const tar = zstdDecompressSync(whole);
    const policyAt = tar.indexOf('{"sending": "off"}');
    const changed = Buffer.from(tar);
    changed.write('on ', policyAt + '{"sending": "'.length);
    const stranger = Buffer.from('x');
    const planted = (path: string): Buffer =>
      Buffer.concat([tarHeader(path, stranger.length, 0, 0o644), stranger, tarPadding(stranger.length), tar]);
    const bad: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
      'cut off': [whole.subarray(0, whole.length / 2), /no whole backup/],
      'cut off inside': [zstdCompressSync(tar.subarray(0, tar.length - 4096)), /no whole backup/],
      'no archive': [Buffer.from('hello'), /no whole backup/],
      gzip: [gzipSync(tar), /no whole backup/],
      empty: [Buffer.alloc(0), /no whole backup/],
      'another policy': [zstdCompressSync(changed), /policy\.json was changed/],
      'a path out of the home': [zstdCompressSync(planted('../evil')), /it holds "\.\.\/evil"/],
      'a path out of data': [zstdCompressSync(planted('data/../../evil')), /it holds "data/],
      'an absolute path': [zstdCompressSync(planted('/etc/evil')), /it holds "\/etc\/evil"/],
      'a file more': [zstdCompressSync(planted('data/evil')), /does not know data\/evil/],
    };
    for (const [what, [bytes, pattern]] of Object.entries(bad)) {
      const other = { GMAIL_HOME: join(temporaryFolder(t), 'other') };
      const badFile = join(folder, 'bad');
      writeFileSync(badFile, bytes);
      const refused = await runCommand(['restore', badFile], other);
      assert.equal(refused.code, 2, `${what}: ${refused.stderr}`);
      assert.match(refused.stderr, pattern, what);
      assert.ok(!existsSync(other.GMAIL_HOME) || readdirSync(other.GMAIL_HOME).length === 0, what);
    }
    assert.equal(existsSync(join(folder, '../evil')), false);
  });
});

async function draftId(environment: Readonly<Record<string, string>>): Promise<string> {
  const { drafts } = JSON.parse(await done(['call', 'list_drafts'], environment)) as { drafts: { id: string }[] };
  return drafts[0]?.id ?? assert.fail('no draft');
}
