import type { MailWriter } from '../../store/mail/mail-store.ts';
import { makeVerifiedDue, readMirrorState, readVerified, writeMirrorState } from './mirror-state.ts';

/** What a change of ours needs to know when it is over. */
export interface OwnWrite {
  readonly historyId: string | undefined;
  /** What `writes` was when it had begun; 0 where there was no mirror. */
  readonly number: number;
}

/** A change that has not ended after this was that of a process which was killed. */
const longestWriteMs = 120_000;

/** Notes that a change of ours begins. Runs inside a write transaction, as what follows does. */
export async function beginOwnWrite(rows: MailWriter, nowMs: number): Promise<OwnWrite> {
  const known = await readMirrorState(rows);
  if (known === undefined) return { historyId: undefined, number: 0 };
  const number = known.writes + 1;
  await writeMirrorState(rows, { ...known, writes: number, open: { ...known.open, [number]: nowMs } });
  return { historyId: known.historyId, number };
}

/**
 * Notes that a change of ours has ended, and shows it. Where another one, of ours or in the history, may be later than it,
 * the history says what they came to: it is asked before the next read.
 */
export async function endOwnWrite(
  rows: MailWriter,
  write: OwnWrite,
  { nowMs, show }: { readonly nowMs: number; readonly show: ((rows: MailWriter) => Promise<void>) | undefined },
): Promise<void> {
  const known = await readMirrorState(rows);
  if (known === undefined) return;
  const { [write.number]: _, ...others } = known.open;
  const open = Object.fromEntries(
    Object.entries(others).filter(([, beganMs]) => Math.abs(nowMs - beganMs) < longestWriteMs),
  );
  const isAlone = known.writes === write.number && Object.keys(open).length === 0;
  const isNext = isAlone && known.historyId === write.historyId && !(await readVerified(rows)).isDue;
  const isShown = show !== undefined && isNext;
  const shown = known.shown + (isShown ? 1 : 0);
  await writeMirrorState(rows, { ...known, writes: known.writes + 1, open, shown });
  if (isShown) await show(rows);
  else await makeVerifiedDue(rows);
}
