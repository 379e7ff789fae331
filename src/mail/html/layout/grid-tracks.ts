import { initialLengths, numberOf, pixelsOf, shareOf } from '../css/length.ts';
import { splitAtCommas, type Value } from '../css/tokens.ts';

/** A row or column of a grid. */
export interface Track {
  /** Its size in pixels; undefined where it follows from the content. */
  readonly pixels: number | undefined;
  /** Its share of the room that is left; 0 where it takes none. */
  readonly fraction: number;
  /** Whether it is an `fr` track, also one of `0fr`. */
  readonly isFlexible: boolean;
}

/** More tracks are those of a hostile grid. */
const maxTracks = 200;

/** A track that is as large as what is in it. */
export const ofContent: Track = { pixels: undefined, fraction: 0, isFlexible: false };

/** The tracks of a `grid-template-*` or `grid-auto-*` value in so much room, which may not be known. */
export function readTracks(values: readonly Value[], room: number | undefined, fontSize: number): readonly Track[] {
  return values
    .slice(0, maxTracks)
    .flatMap((value) => tracksOf(value, room, fontSize))
    .slice(0, maxTracks);
}

function tracksOf(value: Value, room: number | undefined, fontSize: number): readonly Track[] {
  // Names of lines are in square brackets.
  if (value.kind === 'block' || value.kind === 'mark') return [];
  if (value.kind === 'length' && value.unit === 'fr')
    return [{ pixels: undefined, fraction: value.value, isFlexible: true }];
  const pixels = pixelsOf(value, { ...initialLengths, fontSize, percentBase: room });
  if (pixels !== undefined) return [{ ...ofContent, pixels: Math.max(0, pixels) }];
  if (value.kind !== 'function') return value.kind === 'word' && value.name === 'subgrid' ? [] : [ofContent];
  const [first = [], second = []] = splitAtCommas(value.values);
  if (value.name === 'minmax') return [minmax(first, second, room, fontSize)];
  if (value.name !== 'repeat') return [ofContent];
  const repeated = readTracks(second, room, fontSize);
  const [count] = first;
  const times = count === undefined ? 1 : (numberOf(count) ?? fittingCount(repeated, room));
  return Array.from({ length: Math.min(maxTracks, Math.max(1, times)) }, () => repeated).flat();
}

/** The larger of the two sizes is taken where there is room, and where it is not known the smaller. */
function minmax(least: readonly Value[], most: readonly Value[], room: number | undefined, fontSize: number): Track {
  const [low = ofContent] = readTracks(least, room, fontSize);
  const [high = ofContent] = readTracks(most, room, fontSize);
  return high.isFlexible || high.pixels === undefined
    ? high
    : { ...high, pixels: Math.max(low.pixels ?? 0, high.pixels) };
}

/** `auto-fill` and `auto-fit`. */
function fittingCount(tracks: readonly Track[], room: number | undefined): number {
  const width = tracks.reduce((sum, { pixels }) => sum + (pixels ?? 0), 0);
  return room === undefined || width <= 0 ? 1 : Math.floor(room / width);
}

/** The line that a `grid-*-start` or `-end` names, from 1 on, or how far it spans; undefined for `auto` and names. */
export function gridLine(
  values: readonly Value[],
  count: number,
): { readonly line: number } | { readonly span: number } | undefined {
  const number = values.map((value) => shareOf(value)).find((one) => one !== undefined);
  const isSpan = values.some((value) => value.kind === 'word' && value.name === 'span');
  if (isSpan) return { span: Math.min(maxTracks, Math.max(1, Math.round(number ?? 1))) };
  if (number === undefined || number === 0) return undefined;
  const line = number < 0 ? count + 2 + number : number;
  return { line: Math.min(maxTracks, Math.max(1, Math.round(line))) };
}

/** Longer rows of names are those of a hostile grid. */
const maxNamesCharacters = 4000;

/** The names of the areas in the rows of a `grid-template-areas` value. */
export function areaRows(values: readonly Value[]): readonly (readonly string[])[] {
  return values
    .slice(0, maxTracks)
    .map((row) =>
      row.kind === 'text' ? row.text.slice(0, maxNamesCharacters).toLowerCase().trim().split(/\s+/, maxTracks) : [],
    );
}

/** The lines of the named areas of a grid: rows and columns from 1 on, the ends behind them. */
export function gridAreas(rows: readonly (readonly string[])[]): ReadonlyMap<string, GridArea> {
  const areas = new Map<string, GridArea>();
  for (const [row, names] of rows.entries()) {
    for (const [column, name] of names.entries()) {
      const known = areas.get(name);
      areas.set(name, {
        row: known?.row ?? row + 1,
        rowEnd: row + 2,
        column: Math.min(known?.column ?? column + 1, column + 1),
        columnEnd: Math.max(known?.columnEnd ?? 0, column + 2),
      });
    }
  }
  return areas;
}

/** A rectangle of a grid by its lines. */
export interface GridArea {
  readonly row: number;
  readonly rowEnd: number;
  readonly column: number;
  readonly columnEnd: number;
}
