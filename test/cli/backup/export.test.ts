import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { done, runCommand } from '../command-harness.ts';
import { contents, filledHome, owner } from './filled-home.ts';

suite('export', () => {
  test('as mbox is imported again with the same bytes, labels and threads', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'all.mbox');
    const { code, stderr } = await runCommand(['export', '--spam-trash', '--mbox', file], environment);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^7 messages written to .*all\.mbox\.\n$/m);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /^>From here we walk\.$/m);
    const again = { GMAIL_HOME: join(temporaryFolder(t), 'again'), GMAIL_ACCOUNT: owner };
    await done(['import', '--account', owner, file], again);
    assert.deepEqual(await contents(again), await contents(environment));
    const raw = async (home: typeof again): Promise<string> => {
      const found = JSON.parse(await done(['call', 'search_messages', '--q', 'subject:plan'], home)) as {
        messages: { id: string }[];
      };
      const answer = await done(['call', 'read_raw_message', '--id', found.messages[0]?.id ?? ''], home);
      const { contentBase64 } = JSON.parse(answer) as { contentBase64: string };
      return Buffer.from(contentBase64, 'base64').toString().trimEnd();
    };
    assert.equal(await raw(again), await raw(environment));
    assert.match(await raw(again), /^From here we walk\.$/m);
  });

  test('as Maildir puts each message into the folder of its first label, with its flags', async (t) => {
    const environment = await filledHome(t);
    const folder = join(temporaryFolder(t), 'Maildir');
    await done(['export', '--spam-trash', '--maildir', folder], environment);
    const flagsIn = (name: string): readonly string[] =>
      readdirSync(join(folder, name, 'cur'))
        .map((file) => file.replace(/^.*:2,/, ''))
        .toSorted();
    assert.deepEqual(
      ['.', '.Archive', '.Drafts', '.Sent', '.Spam', '.Trash'].map((name) => [name, flagsIn(name)]),
      [
        ['.', ['', 'S']],
        ['.Archive', ['FS']],
        ['.Drafts', ['DS']],
        ['.Sent', ['S']],
        ['.Spam', ['']],
        ['.Trash', ['ST']],
      ],
    );
    const again = { GMAIL_HOME: join(temporaryFolder(t), 'again'), GMAIL_ACCOUNT: owner };
    await done(['import', '--account', owner, folder], again);
    assert.equal((await contents(again)).length, 7);
  });

  test('as lines of JSON has what a query finds, on standard output', async (t) => {
    const environment = await filledHome(t);
    const lines = (await done(['export', '--q', 'is:starred OR subject:plan', '--ndjson'], environment))
      .trim()
      .split('\n');
    const messages = lines.map((line) => JSON.parse(line) as { subject: string; text: string });
    assert.deepEqual(messages.map(({ subject }) => subject).toSorted(), ['Kept', 'Plan']);
    assert.ok(messages.some(({ text }) => text.includes('Meet at noon.')));
  });

  for (const [what, words, code, pattern] of [
    ['no form', ['export'], 2, /One form has to be named/],
    ['two forms', ['export', '--mbox', '--ndjson'], 2, /One form has to be named/],
    ['a Maildir without a name', ['export', '--maildir'], 2, /which has to be named/],
    ['a place that is taken', ['export', '--mbox', import.meta.filename], 5, /is there already/],
    ['a query that is wrong', ['export', '--q', 'after:yesterday-ish', '--ndjson'], 2, /INVALID_INPUT/],
    ['an account that is not there', ['export', '--account', 'x@y.example', '--ndjson'], 4, /x@y\.example/],
  ] as const) {
    test(`is refused with ${what}`, async (t) => {
      const result = await runCommand(words, await filledHome(t));
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, pattern);
    });
  }

  test('that fails leaves no file', async (t) => {
    const environment = await filledHome(t);
    const file = join(temporaryFolder(t), 'all.mbox');
    assert.equal((await runCommand(['export', '--q', 'after:yesterday-ish', '--mbox', file], environment)).code, 2);
    assert.deepEqual([existsSync(file), existsSync(`${file}.partial`)], [false, false]);
  });
});
