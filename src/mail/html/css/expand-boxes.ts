import { numberOf } from './length.ts';
import { properties } from './properties.ts';
import { given, word, type Longhands, type Shorthand } from './shorthand.ts';
import { splitAt, type Value } from './tokens.ts';

/** `flex`: how a box grows and shrinks, and from which size. */
export const flex: Shorthand = {
  longhands: ['flex-basis', 'flex-grow', 'flex-shrink'],
  expand: (values) => {
    const [first] = values;
    const isWord = values.length === 1 && first?.kind === 'word';
    if (isWord && first.name === 'none') return flexOf(word('auto'), 0, 0);
    if (isWord && first.name === 'auto') return flexOf(word('auto'), 1, 1);
    const [grow = 1, shrink = 1, third] = values.flatMap((value) => numberOf(value) ?? []);
    if (third !== undefined && third !== 0) return undefined;
    const basis = values.find(
      (value) => numberOf(value) === undefined && properties.get('flex-basis')?.accepts([value]) === true,
    );
    // Without a basis it is nothing, so that the room is shared by the numbers alone.
    return flexOf([basis ?? { kind: 'length', value: 0, unit: 'px' }], grow, shrink);
  },
};

function flexOf(basis: readonly Value[], grow: number, shrink: number): Longhands {
  return [
    ['flex-basis', basis],
    ['flex-grow', [{ kind: 'number', value: grow }]],
    ['flex-shrink', [{ kind: 'number', value: shrink }]],
  ];
}

/** What a line that is missing is where this one is given: the same name, and nothing behind a number. */
function sameName(line: readonly Value[] | undefined): readonly Value[] | undefined {
  const [name] = line ?? [];
  return line?.length === 1 && name?.kind === 'word' && name.name !== 'auto' ? line : undefined;
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
      return sameName(lineAt(Math.max(0, index - 2)));
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
      if (from === undefined || more !== undefined) return undefined;
      return [
        [start, from],
        [end, to ?? sameName(from)],
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
    return [
      ['grid-template-rows', given(rows.filter((value) => value.kind !== 'text'))],
      ['grid-template-columns', columns],
      ['grid-template-areas', given(rows.filter((value) => value.kind === 'text'))],
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
