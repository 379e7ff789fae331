import type { Value } from './tokens.ts';

/** Longhands with their values; `undefined` stands for the initial value. */
export type Longhands = readonly (readonly [property: string, values: readonly Value[] | undefined])[];

/** Makes longhands of a shorthand's values; undefined where a browser finds them invalid. */
export type Expand = (values: readonly Value[]) => Longhands | undefined;

/** A property that stands for others. */
export interface Shorthand {
  /** Every longhand that it sets. */
  readonly longhands: readonly string[];
  readonly expand: Expand;
}

/** What is given of a value; its initial value where that is nothing. */
export function given(part: readonly Value[]): readonly Value[] | undefined {
  return part.length === 0 ? undefined : part;
}

/** A value that is one word. */
export function word(name: string): readonly Value[] {
  return [{ kind: 'word', name }];
}
