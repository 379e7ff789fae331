import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { AppError } from '../../src/core/errors.ts';
import { openHomeStores } from '../../src/store/home-stores.ts';
import { unsuitableServer } from '../../src/store/postgres/check-server.ts';
import { postgresOfFile } from '../support/postgres-of-file.ts';
import { skipWithoutPostgres } from '../support/postgres.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const password = 'hunter2';

suite('a database that will not do', { skip: skipWithoutPostgres }, () => {
  const postgres = postgresOfFile();
  /** The address of another database of the server, for another user. */
  const addressOf = (like: string, name: string, user = 'postgres') => {
    const url = new URL(like);
    url.pathname = `/${name}`;
    url.username = user;
    return url.href;
  };

  test('in another encoding than UTF-8 is refused at the start, and not touched', async (t) => {
    const {
      address,
      databases: [admin],
    } = postgres.create(t);
    for (const encoding of ['LATIN1', 'SQL_ASCII']) {
      const name = `in_${encoding.toLowerCase()}`;
      await admin.run(`CREATE DATABASE ${name} ENCODING '${encoding}' LOCALE 'C' TEMPLATE template0`);
      await assert.rejects(
        openHomeStores({ store: addressOf(address, name) }, temporaryFolder(t), Date.now),
        (error) => {
          assert.ok(error instanceof AppError && error.code === 'UNAVAILABLE', String(error));
          assert.match(error.message, new RegExp(`${name} is not in UTF-8\\.$`));
          assert.deepEqual([error.details.expected, error.details.got], ['encoding UTF8', `encoding ${encoding}`]);
          assert.match(error.details.hint ?? '', /createdb --encoding=UTF8 --template=template0/);
          return true;
        },
      );
    }
  });

  test('on an older server is refused with the version that is needed', () => {
    const error = unsuitableServer({ version: 140_011, encoding: 'UTF8' }, 'db/mail');
    assert.equal(error?.message, 'The database db/mail is on PostgreSQL 14.');
    assert.equal(error.details.expected, 'PostgreSQL 15 or later');
    assert.equal(unsuitableServer({ version: 150_000, encoding: 'UTF8' }, 'db/mail'), undefined);
  });

  test('whose user may make no tables says so, and is used as soon as they may', async (t) => {
    const {
      address,
      databases: [admin],
    } = postgres.create(t);
    await admin.run('CREATE ROLE guest LOGIN');
    await admin.run('CREATE DATABASE guarded');
    const stores = await openHomeStores(
      { store: addressOf(address, 'guarded', 'guest') },
      temporaryFolder(t),
      Date.now,
    );
    t.after(() => stores.close());
    await assert.rejects(stores.mailboxes.list(), (error) => {
      assert.ok(error instanceof AppError && error.code === 'UNAVAILABLE', String(error));
      assert.match(error.message, /guarded refuses this user what it needs\.$/);
      assert.match(error.details.hint ?? '', /ALTER DATABASE .* OWNER TO/);
      return true;
    });
    await admin.run('ALTER DATABASE guarded OWNER TO guest');
    assert.deepEqual(await stores.mailboxes.list(), []);
  });

  test('that a newer version has changed is neither changed nor read any more by the older process that has it open', async (t) => {
    const [older, admin] = postgres.create(t).databases;
    await older.write('SELECT 1', async (queries) => queries.run('CREATE TABLE probe (n integer)'));
    await admin.run('UPDATE gmail_llm SET version = version + 1');
    const insert = 'INSERT INTO probe VALUES (1)';
    const uses = [
      () => older.write('SELECT 1', async (queries) => queries.run(insert)),
      () => older.read(async (queries) => queries.get('SELECT n FROM probe')),
      () => older.run(insert),
      () => older.get('SELECT n FROM probe'),
      () => older.all('SELECT n FROM probe'),
    ];
    for (const use of uses)
      await assert.rejects(use(), (error) => {
        assert.ok(error instanceof AppError && error.code === 'UNAVAILABLE', String(error));
        assert.match(error.message, /was written by a newer gmail-llm\.$/);
        assert.match(error.details.hint ?? '', /Update gmail-llm on this host/);
        return true;
      });
    assert.equal((await admin.get('SELECT count(*) AS count FROM probe'))?.count, 0);
    await admin.run('UPDATE gmail_llm SET version = version - 1');
    for (const use of uses) await use();
    assert.equal((await admin.get('SELECT count(*) AS count FROM probe'))?.count, 2);
  });

  test('whose address has a slip in it is named without its password', async (t) => {
    const slips = [
      `postgre://me:${password}@db/mail`,
      `me:${password}@db/mail`,
      `postgres//me:${password}@db/mail`,
      `postgres://me:${password}@db:port/mail`,
      `postgres://me:${password}@db`,
      `postgres://me:${password}%ZZ@127.0.0.1:1/mail`,
      `postgres://me:${password}@127.0.0.1:1/ma%ZZil`,
      `postgres://me:${password}@127.0.0.1:1/mail?sslmode=yes`,
      `postgres://me:${password}@127.0.0.1:1/mail?sslrootcert=/nowhere`,
      `postgres://me:${password}@/mail?host=/nowhere`,
      `postgres://me:${password}@127.0.0.1:1/mail?sslmod=require`,
      `postgres://me:${password}@127.0.0.1:1/mail?sslmode=prefer`,
      `postgres://me:${password}@127.0.0.1:1/mail?sslmode=require&sslmode=disable`,
      `postgres://me:${password}@127.0.0.1:1,127.0.0.1:2/mail`,
      `postgres://me:${password}@127.0.0.1,127.0.0.2:1/mail`,
      `postgres://me:${password}@127.0.0.1:1/mail?port=none`,
    ];
    for (const slip of slips) {
      const using = async () => {
        const stores = await openHomeStores(parseConfiguration({ GMAIL_STORE: slip }), temporaryFolder(t), Date.now);
        try {
          await stores.mailboxes.list();
        } finally {
          await stores.close();
        }
      };
      await assert.rejects(using(), (error) => {
        assert.ok(
          error instanceof AppError && ['INVALID_INPUT', 'UNAVAILABLE'].includes(error.code),
          `${slip}: ${inspect(error)}`,
        );
        assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(password), `${slip}: ${inspect(error)}`);
        return true;
      });
    }
  });

  test('whose address asks for something that is not known is refused, and not used without it', () => {
    for (const slip of [
      'sslmod=require',
      'sslmode=prefer',
      'sslmode=',
      'sslmode=require&sslmode=disable',
      'host=a,b',
    ]) {
      const reading = () => parseConfiguration({ GMAIL_STORE: `postgres://me:${password}@127.0.0.1:1/mail?${slip}` });
      assert.throws(reading, (error) => error instanceof AppError && error.code === 'INVALID_INPUT', slip);
    }
  });
});
