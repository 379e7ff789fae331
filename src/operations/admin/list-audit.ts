import * as z from 'zod';
import { fence } from '../kernel/answer-text.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { auditEntry, auditLine } from './audit-view.ts';
import { outboxId } from './outbox-view.ts';

/** What `list_audit` returns. */
export const auditList = z.object({
  entries: z.array(auditEntry).readonly(),
  nextBefore: z.int().optional().describe('Where older ones begin, if there may be any.'),
});

/** Entries that one call returns at most. */
export const mostAuditEntries = 1000;

export const listAudit = defineHomeOperation({
  name: 'list_audit',
  route: 'GET /api/admin/audit',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Who changed what, newest first.',
  input: {
    tokenName: z.string().min(1).max(64).exactOptional(),
    operation: z.string().min(1).max(64).exactOptional(),
    requestId: z.string().min(1).max(128).exactOptional().describe('Only what this request changed.'),
    outboxId: outboxId.exactOptional().describe('Only what happened to this entry of the outbox.'),
    since: z.iso.datetime({ offset: true }).exactOptional(),
    before: z.int().min(1).exactOptional().describe('Only entries before this sequence.'),
    limit: z.int().min(1).max(mostAuditEntries).default(50),
  },
  output: auditList,
  async run({ since, before, ...filter }, { services: { safety }, account }) {
    if (!safety.hasAudit()) return { entries: [] };
    const entries = await safety.audit().list({
      ...filter,
      ...(account === undefined ? {} : { account }),
      ...(since === undefined ? {} : { sinceMs: Date.parse(since) }),
      ...(before === undefined ? {} : { beforeSequence: before }),
    });
    const oldest = entries.at(-1)?.sequence ?? 1;
    return { entries, ...(entries.length < filter.limit || oldest === 1 ? {} : { nextBefore: oldest }) };
  },
  text: ({ entries, nextBefore }) =>
    entries.length === 0
      ? 'No such entries.'
      : [
          ...fence('audit log', entries.map(auditLine).join('\n')),
          ...(nextBefore === undefined ? [] : [`Older: before ${nextBefore}`]),
        ],
});
