import { logSizeBytes, rotate, type RotatingFile } from './log-file.ts';

const shortestMs = 100;
const longestMs = 10_000;

/**
 * Rotates a log when it is over its limit, until `signal` aborts. The size is looked at often at first and
 * while it could be full soon, and less and less often while it grows slowly. `failed` hears of a rotation that did not work.
 */
export function watchLogSize(
  file: RotatingFile,
  whilePaused: (work: () => void) => void,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): void {
  if (file.maximumBytes <= 0) return;
  let lastSize = logSizeBytes(file.path);
  let lastTime = performance.now();
  let delayMs = shortestMs;
  if (lastSize === undefined) return;

  const look = (): void => {
    const size = logSizeBytes(file.path) ?? 0;
    const now = performance.now();
    const bytesPerMs = Math.max(0, size - (lastSize ?? 0)) / Math.max(1, now - lastTime);
    lastSize = size;
    lastTime = now;
    if (size > file.maximumBytes) {
      try {
        rotate(file, whilePaused);
        lastSize = 0;
      } catch (error) {
        failed(error);
      }
    }
    const untilFullMs = (file.maximumBytes - lastSize) / Math.max(bytesPerMs, 1e-9);
    delayMs = Math.max(shortestMs, Math.min(longestMs, 2 * delayMs, untilFullMs / 2));
    timer = setTimeout(look, delayMs).unref();
  };
  let timer: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  look();
}
