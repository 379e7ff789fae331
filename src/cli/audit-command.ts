import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseDuration, parseMoment } from '../core/duration.ts';
import { AppError, messageOf } from '../core/errors.ts';
import { openAuditLog, type AuditEntry, type AuditLog } from '../safety/audit/audit-log.ts';
import type { CommandContext } from './command.ts';

const usage = 'audit [--since TIME] [--token NAME] [--account ADDRESS] [--limit N] [--json] [--verify]';
const defaultLimit = 50;

function readWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { since: text, token: text, account: text, limit: text, json: flag, verify: flag };
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/** `90m`, `12h`, `7d` before now, or a date and time (ISO 8601). */
function readSince(text: string, nowMs: number): number {
  const duration = parseDuration(text);
  const moment = duration === undefined ? parseMoment(text) : nowMs - duration;
  if (moment !== undefined) return moment;
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

function lineOf(entry: AuditEntry): string {
  const { sequence, at, account, event, of, transport, tokenName, requestId, operation, facts } = entry;
  if (event === 'begun') {
    const { method, target, from } = facts;
    const who = `${tokenName ?? 'nobody named'} over ${transport}, request ${requestId || '-'}`;
    const before = from === null || from === undefined ? '' : ` was ${JSON.stringify(from)}`;
    return `${at} ${sequence} ${account} ${operation} by ${who}: ${String(method)} ${JSON.stringify(target)}${before}`;
  }
  const end =
    event === 'done' ? JSON.stringify(facts.to ?? null) : `${String(facts.code)} ${JSON.stringify(facts.message)}`;
  return `${at} ${sequence} ${event} ${of ?? '?'}: ${end}`;
}

function verify(log: AuditLog, file: string): string {
  const broken = log.findBreak();
  const [last] = log.list({ limit: 1 });
  if (broken === undefined) {
    return last === undefined
      ? 'The log is empty.'
      : `The chain is whole: ${last.sequence} entries, the last with the hash ${last.hash}`;
  }
  throw new AppError('CONFLICT', `The audit log was changed: entry ${broken} does not follow from those before it.`, {
    got: file,
    hint: 'Entries before it can be trusted, those from it on cannot. Compare with a backup.',
  });
}

/**
 * `gmail-llm audit`: who changed what, the newest last. `--verify` walks the whole chain and ends with `CONFLICT`, naming
 * the first entry that was changed, or that follows one that is missing.
 */
export async function runAudit({ arguments: words, home, stdout }: CommandContext): Promise<number> {
  const values = readWords(words);
  const file = join(home.dataFolder, 'audit.db');
  const filter = {
    limit: values.limit === undefined ? defaultLimit : readLimit(values.limit),
    ...(values.account === undefined ? {} : { account: values.account.toLowerCase() }),
    ...(values.token === undefined ? {} : { tokenName: values.token }),
    ...(values.since === undefined ? {} : { sinceMs: readSince(values.since, Date.now()) }),
  };
  if (!existsSync(file)) {
    stdout.write(values.json === true ? '[]\n' : 'Nothing has been changed from here yet.\n');
    return 0;
  }
  const log = openAuditLog(file, Date.now);
  try {
    if (values.verify === true) {
      stdout.write(`${verify(log, file)}\n`);
      return 0;
    }
    const entries = log.list(filter).toReversed();
    if (values.json === true) stdout.write(`${JSON.stringify(entries, undefined, 2)}\n`);
    else stdout.write(entries.length === 0 ? 'No such entries.\n' : `${entries.map(lineOf).join('\n')}\n`);
    return 0;
  } finally {
    log.close();
  }
}
