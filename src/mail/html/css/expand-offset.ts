import { degreesOf } from './length.ts';
import { given, type Longhands } from './shorthand.ts';
import { splitAt, type Value } from './tokens.ts';

function isOfRotation(value: Value): boolean {
  return degreesOf(value) !== undefined || (value.kind === 'word' && /^(?:auto|reverse)$/.test(value.name));
}

/** `offset`: a position, a path with distance and rotation, and an anchor behind a slash (Motion Path 1, section 5). */
export function expandOffset(values: readonly Value[]): Longhands | undefined {
  const [first = [], anchor = [], ...more] = splitAt(values, '/');
  if (first.length === 0 || more.length > 0) return undefined;
  const at = first.findIndex(
    (value) => (value.kind === 'function' && /^(?!calc|min|max|clamp)/.test(value.name)) || value.kind === 'url',
  );
  const none = first.findIndex((value) => value.kind === 'word' && value.name === 'none');
  const path = at >= 0 ? at : none;
  const position = path < 0 ? first : first.slice(0, path);
  const behind = path < 0 ? [] : first.slice(path + 1);
  return [
    ['offset-position', given(position)],
    ['offset-path', path < 0 ? undefined : first.slice(path, path + 1)],
    ['offset-distance', given(behind.filter((value) => !isOfRotation(value)))],
    ['offset-rotate', given(behind.filter(isOfRotation))],
    ['offset-anchor', given(anchor)],
  ];
}
