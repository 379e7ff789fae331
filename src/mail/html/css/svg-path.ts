import type { Point } from './position.ts';
import type { Value } from './tokens.ts';
import { oncePer } from '../once-per.ts';

/** Longer paths are not read: each box of a page may have one. */
const maxCharacters = 2000;

/** How many numbers each command takes; arcs are not computed. */
const commands: Readonly<Record<string, number>> = { m: 2, l: 2, h: 1, v: 1, c: 6, s: 4, q: 4, t: 2 };

/**
 * The corners and control points of a path (SVG 2, section 9.3), in order: what is drawn is between them. Undefined where the
 * path is invalid, too long, or has arcs.
 */
export function pathPoints(text: string): readonly Point[] | undefined {
  if (text.length > maxCharacters) return undefined;
  const tokens = text.match(/[a-z]|[+-]?(?:\d+\.?\d*|\.\d+)/gi) ?? [];
  const points: Point[] = [];
  let [start, here] = [
    { x: 0, y: 0 },
    { x: 0, y: 0 },
  ];
  let command = '';
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at] ?? '';
    if (/[a-z]/i.test(token)) {
      command = token;
      at += 1;
      if (/z/i.test(command)) {
        here = start;
        points.push(here);
        continue;
      }
    }
    const count = commands[command.toLowerCase()];
    const numbers = tokens.slice(at, at + (count ?? 0)).map(Number);
    if (count === undefined || numbers.length < count || numbers.some(Number.isNaN)) return undefined;
    at += count;
    const own = pointsOf(command, numbers, here);
    here = own.at(-1) ?? here;
    points.push(...own);
    if (/m/i.test(command)) {
      start = here;
      command = command === 'm' ? 'l' : 'L';
    }
  }
  return points;
}

function pointsOf(command: string, numbers: readonly number[], here: Point): readonly Point[] {
  const isRelative = command === command.toLowerCase();
  const [baseX, baseY] = isRelative ? [here.x, here.y] : [0, 0];
  const [first = 0] = numbers;
  if (/h/i.test(command)) return [{ x: baseX + first, y: here.y }];
  if (/v/i.test(command)) return [{ x: here.x, y: baseY + first }];
  const points: Point[] = [];
  for (let at = 0; at + 1 < numbers.length; at += 2)
    points.push({ x: baseX + (numbers[at] ?? 0), y: baseY + (numbers[at + 1] ?? 0) });
  return points;
}

/** {@link pathPoints} of the path in quotes among values. */
export const quotedPathPoints = oncePer((values: readonly Value[]): readonly Point[] | undefined => {
  const text = values.find((value) => value.kind === 'text');
  return text?.kind === 'text' ? pathPoints(text.text) : undefined;
});
