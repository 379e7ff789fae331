import { parseArgs } from 'node:util';
import { parseDuration, parseMoment } from '../core/duration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { auditLine } from '../operations/admin/audit-view.ts';
import { auditList, listAudit, mostAuditEntries } from '../operations/admin/list-audit.ts';
import { verifyAudit } from '../operations/admin/verify-audit.ts';
import type { AuditEntry } from '../store/audit/audit-log.ts';
import type { Assembly } from '../server/assemble.ts';
import { textFor, valueFor } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

const usage =
  'audit [--since TIME] [--token NAME] [--account ADDRESS] [--operation NAME] [--limit N] [--json] [--verify]';
const defaultLimit = 50;

function readWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { since: text, token: text, account: text, operation: text, limit: text, json: flag, verify: flag };
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/** `90m`, `12h`, `7d` before now, or a date and time (ISO 8601). */
function readSince(text: string, nowMs: number): string {
  const duration = parseDuration(text);
  const moment = duration === undefined ? parseMoment(text) : nowMs - duration;
  if (moment !== undefined) return new Date(moment).toISOString();
  throw new AppError('INVALID_INPUT', 'This is no time.', {
    field: '--since',
    expected: '90m, 12h, 7d or 2026-11-22T18:00:00+01:00',
    got: text,
  });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (/^\d{1,7}$/.test(text) && limit > 0) return limit;
  throw new AppError('INVALID_INPUT', 'This is no number of entries.', {
    field: '--limit',
    expected: 'a number from 1',
    got: text,
  });
}

/** The newest entries that a filter lets through, page by page, the newest first. */
async function newest(
  assembly: Assembly,
  filter: object,
  limit: number,
  signal: AbortSignal,
): Promise<readonly AuditEntry[]> {
  const found: AuditEntry[] = [];
  let before: number | undefined;
  do {
    const page = {
      limit: Math.min(limit - found.length, mostAuditEntries),
      ...(before === undefined ? {} : { before }),
    };
    const { entries, nextBefore } = await valueFor(assembly, listAudit, auditList, { ...filter, ...page }, { signal });
    found.push(...entries);
    before = nextBefore;
  } while (before !== undefined && found.length < limit);
  return found;
}

/**
 * `gmail-llm audit`: who changed what, the newest last. `--verify` walks the whole chain and ends with `CONFLICT`, naming
 * the first entry that was changed, or that follows one that is missing.
 */
export async function runAudit({ arguments: words, environment, stdout, signal }: CommandContext): Promise<number> {
  const { since, token, account, operation, limit, json = false, verify = false } = readWords(words);
  const most = limit === undefined ? defaultLimit : readLimit(limit);
  const filter = {
    ...(account === undefined ? {} : { account: account.toLowerCase() }),
    ...(token === undefined ? {} : { tokenName: token }),
    ...(operation === undefined ? {} : { operation }),
    ...(since === undefined ? {} : { since: readSince(since, Date.now()) }),
  };
  return withServices(environment, async (assembly) => {
    if (!assembly.services.safety.hasAudit()) {
      stdout.write(json ? '[]\n' : 'Nothing has been changed from here yet.\n');
      return 0;
    }
    if (verify) {
      stdout.write(`${await textFor(assembly, verifyAudit, {}, { signal })}\n`);
      return 0;
    }
    const entries = (await newest(assembly, filter, most, signal)).toReversed();
    if (json) stdout.write(`${JSON.stringify(entries, undefined, 2)}\n`);
    else stdout.write(entries.length === 0 ? 'No such entries.\n' : `${entries.map(auditLine).join('\n')}\n`);
    return 0;
  });
}
