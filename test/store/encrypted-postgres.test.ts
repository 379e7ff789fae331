import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test, type TestContext } from 'node:test';
import { configureEgress } from '../../src/core/egress/egress-settings.ts';
import { AppError } from '../../src/core/errors.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { authorityFile, serverFiles } from '../core/egress/egress-servers.ts';
import { freePorts } from '../support/free-ports.ts';
import { skipWithoutPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

const password = 'p@ss/w%rd:?';

suite('the address of a database on another host', { skip: skipWithoutPostgres }, () => {
  const cleaning: (() => void | Promise<void>)[] = [];
  let server: TestPostgres;
  let port: number;

  before(async () => {
    [port = 0] = await freePorts(1);
    const certificate = readFileSync(serverFiles.certificate, 'utf8');
    const key = readFileSync(serverFiles.key, 'utf8');
    server = await startPostgres({ after: (clean) => cleaning.push(clean) }, { encrypted: { port, certificate, key } });
    const admin = postgresAt(server.create('admin'));
    await admin.run(`CREATE ROLE gmail LOGIN PASSWORD '${password}'`);
    await admin.run('CREATE DATABASE mail OWNER gmail');
    await admin.close();
  });
  after(async () => {
    for (const clean of cleaning) await clean();
  });

  const addressWith = (parameters: string, host = 'localhost') =>
    `postgres://gmail:${encodeURIComponent(password)}@${host}:${port}/mail${parameters}`;

  async function isEncrypted(t: TestContext, address: string): Promise<unknown> {
    const database = postgresAt(address);
    t.after(() => database.close());
    return (await database.get('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'))?.ssl;
  }

  async function refusal(t: TestContext, address: string): Promise<AppError> {
    try {
      await isEncrypted(t, address);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'UNAVAILABLE', String(error));
      return error;
    }
    return assert.fail('it was taken');
  }

  test('asks for encryption, and gets it where the certificate is accepted', async (t) => {
    assert.equal(await isEncrypted(t, addressWith('')), false);
    assert.equal(await isEncrypted(t, addressWith('?sslmode=disable')), false);
    assert.equal(await isEncrypted(t, addressWith('?sslmode=no-verify')), true);
    const named = `&sslrootcert=${encodeURIComponent(authorityFile)}`;
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      assert.equal(await isEncrypted(t, addressWith(`?sslmode=${mode}${named}`)), true, mode);
    }
    t.after(() => configureEgress({}));
    configureEgress({ GMAIL_CA_FILE: authorityFile });
    assert.equal(await isEncrypted(t, addressWith('?sslmode=require')), true);
  });

  test('is refused with what is wrong with the certificate, or with its file', async (t) => {
    for (const mode of ['require', 'verify-ca', 'verify-full']) {
      const { message, details } = await refusal(t, addressWith(`?sslmode=${mode}`));
      assert.match(
        message,
        /cannot be connected to: the certificate is not accepted: its authority is not known/,
        mode,
      );
      assert.match(details.hint ?? '', /GMAIL_CA_FILE, or as sslrootcert/);
    }
    const missing = await refusal(t, addressWith('?sslmode=require&sslrootcert=/nowhere/ca.pem'));
    assert.match(missing.message, /The file of sslrootcert cannot be read: .*\/nowhere\/ca\.pem/);
  });

  test('may name the folder of a socket behind a user without a host, as psql takes it', async (t) => {
    const folder = new URL(server.address('mail')).searchParams.get('host') ?? '';
    assert.equal(await isEncrypted(t, `postgres://gmail@/mail?host=${folder}&port=${port}`), false);
    assert.equal(await isEncrypted(t, `postgres:///mail?host=${folder}&port=${port}&user=gmail`), false);
    assert.equal(await isEncrypted(t, `postgres://gmail@${encodeURIComponent(folder)}:${port}/mail`), false);
  });

  test('without a password, or with a wrong one, is said as such', async (t) => {
    for (const address of [`postgres://gmail@localhost:${port}/mail`, `postgres://gmail:no@localhost:${port}/mail`]) {
      const { message, details } = await refusal(t, address);
      assert.match(message, /localhost:\d+\/mail refuses this user\.$/);
      assert.match(details.hint ?? '', /user and password in GMAIL_STORE/);
    }
  });
});
