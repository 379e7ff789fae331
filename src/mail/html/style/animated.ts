import type { Cascaded } from '../cascade/cascade.ts';
import type { Keyframe } from '../cascade/style-rules.ts';
import type { Declaration } from '../css/declarations.ts';
import type { Value } from '../css/tokens.ts';
import { oncePer } from '../once-per.ts';

/** Nobody waits longer for what a mail shows. */
const longDelaySeconds = 30;

/** What an animation leaves of an element when it is over; nothing where it leaves no trace. */
export function animatedDeclarations(
  cascaded: Cascaded,
  keyframes: ReadonlyMap<string, readonly Keyframe[]>,
): readonly Declaration[] {
  const first = (property: string): Value | undefined => {
    const specified = cascaded.get(property)?.specified;
    return specified?.kind === 'values' ? specified.values.at(-1) : undefined;
  };
  const nameValue = first('animation-name');
  const name =
    nameValue?.kind === 'word' ? nameValue.name : nameValue?.kind === 'text' ? nameValue.text.toLowerCase() : '';
  const frames = keyframes.get(name);
  if (frames === undefined) return [];
  // A page that is not scrolled has no time by which this would go.
  if (followsScrolling(first('animation-timeline'))) return [];
  const fill = wordOf(first('animation-fill-mode')) ?? 'none';
  const isReversed = wordOf(first('animation-direction'))?.includes('reverse') === true;
  const count = first('animation-iteration-count');
  const delay = seconds(first('animation-delay'));
  const isSlow = seconds(first('animation-duration')) > longDelaySeconds && delay === 0;
  if (isSlow) return declarationsAt(frames, isReversed ? 1 : 0);
  if (wordOf(count) === 'infinite') return endless(frames);
  const isWaiting = delay > longDelaySeconds;
  if (!['both', isWaiting ? 'backwards' : 'forwards'].includes(fill)) return [];
  const isAlternating = wordOf(first('animation-direction'))?.includes('alternate') === true;
  const isEven = isAlternating && count?.kind === 'number' && count.value % 2 === 0;
  const isAtStart = [isWaiting, isReversed, isEven && !isWaiting].filter(Boolean).length % 2 === 1;
  return declarationsAt(frames, isAtStart ? 0 : 1);
}

function declarationsAt(frames: readonly Keyframe[], end: number): readonly Declaration[] {
  return frames.filter(({ at }) => at === end).flatMap(({ declarations }) => declarations);
}

function followsScrolling(timeline: Value | undefined): boolean {
  return timeline?.kind === 'function' && timeline.name === 'scroll';
}

/** What all frames say alike is so for ever; of the rest nobody knows when it is looked at. */
const endless = oncePer((frames: readonly Keyframe[]): readonly Declaration[] => {
  const said = new Map<string, { readonly declaration: Declaration; readonly texts: Set<string>; count: number }>();
  for (const declaration of frames.flatMap(({ declarations }) => declarations)) {
    const entry = said.get(declaration.property) ?? { declaration, texts: new Set<string>(), count: 0 };
    entry.texts.add(JSON.stringify(declaration.specified));
    entry.count += 1;
    said.set(declaration.property, entry);
  }
  const isWhole = [0, 1].every((end) => frames.some(({ at }) => at === end));
  return [...said.values()].map(({ declaration, texts, count }) =>
    isWhole && texts.size === 1 && count === frames.length ? declaration : asUnknown(declaration),
  );
});

function asUnknown({ property }: Declaration): Declaration {
  return { property, specified: { kind: 'unknown' }, isImportant: false };
}

function wordOf(value: Value | undefined): string | undefined {
  return value?.kind === 'word' ? value.name : undefined;
}

function seconds(value: Value | undefined): number {
  return value?.kind !== 'length' ? 0 : value.unit === 'ms' ? value.value / 1000 : value.value;
}
