import { numberOf } from './length.ts';
import { properties } from './properties.ts';
import { word, type Longhands, type Shorthand } from './shorthand.ts';
import { splitAt, type Value } from './tokens.ts';

/** `flex`: how a box grows and shrinks, and from which size. */
export const flex: Shorthand = {
  longhands: ['flex-basis', 'flex-grow', 'flex-shrink'],
  expand: (values) => {
    const [first] = values;
    const isWord = values.length === 1 && first?.kind === 'word';
    if (isWord && first.name === 'none') return flexOf('auto', 0, 0);
    if (isWord && first.name === 'auto') return flexOf('auto', 1, 1);
    const numbers = values.flatMap((value) => numberOf(value) ?? []);
    const [grow = 1, shrink = 1, third] = numbers;
    const basis = values.find(
      (value) => numberOf(value) === undefined && properties.get('flex-basis')?.accepts([value]) === true,
    );
    // Without a basis it is nothing, so that the room is shared by the numbers alone.
    const [longhand, ...others] = flexOf('auto', grow, shrink);
    return longhand === undefined || (third !== undefined && third !== 0)
      ? undefined
      : [[longhand[0], [basis ?? { kind: 'length', value: 0, unit: 'px' }]], ...others];
  },
};

function flexOf(basis: string, grow: number, shrink: number): Longhands {
  return [
    ['flex-basis', word(basis)],
    ['flex-grow', [{ kind: 'number', value: grow }]],
    ['flex-shrink', [{ kind: 'number', value: shrink }]],
  ];
}

const placeNames = ['grid-row-start', 'grid-column-start', 'grid-row-end', 'grid-column-end'];

/** Up to four lines between slashes; a name counts for those behind it that are missing. */
export const gridArea: Shorthand = {
  longhands: placeNames,
  expand: (values) => {
    const parts = splitAt(values, '/');
    if (parts.length > placeNames.length || parts.some((part) => part.length === 0)) return undefined;
    const lineAt = (index: number): readonly Value[] | undefined => {
      const part = parts[index];
      if (part !== undefined || index === 0) return part;
      const from = lineAt(Math.max(0, index - 2));
      const [name] = from ?? [];
      return from?.length === 1 && name?.kind === 'word' && name.name !== 'auto' ? from : undefined;
    };
    return placeNames.map((name, index) => [name, lineAt(index)]);
  },
};

/** `grid-row` and `grid-column`: the lines that a box is between. */
export function gridLines(axis: string): Shorthand {
  const [start, end] = [`grid-${axis}-start`, `grid-${axis}-end`];
  return {
    longhands: [start, end],
    expand: (values) => {
      const [from, to, more] = splitAt(values, '/');
      const [name] = from ?? [];
      if (from === undefined || more !== undefined) return undefined;
      const isName = from.length === 1 && name?.kind === 'word' && name.name !== 'auto';
      return [
        [start, from],
        [end, to ?? (isName ? from : undefined)],
      ];
    },
  };
}

/** Rows and columns between a slash; with names of areas, sizes of rows may stand behind each. */
export const gridTemplate: Shorthand = {
  longhands: ['grid-template-rows', 'grid-template-columns', 'grid-template-areas'],
  expand: (values) => {
    const [rows = [], columns, more] = splitAt(values, '/');
    if (more !== undefined || values.length === 0) return undefined;
    const areas = rows.filter((value) => value.kind === 'text');
    const sizes = rows.filter((value) => value.kind !== 'text');
    return [
      ['grid-template-rows', sizes.length === 0 ? undefined : sizes],
      ['grid-template-columns', columns],
      ['grid-template-areas', areas.length === 0 ? undefined : areas],
    ];
  },
};

/** `container`: names, and behind a slash the type. */
export const container: Shorthand = {
  longhands: ['container-name', 'container-type'],
  expand: (values) => {
    const [names, types, more] = splitAt(values, '/');
    return more === undefined
      ? [
          ['container-name', names],
          ['container-type', types],
        ]
      : undefined;
  },
};
