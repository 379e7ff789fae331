import { html, type Html } from './html.ts';

const width = 360;
const height = 60;

/** Points of a line, where a value is missing in pieces. */
function pieces(values: readonly (number | undefined)[], most: number, slots: number): readonly string[] {
  const found: string[][] = [[]];
  for (const [index, value] of values.entries()) {
    const place = slots - values.length + index;
    if (value === undefined) found.push([]);
    else {
      const x = Math.round((place / Math.max(1, slots - 1)) * width * 10) / 10;
      found.at(-1)?.push(`${x},${Math.round((height - 1 - (value / most) * (height - 4)) * 10) / 10}`);
    }
  }
  // A value alone is a dot: a line of no length, whose ends are round.
  return found
    .filter(({ length }) => length > 0)
    .map((points) => (points.length > 1 ? points : [...points, ...points]).join(' '));
}

/** A line over time as a picture, the newest value at its right; `slots` is how many there would be if none were missing. */
export function linePlot(
  title: string,
  values: readonly (number | undefined)[],
  { slots, isSmall = false }: { readonly slots: number; readonly isSmall?: boolean },
): Html {
  const most = Math.max(1, ...values.map((value) => value ?? 0)) * 1.1;
  return html`<svg
    class="${isSmall ? 'line small' : 'line'}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="${title}"
    preserveAspectRatio="none"
  >
    <line x1="0" x2="${width}" y1="${height - 0.5}" y2="${height - 0.5}" />
    ${pieces(values, most, slots).map((points) => html`<polyline points="${points}" />`)}
  </svg>`;
}
