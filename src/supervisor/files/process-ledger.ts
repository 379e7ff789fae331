import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf, systemCode } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A process as the state file knows it, so that the next supervisor finds it if this one is killed. */
export interface LedgerEntry {
  readonly group: string;
  readonly name: string;
  /** Given to it in its environment. */
  readonly nonce: string;
  /** What it was started as; a process of another configuration is not the one that is wanted. */
  readonly fingerprint: string;
  /** Whether it serves, is to take over, or is on its way out. */
  readonly role: 'current' | 'successor' | 'retiring';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Absent while it is being started. */
  readonly identity?: ProcessIdentity;
}

/** The state file of a supervisor: what it has started and not seen end. */
export interface ProcessLedger {
  /** Adds an entry, or replaces the one with its nonce. */
  put(entry: LedgerEntry): void;
  remove(nonce: string): void;
  readonly entries: readonly LedgerEntry[];
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry: Readonly<Partial<Record<keyof LedgerEntry, unknown>>> = value;
  const texts = [entry.group, entry.name, entry.nonce, entry.fingerprint, entry.role];
  if (texts.some((text) => typeof text !== 'string' || text === '') || typeof entry.startedAt !== 'number')
    return false;
  const { identity } = entry;
  if (identity === undefined) return true;
  const { pid, startTicks }: { pid?: unknown; startTicks?: unknown } = identity ?? {};
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 && typeof startTicks === 'number';
}

function readEntries(file: string, logger: Logger): readonly LedgerEntry[] {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(content) && content.every(isEntry)) return content;
    throw new Error('expected a list of processes');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      logger.warn(`${file} cannot be read, so that processes of an earlier supervisor are not adopted`, {
        reason: messageOf(error),
      });
    }
    return [];
  }
}

/** Opens the state file; each change replaces it in one step, and it is removed when it is empty. */
export function openProcessLedger(file: string, logger: Logger): ProcessLedger {
  const entries = new Map(readEntries(file, logger).map((entry) => [entry.nonce, entry]));
  const save = (): void => {
    try {
      if (entries.size === 0) {
        rmSync(file, { force: true });
        return;
      }
      writeFileSync(`${file}.new`, `${JSON.stringify([...entries.values()])}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      // A full disk must not stop a program from starting: only its adoption by the next supervisor is lost.
      logger.error(`${file} cannot be written`, { error });
    }
  };
  return {
    put: (entry) => {
      entries.set(entry.nonce, entry);
      save();
    },
    remove: (nonce) => {
      if (entries.delete(nonce)) save();
    },
    get entries() {
      return [...entries.values()];
    },
  };
}
