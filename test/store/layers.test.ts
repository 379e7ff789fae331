import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = join(import.meta.dirname, '../..');

/** Where SQL belongs. */
const stores = ['src/store/sql/', 'src/store/sqlite/', 'src/store/postgres/'];

/** Beginnings of statements as SQL is written here; prose does not shout. */
const statements =
  /\b(?:SELECT [\w.*'(]|INSERT (?:OR \w+ )?INTO \w|UPDATE \w+ SET |DELETE FROM \w|(?:CREATE|ALTER|DROP) (?:TABLE|INDEX|VIEW|TRIGGER|VIRTUAL|UNIQUE) |PRAGMA \w|BEGIN(?: IMMEDIATE|;|$)|ATTACH )/m;

/** Lines of a source text that hold SQL. */
function sqlLines(source: string): readonly string[] {
  return source.split('\n').filter((line) => statements.test(line.replace(/^\s*(?:\*|\/\/|\/\*).*$/, '')));
}

suite('SQL stays below the stores', () => {
  test('no file above them says any', () => {
    const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .map((file) => `src/${file}`)
      .filter((file) => file.endsWith('.ts') && !stores.some((folder) => file.startsWith(folder)));
    assert.ok(files.length > 100);
    const found = files.flatMap((file) => sqlLines(readFileSync(join(root, file), 'utf8')).map((line) => [file, line]));
    assert.deepEqual(found, []);
  });

  for (const [what, line] of [
    ['a query', "  const row = database.get('SELECT key FROM label WHERE id = ?', id);"],
    ['a query of several lines', '    `SELECT count(*) AS total'],
    ['a change', "  database.run('UPDATE message SET history_id = ? WHERE id = ?', historyId, key);"],
    ['an insertion', '  database.run(`INSERT OR REPLACE INTO lease VALUES (?, ?)`);'],
    ['a deletion', "  database.run('DELETE FROM draft WHERE message_key = ?', key);"],
    ['a format', 'const format = `CREATE TABLE x (id INTEGER);`;'],
    ['a pragma', "database.execute('PRAGMA synchronous = FULL');"],
  ] as const) {
    test(`${what} would be found`, () => assert.deepEqual(sqlLines(`import x;\n${line}\n`), [line]));
  }

  test('prose that speaks of it is not taken for it', () => {
    assert.deepEqual(sqlLines('/** Runs SELECT * statements. */\nconst hint = "select a label, or update it";\n'), []);
  });

  for (const [driver, engine] of [
    ['node:sqlite', 'sqlite'],
    ['pg', 'postgres'],
  ] as const) {
    test(`lint refuses the driver ${driver} everywhere but below its engine`, (t) => {
      const folder = temporaryFolder(t);
      const rooms = readdirSync(join(root, 'src')).filter((name) => name !== 'store');
      const other = engine === 'sqlite' ? 'postgres' : 'sqlite';
      const planted = [
        ...rooms.map((room) => `src/${room}/planted.ts`),
        'src/store/planted.ts',
        `src/store/${other}/planted.ts`,
      ];
      for (const file of [...planted, `src/store/${engine}/allowed.ts`]) {
        mkdirSync(join(folder, dirname(file)), { recursive: true });
        writeFileSync(join(folder, file), `export { x } from '${driver}';\n`);
      }
      copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
      const oxlint = join(root, 'node_modules/.bin/oxlint');
      const { stdout } = spawnSync(oxlint, ['--format=unix'], { cwd: folder, encoding: 'utf8' });
      const refused = stdout.split('\n').filter((line) => line.includes(`'${driver}' import is restricted`));
      assert.deepEqual(new Set(refused.map((line) => line.split(':')[0])), new Set(planted));
    });
  }
});
