import { pixelsOf, type LengthContext } from './length.ts';
import type { Value } from './tokens.ts';

/** A place, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What positions in percent are of. */
export interface Room {
  readonly width: number;
  readonly height: number;
  readonly lengths: LengthContext;
}

const shares: Readonly<Record<string, number>> = { left: 0, top: 0, center: 0.5, right: 1, bottom: 1 };

function isWord(value: Value | undefined, ...names: readonly string[]): boolean {
  return value?.kind === 'word' && names.includes(value.name);
}

/**
 * A position of one or two values (CSS Values 4, `<position>`) in a room; a third, which is depth, is left out. Undefined
 * where it is none, or one with distances from named sides.
 */
export function parsePosition(values: readonly Value[], { width, height, lengths }: Room): Point | undefined {
  const [first, second] = values;
  if (first === undefined) return undefined;
  const isSwapped = isWord(first, 'top', 'bottom') || isWord(second, 'left', 'right');
  const [across, down] = isSwapped ? [second, first] : [first, second];
  const x = distance(across, width, lengths);
  const y = distance(down, height, lengths);
  return x === undefined || y === undefined ? undefined : { x, y };
}

function distance(value: Value | undefined, room: number, lengths: LengthContext): number | undefined {
  if (value === undefined) return room / 2;
  if (value.kind !== 'word') return pixelsOf(value, { ...lengths, percentBase: room });
  const share = shares[value.name];
  return share === undefined ? undefined : share * room;
}
