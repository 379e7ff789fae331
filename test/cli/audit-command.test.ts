import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runCommand } from './command-harness.ts';

const account = 'me@example.org';

/** A home with one account and one message in it. */
async function homeWithMail(
  t: TestContext,
): Promise<{ home: string; id: string; environment: Record<string, string> }> {
  const home = temporaryFolder(t);
  const folder = localMailboxFolder(join(home, 'data'), account);
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: account });
  const { id } = await mailbox.importMessage({ raw: buildMail({ subject: 'One' }), labelIds: ['INBOX'] });
  mailbox.close();
  return { home, id, environment: { GMAIL_HOME: home, GMAIL_GRANTS: 'all' } };
}

suite('gmail-llm audit', () => {
  test('says so where nothing was ever changed, and makes no file', async (t) => {
    const { environment } = await homeWithMail(t);
    const { code, stdout } = await runCommand(['audit'], environment);
    assert.deepEqual([code, stdout], [0, 'Nothing has been changed from here yet.\n']);
    assert.equal((await runCommand(['audit', '--json'], environment)).stdout, '[]\n');
  });

  test('shows a change that was made on the command line, its undo, and one that failed', async (t) => {
    const { environment, id } = await homeWithMail(t);
    const call = (...words: string[]) => runCommand(['call', ...words], environment);
    assert.equal((await call('trash_messages', '--ids', id)).code, 0);
    assert.equal((await call('undo')).code, 0);
    assert.equal((await call('delete_messages', '--ids', '00000000deadbeef')).code, 4);
    const { code, stdout } = await runCommand(['audit'], environment);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(lines.length, 6, stdout);
    const begun = new RegExp(
      `^\\S+Z 1 ${account} trash_messages by nobody named over cli, request [\\w-]{36}: modifyMessages \\{"ids":\\["${id}"\\],.*\\}$`,
    );
    assert.match(lines[0] ?? '', begun);
    assert.match(lines[1] ?? '', /^\S+Z 2 done 1: \[\{"ids":.*"addLabelIds":\["TRASH"\]/);
    assert.match(lines[2] ?? '', /^\S+Z 3 \S+ undo by nobody named over cli/);
    assert.match(lines[5] ?? '', /^\S+Z 6 failed 5: NOT_FOUND "There is no message 00000000deadbeef.*"$/);
    const verified = await runCommand(['audit', '--verify'], environment);
    assert.match(verified.stdout, /^The chain is whole: 6 entries, the last with the hash [\da-f]{64}\n$/);
    const json = JSON.parse((await runCommand(['audit', '--json', '--limit', '2'], environment)).stdout) as object[];
    assert.deepEqual(
      json.map((entry) => ('sequence' in entry ? entry.sequence : undefined)),
      [5, 6],
    );
  });

  test('shows those of one token or account, or since a time', async (t) => {
    const { home, environment } = await homeWithMail(t);
    const times = [Date.now() - 3 * 86_400_000, Date.now() - 3_600_000, Date.now()];
    const log = openSqliteAuditLog(join(home, 'data', 'audit.db'), () => times.shift() ?? Date.now());
    for (const [tokenName, of] of [
      ['agent', account],
      ['agent', 'other@example.org'],
      ['program', account],
    ] as const) {
      const actor = { transport: 'mcp' as const, requestId: 'r', tokenName };
      await log.begin({
        account: of,
        actor,
        operation: 'trash_messages',
        method: 'modifyMessages',
        target: {},
        from: null,
      });
    }
    log.close();
    const sequences = async (...words: string[]): Promise<unknown> => {
      const { stdout, stderr } = await runCommand(['audit', '--json', ...words], environment);
      assert.equal(stderr, '');
      return (JSON.parse(stdout) as { sequence: number }[]).map(({ sequence }) => sequence);
    };
    assert.deepEqual(await sequences('--token', 'agent'), [1, 2]);
    assert.deepEqual(await sequences('--account', 'ME@example.org'), [1, 3]);
    assert.deepEqual(await sequences('--since', '2h'), [2, 3]);
    assert.deepEqual(await sequences('--since', '7d', '--token', 'program'), [3]);
    assert.deepEqual(await sequences('--since', new Date(Date.now() - 60_000).toISOString()), [3]);
    assert.equal((await runCommand(['audit', '--token', 'nobody'], environment)).stdout, 'No such entries.\n');
  });

  test('shows nothing to a terminal that it would obey', async (t) => {
    const { home, environment } = await homeWithMail(t);
    const log = openSqliteAuditLog(join(home, 'data', 'audit.db'), Date.now);
    const target = { subject: '\u001B]0;x\u0007\u009B2J\u202Eevil\u{E0041}' };
    const actor = { transport: 'mcp' as const, requestId: 'r' };
    await log.begin({ account, actor, operation: 'create_draft', method: 'createDraft', target, from: null });
    log.close();
    const { stdout } = await runCommand(['audit'], environment);
    assert.doesNotMatch(stdout.trimEnd(), /[\p{Cc}\p{Cf}]/u);
    assert.ok(stdout.includes(String.raw`{"subject":"\u001b]0;x\u0007\u009b2J\u202eevil\udb40\udc41"}`), stdout);
  });

  test('ends with CONFLICT and exit code 5 where the log was changed behind its back', async (t) => {
    const { home, environment, id } = await homeWithMail(t);
    await runCommand(['call', 'trash_messages', '--ids', id], environment);
    const database = new DatabaseSync(join(home, 'data', 'audit.db'));
    database.exec("DROP TRIGGER entry_is_final; UPDATE entry SET token_name = 'somebody' WHERE sequence = 1");
    database.close();
    const { code, stderr, stdout } = await runCommand(['audit', '--verify'], environment);
    assert.deepEqual([code, stdout], [5, '']);
    assert.match(
      stderr,
      /CONFLICT: The audit log was changed: entry 1 does not follow from those before it, or is gone\./,
    );
  });

  const losses: readonly (readonly [name: string, lose: (home: string) => void, says: RegExp])[] = [
    [
      'cut at its end, with the count of entries set back',
      (home) => {
        const database = new DatabaseSync(join(home, 'data', 'audit.db'));
        database.exec(
          'DROP TRIGGER entry_stays; DELETE FROM entry WHERE sequence > 2; UPDATE sqlite_sequence SET seq = 2',
        );
        database.close();
      },
      /CONFLICT: The audit log was changed: entry 4 does not follow from those before it, or is gone\./,
    ],
    [
      'deleted',
      (home) => {
        for (const suffix of ['', '-wal', '-shm']) rmSync(join(home, 'data', `audit.db${suffix}`), { force: true });
      },
      /CONFLICT: The audit log was changed: entry 4 does not follow from those before it, or is gone\./,
    ],
    [
      'cut, and its kept end changed to fit',
      (home) => writeFileSync(join(home, 'audit-head.json'), '{"sequence":2,"hash":"00","signature":"AAAA"}'),
      /CONFLICT: .*audit-head\.json, the signed end of the audit log, or its key .* was changed\./,
    ],
  ];
  for (const [name, lose, says] of losses) {
    test(`notices a log that was ${name}, also behind a change that came after`, async (t) => {
      const { home, environment, id } = await homeWithMail(t);
      await runCommand(['call', 'trash_messages', '--ids', id], environment);
      await runCommand(['call', 'undo'], environment);
      assert.equal((await runCommand(['audit', '--verify'], environment)).code, 0);
      lose(home);
      const { code, stderr } = await runCommand(['audit', '--verify'], environment);
      assert.equal(code, 5, stderr);
      assert.match(stderr, says);
      await runCommand(['call', 'trash_messages', '--ids', id], environment);
      assert.match((await runCommand(['audit', '--verify'], environment)).stderr, says);
    });
  }

  for (const [words, message] of [
    [['--since', 'yesterday'], 'This is no time.'],
    [['--since', '2026-13-45'], 'This is no time.'],
    [['--limit', '0'], 'This is no number of entries.'],
    [['--limit', 'all'], 'This is no number of entries.'],
    [['--tokens', 'x'], "Unknown option '--tokens'"],
    [['agent'], "Unexpected argument 'agent'"],
  ] as const) {
    test(`audit ${words.join(' ')} is refused with exit code 2`, async (t) => {
      const { environment } = await homeWithMail(t);
      const { code, stderr } = await runCommand(['audit', ...words], environment);
      assert.equal(code, 2);
      assert.ok(stderr.startsWith(`gmail-llm: INVALID_INPUT: ${message}`), stderr);
    });
  }
});

suite('gmail-llm policy', () => {
  test('shows the rules of each account, those of a missing file too', async (t) => {
    const { home, environment } = await homeWithMail(t);
    const file = join(home, 'policy.json');
    const { code, stdout } = await runCommand(['policy'], environment);
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `There is no policy in ${file}: the defaults hold.

${account}
  Sends: leave at once
  Recipients: anybody; at most 100 of a message
  Strangers, never written to before: may be written to
  Limits: 100 messages in an hour, 500 in a day
  Attachments: any type; at most 25 MB together
`,
    );
    const rules = {
      sending: 'confirm',
      graceSeconds: 30,
      recipients: { allow: ['@example.org'], deny: ['eve@example.org'], strangers: 'refuse' },
      accounts: { 'gone@example.org': { sending: 'off' }, [account]: { attachments: { allowTypes: [] } } },
    };
    writeFileSync(file, JSON.stringify(rules));
    assert.equal(
      (await runCommand(['policy'], environment)).stdout,
      `The policy in ${file} is in order.
No account gone@example.org is connected: its rules hold for nobody.

${account}
  Sends: wait until a person approves them: \`gmail-llm outbox\`
  Grace: 30 seconds in which \`undo\` takes a send back
  Recipients: only @example.org, never eve@example.org; at most 100 of a message
  Strangers, never written to before: are refused
  Limits: 100 messages in an hour, 500 in a day
  Attachments: none; at most 25 MB together
`,
    );
    assert.equal(
      (await runCommand(['policy', 'check'], environment)).stdout,
      `The policy in ${file} is in order.\nNo account gone@example.org is connected: its rules hold for nobody.\n`,
    );
  });

  test('tells every fault of a file, with exit code 77', async (t) => {
    const { home, environment } = await homeWithMail(t);
    writeFileSync(join(home, 'policy.json'), '{"sendng": "off", "limits": {"perDay": "many"}}');
    for (const words of [['policy'], ['policy', 'check']]) {
      const { code, stderr } = await runCommand(words, environment);
      assert.equal(code, 77);
      assert.match(stderr, /FORBIDDEN: The policy in .*policy\.json cannot be read, so nothing may leave\./);
      assert.match(stderr, /- limits\.perDay: Invalid input: expected number, received string/);
      assert.match(stderr, /- sendng: no such field/);
    }
  });

  test('knows no other verb', async (t) => {
    const { environment } = await homeWithMail(t);
    for (const words of [
      ['policy', 'set'],
      ['policy', 'check', 'x'],
      ['policy', '--json'],
    ]) {
      assert.equal((await runCommand(words, environment)).code, 2);
    }
  });
});
