import * as z from 'zod';
import { transports } from '../../core/context.ts';
import type { AuditEntry } from '../../store/audit/audit-log.ts';

/** One line of the audit log: the beginning of a change, or its end. */
export const auditEntry = z
  .object({
    sequence: z.number(),
    at: z.iso.datetime(),
    account: z.string().describe('Empty where a change concerns the installation.'),
    event: z.enum(['begun', 'done', 'failed', 'unknown']),
    of: z.number().exactOptional().describe('Of an end: the sequence of its beginning.'),
    transport: z.enum(transports),
    tokenName: z.string().exactOptional(),
    requestId: z.string(),
    operation: z.string(),
    facts: z
      .record(z.string(), z.unknown())
      .readonly()
      .describe('Method, target, from and to, and what the client calls itself; or code and message.'),
    hash: z.string().describe('SHA-256 of the entry before and this one.'),
  })
  .readonly()
  .meta({ id: 'AuditEntry' });

/** An entry as a line. */
export function auditLine(entry: AuditEntry): string {
  const { sequence, at, account, event, of, transport, tokenName, requestId, operation, facts } = entry;
  if (event === 'begun') {
    const { method, target, from, client } = facts;
    const through = typeof client === 'string' ? ` by client ${client}` : '';
    const who = `${tokenName ?? 'nobody named'} over ${transport}${through}, request ${requestId || '-'}`;
    const before = from === null || from === undefined ? '' : ` was ${JSON.stringify(from)}`;
    return `${at} ${sequence} ${account || '-'} ${operation} by ${who}: ${String(method)} ${JSON.stringify(target)}${before}`;
  }
  const end =
    event === 'done' ? JSON.stringify(facts.to ?? null) : `${String(facts.code)} ${JSON.stringify(facts.message)}`;
  return `${at} ${sequence} ${event} ${of ?? '?'}: ${end}`;
}
