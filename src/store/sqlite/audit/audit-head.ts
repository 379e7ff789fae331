import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { AppError, messageOf, systemCode } from '../../../core/errors.ts';
import { isJsonObject } from '../../../core/json-object.ts';
import { isSameSecret } from '../../../core/same-secret.ts';

/** The last entry of an audit log. */
interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** What is read of a log. */
interface LogEnd {
  readonly last: () => Promise<Head | undefined>;
  readonly hashOf: (sequence: number) => Promise<string | undefined>;
}

/**
 * The last entry of the audit log, signed, in a file beside the data folder: a log that was cut, put back or deleted no
 * longer has the entry that is written here.
 */
export interface AuditHead {
  readonly exists: () => boolean;
  /**
   * Writes down the log's last entry, unless the log has lost what stands here: that stays to be seen. Throws `UNAVAILABLE`
   * when it cannot be written.
   */
  readonly keep: (log: LogEnd) => Promise<void>;
  /** The sequence of the entry that stands here, where the log has it no longer. */
  readonly findLoss: (log: LogEnd) => Promise<number | undefined>;
}

/** Another process may write an entry meanwhile; then the head is written again. */
const maxAttempts = 20;

/** The head in `file`; the key that it is signed with is beside it, 0600. */
export function auditHeadIn(file: string): AuditHead {
  const keyFile = `${file}.key`;

  const key = (): Buffer => {
    if (!existsSync(keyFile)) makeKey(keyFile);
    return Buffer.from(readFileSync(keyFile, 'utf8'), 'base64url');
  };
  const signatureOf = ({ sequence, hash }: Head): string =>
    createHmac('sha256', key())
      .update(JSON.stringify([sequence, hash]))
      .digest('base64url');

  /** Undefined where there is none; throws `CONFLICT` for one that was not written here. */
  const read = (): Head | undefined => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw new AppError('UNAVAILABLE', `${file} cannot be read: ${messageOf(error)}.`, {}, error);
    }
    const { sequence, hash, signature } = fieldsOf(text);
    const head = { sequence: Number(sequence), hash: String(hash) };
    if (isSameSecret(String(signature), signatureOf(head))) return head;
    throw new AppError('CONFLICT', `${file}, the signed end of the audit log, or its key ${keyFile} was changed.`, {
      hint: `Compare data/audit.db with a backup; then remove ${file}: the next change writes it again.`,
    });
  };

  const findLoss = async ({ hashOf }: LogEnd): Promise<number | undefined> => {
    const head = read();
    return head === undefined || (await hashOf(head.sequence)) === head.hash ? undefined : head.sequence;
  };

  return {
    exists: () => existsSync(file),
    findLoss,
    async keep(log) {
      if ((await findLoss(log)) !== undefined) return;
      let head = await log.last();
      for (let attempt = 0; head !== undefined && attempt < maxAttempts; attempt += 1) {
        const text = JSON.stringify({ ...head, signature: signatureOf(head) });
        replace(file, `${text}\n`);
        const newest = await log.last();
        if (newest?.sequence === head.sequence) return;
        head = newest;
      }
    },
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

function replace(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    throw new AppError('UNAVAILABLE', `${file} cannot be written: ${messageOf(error)}.`, {}, error);
  }
}

/** Two processes that start at once get the same key: a link is there whole or not at all. */
function makeKey(keyFile: string): void {
  const draft = `${keyFile}.${process.pid}`;
  try {
    writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    linkSync(draft, keyFile);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    throw new AppError('UNAVAILABLE', `${keyFile} cannot be written: ${messageOf(error)}.`, {}, error);
  } finally {
    if (existsSync(draft)) unlinkSync(draft);
  }
}

/** The names, below a home's folder, of the signed end of its audit log and of the key of that. */
export const auditHeadFiles = ['audit-head.json', 'audit-head.json.key'] as const;
