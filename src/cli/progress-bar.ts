import type { Output } from './output.ts';

/** How far work is that goes by bytes; `found` counts what people count. */
export interface Progress {
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly found: number;
}

/** Shows how far an import is, until `clear` makes room for what is written next. */
export interface ProgressBar {
  update(progress: Progress): void;
  clear(): void;
}

/** What the rate and the time left are worked out from. */
export interface Pace {
  readonly elapsedMs: number;
  /** Where the import stood at its beginning: it may go on from an earlier one. */
  readonly since: Progress;
  /** What `found` counts. */
  readonly counted?: string;
}

/** Without a terminal a line is a line for good, so there are few. */
const plainLineEveryMs = 5000;
/** The first moments say nothing of the speed yet. */
const firstEstimateAfterMs = 1000;
const widestBar = 30;
const narrowestBar = 6;

/** A bar that stays on one line of a terminal; on any other stream a line every five seconds. */
export function createProgressBar(stream: Output, now: () => number, counted = 'messages'): ProgressBar {
  const startedMs = now();
  let first: Progress | undefined;
  const isTerminal = stream.isTTY === true;
  let lastLineMs = startedMs;
  let isShown = false;
  return {
    update(progress) {
      first ??= progress;
      const pace = { elapsedMs: now() - startedMs, since: first, counted };
      if (isTerminal) {
        stream.write(`\r${renderProgress(progress, pace, (stream.columns ?? 80) - 1)}\u001B[K`);
        isShown = true;
      } else if (now() - lastLineMs >= plainLineEveryMs) {
        lastLineMs = now();
        stream.write(`${renderProgress(progress, pace, 0)}\n`);
      }
    },
    clear() {
      if (isShown) stream.write('\r\u001B[K');
      isShown = false;
    },
  };
}

/**
 * One line: bar, share, bytes, messages, rate, time left. The bar takes the columns that the words leave, none where
 * they leave too few, and the line is cut to what the terminal has; with no columns it is words only.
 */
export function renderProgress(
  progress: Progress,
  { elapsedMs, since, counted = 'messages' }: Pace,
  columns: number,
): string {
  const { doneBytes, totalBytes, found } = progress;
  const share = totalBytes === 0 ? 1 : Math.min(1, doneBytes / totalBytes);
  const readBytes = doneBytes - since.doneBytes;
  const hasPace = elapsedMs >= firstEstimateAfterMs && readBytes > 0;
  const rate = hasPace ? (found - since.found) / (elapsedMs / 1000) : undefined;
  const leftMs = hasPace ? ((totalBytes - doneBytes) / readBytes) * elapsedMs : undefined;
  const words = [
    `${String(Math.floor(share * 100)).padStart(3)}%`,
    `${formatMegabytes(doneBytes)}/${formatMegabytes(totalBytes)} MB`,
    `${formatCount(found)} ${counted}`,
    ...(rate === undefined ? [] : [`${formatCount(Math.round(rate))}/s`]),
    ...(leftMs === undefined ? [] : [`${formatDuration(leftMs)} left`]),
  ].join('  ');
  if (columns === 0) return words.trim();
  const barWidth = Math.min(widestBar, columns - words.length - 3);
  if (barWidth < narrowestBar) return words.slice(0, columns);
  const filled = Math.round(share * barWidth);
  return `[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${words}`;
}

/** `12,345` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `0:07`, `12:30`, `1:02:30` */
export function formatDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const start = hours === 0 ? String(minutes) : `${hours}:${twoDigits(minutes)}`;
  return `${start}:${twoDigits(seconds % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

export function formatMegabytes(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return megabytes.toLocaleString('en-US', {
    maximumFractionDigits: megabytes < 100 ? 1 : 0,
    minimumFractionDigits: megabytes < 100 ? 1 : 0,
  });
}

/** Shows how many messages were done of a number that nobody knows yet, and how many a second. */
export function createCountLine(
  stream: Output,
  now: () => number,
): { readonly update: (count: number) => void; readonly clear: () => void } {
  const startedMs = now();
  const isTerminal = stream.isTTY === true;
  const everyMs = isTerminal ? 100 : plainLineEveryMs;
  let lastMs = startedMs;
  let isShown = false;
  return {
    update(count) {
      if (now() - lastMs < everyMs) return;
      lastMs = now();
      const rate = formatCount(Math.round(count / ((lastMs - startedMs) / 1000)));
      const text = `${formatCount(count)} messages  ${rate}/s`;
      stream.write(isTerminal ? `\r${text}\u001B[K` : `${text}\n`);
      isShown = isTerminal;
    },
    clear() {
      if (isShown) stream.write('\r\u001B[K');
      isShown = false;
    },
  };
}
