/** The emulator's clock. It runs like the real one, from where it was set. Milliseconds since 1970. */
export interface EmulatorClock {
  readonly nowMs: () => number;
  readonly set: (nowMs: number) => void;
  /** Backwards with a negative number. */
  readonly advance: (byMs: number) => void;
}

/** Makes a clock that starts at `startMs`. `beforeJump` is called before every jump, while the old time still holds. */
export function createEmulatorClock(startMs: number, beforeJump: () => void): EmulatorClock {
  let offsetMs = startMs - Date.now();
  const nowMs = (): number => Date.now() + offsetMs;
  const advance = (byMs: number): void => {
    beforeJump();
    offsetMs += byMs;
  };
  return { nowMs, advance, set: (target) => advance(target - nowMs()) };
}
