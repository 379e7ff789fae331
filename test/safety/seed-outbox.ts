import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { OutboxStore } from '../../src/store/outbox/outbox-store.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { openSqliteOutbox } from '../../src/store/sqlite/outbox/open-outbox-store.ts';
import { buildMail } from '../build-mail.ts';

/** Ids of messages of an outbox, by what became of them. */
export interface SeededOutbox {
  readonly parked: string;
  readonly rejectable: string;
  readonly waiting: string;
  readonly failed: string;
}

/** What the person approves of each. */
export const seededHash = 'f00d';

/** An entry as the owner's token asked for it. */
export function seededEntry(
  { account, to, subject = 'Hello' }: { readonly account: string; readonly to: string; readonly subject?: string },
  state: 'parked' | 'waiting' | 'drafting',
): Parameters<OutboxStore['add']>[0] {
  return {
    id: randomUUID().replaceAll('-', '').slice(0, 12),
    account,
    key: undefined,
    keyMs: 0,
    state,
    sendsAtMs: Date.now() + 24 * 60 * 60 * 1000,
    operation: 'send_message',
    actor: { transport: 'rest', requestId: 'seed', tokenName: 'owner', callId: undefined },
    message: {
      raw: buildMail({ from: account, to, subject }),
      from: account,
      to: [to],
      cc: [],
      bcc: [],
      subject,
      text: 'Nothing to say.',
      attachments: [],
      warnings: [],
      contentHash: seededHash,
    },
    limits: [],
  };
}

/** Puts messages into the outbox of a home, as the owner's token asked for them; `subject` is each one's. */
export async function seedOutbox(
  dataFolder: string,
  about: { readonly account: string; readonly to: string; readonly subject?: string },
): Promise<SeededOutbox> {
  const audit = () => openSqliteAuditLog(join(dataFolder, 'audit.db'), Date.now);
  const store = openSqliteOutbox(join(dataFolder, 'outbox.db'), audit, Date.now);
  const add = async (state: 'parked' | 'waiting' | 'drafting') => {
    const added = await store.add(seededEntry(about, state));
    if (added.kind !== 'added') throw new Error(`not added: ${added.kind}`);
    return added.held;
  };
  const failed = await add('drafting');
  await store.advance(failed.hold, 'fail', { failure: { code: 'UNAVAILABLE', message: 'Nobody was there.' } });
  await store.release(failed.hold);
  const seeded = {
    parked: (await add('parked')).entry.id,
    rejectable: (await add('parked')).entry.id,
    waiting: (await add('waiting')).entry.id,
    failed: failed.entry.id,
  };
  store.close();
  return seeded;
}
