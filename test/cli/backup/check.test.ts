import assert from 'node:assert/strict';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'node:test';
import { done, runCommand } from '../command-harness.ts';
import { contents, filledHome, owner } from './filled-home.ts';

/** What is done to a mailbox, what is said of it, and whether `--repair` puts it right. */
const faults = [
  ['wrong counts', 'UPDATE mailbox SET messages_total = 99', /counts of messages and threads are wrong: 92/, true],
  [
    'labels of nothing',
    'INSERT INTO message_label VALUES (1, 12345)',
    /labels stand on messages that are not there: 1/,
    true,
  ],
  ['a wrong thread', 'UPDATE thread SET messages_total = 5', /threads count their messages wrongly: 2 \(/, true],
  [
    'words missing in the index',
    'DELETE FROM full_text',
    /search index does not have what the messages have: 7 \(/,
    true,
  ],
  ['lost bytes', 'raw: DELETE FROM raw WHERE key = (SELECT min(key) FROM raw)', /have lost their bytes: 1 \(/, false],
  [
    'damaged bytes',
    "raw: UPDATE raw SET zstd = CAST(substr(zstd, 1, length(zstd) - 9) || x'00' || substr(zstd, -8) AS BLOB) WHERE key = 2",
    /have damaged bytes: 1 \(/,
    false,
  ],
] as const;

suite('check', () => {
  for (const [what, sql, pattern, isRepaired] of faults) {
    test(`finds ${what}${isRepaired ? ', and --repair puts them right' : ', which it says a backup has to'}`, async (t) => {
      const environment = await filledHome(t);
      const before = await contents(environment);
      const name = sql.startsWith('raw: ') ? 'raw.db' : 'mailbox.db';
      const database = new DatabaseSync(join(environment.GMAIL_HOME, 'data/local', owner, name));
      database.exec(sql.replace('raw: ', ''));
      database.close();
      const found = await runCommand(['check'], environment);
      assert.equal(found.code, 75, found.stdout);
      assert.match(found.stdout, pattern);
      const repaired = await runCommand(['check', '--repair'], environment);
      assert.equal(repaired.code, isRepaired ? 0 : 75, repaired.stdout);
      if (!isRepaired) return;
      assert.match(repaired.stdout, /^repaired /m);
      assert.match(await done(['check'], environment), /Everything is whole/);
      assert.deepEqual(await contents(environment), before);
      const hits = JSON.parse(await done(['call', 'search_messages', '--q', 'noon'], environment)) as {
        messages: unknown[];
      };
      assert.equal(hits.messages.length, 1);
    });
  }

  test('names a database that is damaged and one that is missing, and reads the others', async (t) => {
    const environment = await filledHome(t);
    const folder = join(environment.GMAIL_HOME, 'data');
    const file = join(folder, 'audit.db');
    rmSync(`${file}-wal`, { force: true });
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, Buffer.alloc(Math.min(4096, statSync(file).size), 0xff), 0, undefined, 0);
    closeSync(descriptor);
    const damaged = await runCommand(['check'], environment);
    assert.equal(damaged.code, 75);
    assert.match(damaged.stdout, /ann@example\.org: 7 messages[^]*FAULT +data\/audit\.db: .* is not a database/);

    rmSync(join(folder, 'local', owner, 'raw.db'));
    const missing = await runCommand(['check', '--json'], environment);
    const { findings } = JSON.parse(missing.stdout) as { findings: { where: string; what: string }[] };
    assert.ok(
      findings.some(({ where, what }) => where.endsWith(`${owner}/raw.db`) && /is missing/.test(what)),
      missing.stdout,
    );
  });
});
