import type { Cascaded } from '../cascade/cascade.ts';
import type { RegisteredProperty } from '../cascade/style-rules.ts';
import { substitute, type CustomValue } from '../css/substitute.ts';
import { tokensOf, type CSSToken } from '../css/tokens.ts';

/** A value whose meaning is not known, wherever it is put. */
const unknownValue = tokensOf('attr(unknown)');

const maxProperties = 2000;

/** The custom properties of an element: its own, and those that it inherits (CSS Variables 1). */
export function customProperties(
  cascaded: Cascaded,
  inherited: CustomValue,
  registered: ReadonlyMap<string, RegisteredProperty>,
): CustomValue {
  const names = [...cascaded.keys()].filter((name) => name.startsWith('--')).slice(0, maxProperties);
  if (names.length === 0) return registered.size === 0 ? inherited : (name) => passedOn(name, inherited, registered);
  const own = new Set(names);
  const known = new Map<string, readonly CSSToken[] | undefined>();
  const valueOf = (name: string): readonly CSSToken[] | undefined => {
    if (!own.has(name)) return passedOn(name, inherited, registered);
    if (known.has(name)) return known.get(name);
    // A property that comes back to itself is invalid.
    known.set(name, undefined);
    const value = ownValue(name) ?? registered.get(name)?.initial;
    known.set(name, value);
    return value;
  };
  const ownValue = (name: string): readonly CSSToken[] | undefined => {
    const winner = cascaded.get(name);
    if (winner === undefined) return undefined;
    if (winner.isUncertain || winner.specified.kind === 'unknown') return unknownValue;
    if (winner.specified.kind === 'pending') return substitute(winner.specified.tokens, valueOf);
    const isInherited = winner.specified.kind === 'wide' && winner.specified.word !== 'initial';
    return isInherited ? inherited(name) : undefined;
  };
  return valueOf;
}

function passedOn(
  name: string,
  inherited: CustomValue,
  registered: ReadonlyMap<string, RegisteredProperty>,
): readonly CSSToken[] | undefined {
  const property = registered.get(name);
  if (property?.isInherited === false) return property.initial;
  return inherited(name) ?? property?.initial;
}
