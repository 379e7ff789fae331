import type { Longhands } from './shorthand.ts';
import { splitAtCommas, type Value } from './tokens.ts';

const directions = new Set(['normal', 'reverse', 'alternate', 'alternate-reverse']);
const fillModes = new Set(['none', 'forwards', 'backwards', 'both']);
const otherWords = new Set(
  'running paused linear ease ease-in ease-out ease-in-out step-start step-end auto'.split(' '),
);

/** `animation`: of several, the last is what counts here, as it wins over those before. */
export function expandAnimation(values: readonly Value[]): Longhands | undefined {
  const last = splitAtCommas(values).at(-1) ?? [];
  const found = new Map<string, readonly Value[]>();
  const times: Value[] = [];
  for (const value of last) {
    const name = value.kind === 'word' ? value.name : '';
    if (value.kind === 'length' && (value.unit === 's' || value.unit === 'ms')) times.push(value);
    else if (value.kind === 'number' || name === 'infinite') found.set('animation-iteration-count', [value]);
    else if (directions.has(name) && !found.has('animation-direction')) found.set('animation-direction', [value]);
    else if (fillModes.has(name) && !found.has('animation-fill-mode')) found.set('animation-fill-mode', [value]);
    else if (value.kind === 'function' || otherWords.has(name)) continue;
    else if ((value.kind === 'word' || value.kind === 'text') && !found.has('animation-name')) {
      found.set('animation-name', [value]);
    } else return undefined;
  }
  const [duration, delay] = times;
  return [
    ['animation-name', found.get('animation-name')],
    ['animation-delay', delay === undefined ? undefined : [delay]],
    ['animation-duration', duration === undefined ? undefined : [duration]],
    ['animation-direction', found.get('animation-direction')],
    ['animation-fill-mode', found.get('animation-fill-mode')],
    ['animation-iteration-count', found.get('animation-iteration-count')],
    // The shorthand takes back what follows scrolling.
    ['animation-timeline', undefined],
  ];
}
