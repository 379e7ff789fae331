import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How long after the last request nobody looks any more: a collection takes up to a tenth of a second. */
const quietMs = 10_000;

/** What `--expose-gc` gives. */
type Collect = (options: {
  readonly type: 'major';
  readonly execution: 'sync';
  readonly flavor: 'last-resort';
}) => void;

function isCollect(value: unknown): value is Collect {
  return typeof value === 'function';
}

/** Collects everything, compiled code too: it is compiled again when a page runs it. */
function makeCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (!isCollect(collect)) throw new Error('V8 exposes no collection.');
  return () => {
    for (const flag of ['--flush-baseline-code', '--stress-flush-code']) setFlagsFromString(flag);
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    for (const flag of ['--no-flush-baseline-code', '--no-stress-flush-code']) setFlagsFromString(flag);
  };
}

/** Gives memory back to the system when nothing has gone on for a while. */
export interface QuietCollector {
  /** Something goes on until the function that it returns is called. */
  begin(): () => void;
  close(): void;
}

/**
 * Collects the whole heap once nobody has asked for anything for 10 s, streams included. V8 collects when it allocates: a
 * process that does nothing would hold for ever what the last page left.
 */
export function collectWhenQuiet(): QuietCollector {
  let going = 0;
  let timer: NodeJS.Timeout | undefined;
  let collect: (() => void) | undefined;
  const wait = (): void => {
    timer = setTimeout(() => {
      collect ??= makeCollector();
      collect();
    }, quietMs);
    timer.unref();
  };
  wait();
  return {
    begin() {
      clearTimeout(timer);
      going += 1;
      return () => {
        going -= 1;
        if (going === 0) wait();
      };
    },
    close: () => clearTimeout(timer),
  };
}
