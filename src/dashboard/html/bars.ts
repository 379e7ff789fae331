import { html, type Html } from './html.ts';

/** A stretch of time in a plot: how much there was, and how much of it is marked as bad. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly bad: number;
}

const width = 720;
const height = 90;
const gap = 2;

/**
 * Bars over time as a picture made here; `title` is what it shows, for those who do not see it too. `inWords` says a value
 * with its unit.
 */
export function bars(
  title: string,
  values: readonly Bar[],
  inWords: (value: number) => string = (value) => String(value),
): Html {
  const most = Math.max(0, ...values.map(({ value }) => value));
  const step = width / values.length;
  const scale = (value: number): number => Math.round((value / Math.max(1, most)) * (height - 14) * 10) / 10;
  const shapes = values.map(({ label, value, bad }, index): Html | false => {
    if (value === 0) return false;
    const x = Math.round(index * step * 10) / 10;
    const all = scale(value);
    const failed = scale(bad);
    const shape = (name: string, top: number, tall: number): Html | false =>
      tall > 0 &&
      html`<rect
        class="${name}"
        x="${x}"
        y="${top}"
        width="${Math.round((step - gap) * 10) / 10}"
        height="${tall}"
        rx="1"
      />`;
    return html`<g
      ><title>${label}: ${inWords(value)}${bad > 0 && `, ${bad} failed`}</title
      >${shape('bar', height - all, all)}${shape('bad', height - failed, failed)}</g
    >`;
  });
  return html`<svg
      class="plot"
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label="${title}"
      preserveAspectRatio="none"
    >
      <line x1="0" x2="${width}" y1="${height - 0.5}" y2="${height - 0.5}" />
      ${shapes}
    </svg>
    <p class="dim">${title}; at most ${inWords(most)}.</p>`;
}
