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

/** A value that is one word. */
export function word(name: string): readonly Value[] {
  return [{ kind: 'word', name }];
}
