import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import * as z from 'zod';
import { AppError } from '../../src/core/errors.ts';
import { digestMailbox } from '../../src/local/migrate/compare-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { operations } from '../../src/operations/operations.ts';
import { openMailStore } from '../../src/store/postgres/mail/open-mail-store.ts';
import { postgresAt } from '../../src/store/postgres/open-postgres.ts';
import { buildMail } from '../build-mail.ts';
import { skipWithoutPostgres, startPostgres } from '../support/postgres.ts';
import { ann, bob, others, secret, startAccounts } from './two-accounts.ts';

/** Fields by which an operation can name something that an account has. */
const naming = new Set(
  (
    'id ids messageId change replyTo forward attachments addLabelIds labelIds action q pageToken startHistoryId ' +
    'idempotencyKey from sendAsEmail forwardingEmail delegateEmail emailAddress'
  ).split(' '),
);
/** Operations that name what they make. */
const making = new Set(['create_send_as', 'create_forwarding_address', 'create_delegate']);

async function everyForeignId(t: TestContext, environment: Readonly<Record<string, string>>): Promise<void> {
  const { services, call, inputs } = await startAccounts(t, environment);
  const naked = operations.filter(({ name, grant, input }) => {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
    return grant !== 'admin' && !making.has(name) && Object.keys(properties).some((field) => naming.has(field));
  });
  // An operation that comes later has to say here how it would reach what another account has.
  assert.deepEqual(naked.map(({ name }) => name).toSorted(), Object.keys(inputs).toSorted());
  const digest = async () => digestMailbox(await services.mailboxes.open(ann), t.signal);
  const before = await digest();
  for (const [name, all] of Object.entries(inputs)) {
    for (const input of all) {
      let told: string;
      try {
        const answer = await call(bob, name, input);
        told = JSON.stringify(answer) ?? '';
      } catch (error) {
        assert.ok(error instanceof AppError, `${name} ${JSON.stringify(input)}: ${String(error)}`);
        assert.ok(['NOT_FOUND', 'INVALID_INPUT', 'FORBIDDEN'].includes(error.code), `${name}: ${error.code}`);
        // What the caller has said itself is told again.
        told = `${error.message} ${JSON.stringify(error.details)}`.replaceAll(String(Object(input).q), '');
      }
      assert.ok(!told.includes(secret), `${name} ${JSON.stringify(input)} tells ${told}`);
    }
  }
  // The account itself, by every operation there is: before anything else is looked at.
  const refused = operations.filter(({ grant, input }) => {
    const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
    return grant !== 'admin' && 'account' in properties;
  });
  for (const { name } of refused) {
    for (const input of inputs[name] ?? others[name] ?? assert.fail(`${name} has no input here`)) {
      await assert.rejects(call(bob, name, { ...input, account: ann }), { code: 'FORBIDDEN' }, name);
    }
  }
  assert.deepEqual(await digest(), before);
}

suite('an account never reaches what another has, by any operation that names something', () => {
  test('on SQLite', (t) => everyForeignId(t, {}));

  test('on PostgreSQL', { skip: skipWithoutPostgres }, async (t) => {
    const postgres = await startPostgres(t);
    await everyForeignId(t, { GMAIL_STORE: postgres.create('mail') });
  });

  test('on PostgreSQL, by the keys of rows', { skip: skipWithoutPostgres }, async (t) => {
    const postgres = await startPostgres(t);
    const database = postgresAt(postgres.create('mail'));
    t.after(() => database.close());
    const [theirs, own] = [await openMailStore(database, ann), await openMailStore(database, bob)];
    const { id } = await openLocalMailbox({ store: theirs, emailAddress: ann }).importMessage({
      raw: buildMail({ subject: secret }),
      labelIds: ['INBOX'],
    });
    const { key, threadKey, bytesKey } =
      (await theirs.once((rows) => rows.messages.byId(id))) ?? assert.fail('it is not there');
    const before = await digestMailbox(theirs, t.signal);
    const inbox = (await own.once((rows) => rows.labels.list())).find((label) => label.id === 'STARRED');
    await own.write(async (rows) => {
      assert.equal(await rows.messages.byId(id), undefined);
      assert.deepEqual(await rows.messages.byKeys([key]), []);
      assert.deepEqual(await rows.messages.ofThreads([threadKey]), [[]]);
      assert.deepEqual(await rows.messages.targets([id]), []);
      const relabelled = await rows.messages.relabel({
        messageKeys: [key],
        addKeys: [inbox?.key ?? 0],
        removeKeys: [],
      });
      assert.deepEqual(relabelled, []);
      assert.deepEqual(await rows.messages.delete([key]), []);
    });
    await assert.rejects(own.bytes.get(bytesKey), { code: 'UNAVAILABLE' });
    await own.bytes.discard(bytesKey);
    await own.bytes.sweep();
    assert.deepEqual(await digestMailbox(theirs, t.signal), before);
  });
});
