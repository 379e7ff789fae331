import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';

/** What `verify_audit` returns of a log that is whole. */
export const auditState = z.object({
  entries: z.int(),
  hash: z.string().optional().describe('Of the last entry, if there is one.'),
});

export const verifyAudit = defineHomeOperation({
  name: 'verify_audit',
  route: 'GET /api/admin/audit/verify',
  grant: 'admin',
  toolset: 'admin',
  summary: 'Whether the audit log is as it was written, to its last entry.',
  input: {},
  output: auditState,
  async run(_input, { services: { safety } }) {
    if (!safety.hasAudit()) return { entries: 0 };
    const log = safety.audit();
    const broken = await log.findBreak();
    if (broken !== undefined) {
      throw new AppError(
        'CONFLICT',
        `The audit log was changed: entry ${broken} does not follow from those before it, or is gone.`,
        {
          hint: 'Entries before it can be trusted, those from it on cannot. Compare data/audit.db with a backup. A log that was put back on purpose is taken for whole once audit-head.json beside the data folder is removed.',
        },
      );
    }
    const [last] = await log.list({ limit: 1 });
    return last === undefined ? { entries: 0 } : { entries: last.sequence, hash: last.hash };
  },
  text: ({ entries, hash }) =>
    hash === undefined ? 'The log is empty.' : `The chain is whole: ${entries} entries, the last with the hash ${hash}`,
});
