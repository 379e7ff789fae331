import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuditLog } from '../../src/store/sql/audit/create-audit-log.ts';
import { createOutboxStore } from '../../src/store/sql/outbox/create-outbox-store.ts';
import { auditFormat } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import { outboxFormat } from '../../src/store/sqlite/outbox/open-outbox-store.ts';
import { sqlOnSqlite } from '../../src/store/sqlite/sql-on-sqlite.ts';
import { seededEntry } from '../../test/safety/seed-outbox.ts';

/** Lines of each log file: more than the page reads of it. */
const logLines = 8000;
/** What few changes are made by, among many. */
export const rareOperation = 'create_filter';

/** Fills the audit log, the outbox and the log files of a home; nothing waits for the disk, unlike real changes. */
export async function seedHome(
  home: string,
  { account, changes, sends }: { readonly account: string; readonly changes: number; readonly sends: number },
): Promise<void> {
  const open = (name: string, format: typeof auditFormat) => {
    const database = openDatabase(join(home, 'data', name), format);
    database.execute('PRAGMA synchronous = OFF');
    return sqlOnSqlite(database);
  };
  const audit = createAuditLog(open('audit.db', auditFormat), Date.now);
  for (let index = 0; index < changes; index++) {
    const sequence = await audit.begin({
      account,
      actor: { transport: 'mcp', requestId: `request-${index}`, tokenName: `agent-${index % 5}` },
      operation: index % 1000 === 0 ? rareOperation : 'modify_messages',
      method: 'modifyMessages',
      target: { ids: [`${index}`], addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] },
      from: { [index]: ['INBOX', 'UNREAD'] },
    });
    await audit.end(sequence, { kind: 'done', to: { changed: 1 } });
  }
  const outbox = createOutboxStore(open('outbox.db', outboxFormat), () => audit, Date.now);
  for (let index = 0; index < sends; index++) {
    const about = { account, to: `person-${index}@example.net`, subject: `Message ${index}` };
    // One of a hundred still waits for its owner, and the others are over.
    const entry = seededEntry(about, 'parked');
    await outbox.add(entry);
    if (index % 100 !== 0) await outbox.move(entry.id, 'reject', { reason: 'No.' });
  }
  outbox.close();
  audit.close();
  mkdirSync(join(home, 'logs'), { recursive: true });
  for (const program of ['gmail-mcp-server', 'gmail-api-server']) {
    const lines = Array.from({ length: logLines }, (_, index) => {
      const time = new Date(Date.now() - (logLines - index) * 400).toISOString();
      const facts = {
        operation: 'search_messages',
        code: 'OK',
        ms: index % 90,
        transport: 'mcp',
        tokenName: 'agent-1',
      };
      return JSON.stringify({ time, level: 'info', program, message: 'call', requestId: `request-${index}`, ...facts });
    });
    writeFileSync(join(home, 'logs', `${program}.log`), `${lines.join('\n')}\n`);
  }
}
