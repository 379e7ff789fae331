import { html, type Html, type Part } from './html.ts';

/** The head of a column. */
type Column = string | { readonly title: string; readonly isNumber: true };

/** How something is: said in a word, and by a colour beside it. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'off';

/** A state as a word behind a dot. */
export function state(tone: Tone, word: string): Html {
  return html`<span class="state ${tone}"><span>${word}</span></span>`;
}

const two = (number: number): string => String(number).padStart(2, '0');

/** A moment as the page shows it until the browser puts it into the viewer's own zone. */
function utcText(date: Date): string {
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

/** A moment in the viewer's zone; without scripts in UTC. */
export function moment(ms: number): Html {
  const date = new Date(ms);
  return html`<time datetime="${date.toISOString()}" title="${date.toISOString()}">${utcText(date)}</time>`;
}

/** A moment to the second. */
export function clock(ms: number): Html {
  const date = new Date(ms);
  const seconds = two(date.getUTCSeconds());
  return html`<time datetime="${date.toISOString()}" data-seconds="1">${utcText(date)}:${seconds}</time>`;
}

/** A length of time by its two largest units: `3 d 4 h`, `5 min 20 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** A whole number in groups of three digits. */
export function count(value: number): string {
  // Not by `toLocaleString`: what it reads of the languages of the world takes 10 MB.
  const digits = String(value);
  const first = digits.length % 3 || 3;
  return [digits.slice(0, first), ...(digits.slice(first).match(/\d{3}/g) ?? [])].join(',');
}

/** A size in the unit that leaves one to three digits before the point. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 1 : 0)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}

/** A noun with its number. */
export function plural(number: number, noun: string, nouns = `${noun}s`): string {
  return `${count(number)} ${number === 1 ? noun : nouns}`;
}

/** A part of a page under a heading. With `live`, the names of what it shows: it is renewed when one of them changes. */
export function section(
  {
    id,
    title,
    live,
    aside,
  }: { readonly id: string; readonly title: string; readonly live?: string; readonly aside?: Part },
  ...content: readonly Part[]
): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title" ${live === undefined ? '' : html` data-live="${live}"`}>
    <header>
      <h2 id="${id}-title">${title}</h2>
      ${aside !== undefined && html`<div>${aside}</div>`}
    </header>
    ${content}
  </section> `;
}

/** The head of a column of numbers. */
export function numbers(title: string): Column {
  return { title, isNumber: true };
}

/** A table; where the window is narrow it scrolls by itself, and on a telephone each row is a block of named values. */
export function table(label: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Html {
  const titles = columns.map((column) => (typeof column === 'string' ? column : column.title));
  const isNumber = columns.map((column) => typeof column !== 'string');
  const heads = columns.map((column) =>
    typeof column === 'string'
      ? html`<th scope="col">${column}</th>`
      : html`<th scope="col" class="number">${column.title}</th>`,
  );
  const cell = (part: Part, index: number): Html =>
    index === 0
      ? html`<th scope="row"><span class="cell">${part}</span></th>`
      : isNumber[index] === true
        ? html`<td class="number" data-label="${titles[index]}">${part}</td>`
        : html`<td data-label="${titles[index]}">${part === '' ? '' : html`<span class="cell">${part}</span>`}</td>`;
  return html`<div class="scroll" role="region" aria-label="${label}, as a table" tabindex="0">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(cell)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
}

/** Facts side by side, each under its term. */
export function facts(rows: readonly (readonly [term: string, value: Part])[]): Html {
  return html`<dl class="facts">
    ${rows.map(
      ([term, value]) =>
        html`<div>
          <dt>${term}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl> `;
}

/** Terms with what they are, a line each; one without a value is left out. */
export function terms(rows: readonly (readonly [term: string, value: Part])[]): Html {
  return html`<dl>
    ${rows.map(
      ([term, value]) =>
        value !== undefined &&
        value !== false &&
        html`<dt>${term}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A text of ours in which commands are between backticks. */
export function withCode(text: string): Html {
  const parts = text.split('`');
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

/** A sentence where there is nothing to show. */
export function nothing(text: string): Html {
  return html`<p class="nothing">${withCode(text)}</p> `;
}
