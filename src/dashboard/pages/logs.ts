import { logLevels } from '../../core/logger.ts';
import { printableLine, printableText } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { clock, nothing, section, state, table, type Tone } from '../html/parts.ts';
import type { LogLine } from '../logs/log-line.ts';
import { loggedPrograms, readLogs } from '../logs/read-log.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';

const listed = 300;

const tones: Readonly<Record<string, Tone>> = { debug: 'off', info: 'good', warn: 'warn', error: 'bad' };

function choice(name: string, label: string, values: readonly string[], chosen: string, none: string): Html {
  return html`<label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      <option value="">${none}</option>
      ${values.map((value) => html`<option ${value === chosen && html`selected`}>${value}</option>`)}
    </select>`;
}

/** What is looked for; each empty where it does not matter. */
interface Wanted {
  readonly program: string;
  readonly level: string;
  readonly request: string;
  readonly text: string;
}

function wantedOf({ query }: PageCall): Wanted {
  const read = (name: string): string => (query.get(name) ?? '').trim();
  return { program: read('program'), level: read('level'), request: read('request'), text: read('text') };
}

function fits({ program, level, request, text }: Wanted): (line: LogLine) => boolean {
  const least = logLevels.findIndex((each) => each === level);
  const words = text.toLowerCase();
  // Every page that is shown, this one too, makes calls: they are shown to whoever asks for them.
  const isAll = program !== '' || request !== '';
  return (line) =>
    (isAll || line.program !== 'gmail-dashboard' || line.message !== 'call') &&
    logLevels.findIndex((each) => each === line.level) >= least &&
    (request === '' || line.requestId === request) &&
    (words === '' || `${line.message} ${JSON.stringify(line.facts)}`.toLowerCase().includes(words));
}

function filterForm(wanted: Wanted, programs: readonly string[], call: PageCall): Html {
  const isPaused = call.query.has('paused');
  const { paused: _, ...query } = Object.fromEntries(call.query);
  return html`<form class="search inline" method="get" action="${call.link('/logs')}" role="search">
    ${choice('program', 'Program', programs, wanted.program, 'all')}
    ${choice('level', 'From level', logLevels, wanted.level, 'any')}
    <label for="request">Request</label> <input id="request" name="request" size="12" value="${wanted.request}" />
    <label for="text">Text</label> <input id="text" name="text" type="search" value="${wanted.text}" />
    <button class="primary">Show</button>
    <a class="button" href="${call.link('/logs', isPaused ? query : { ...query, paused: '1' })}"
      >${isPaused ? 'Go on' : 'Pause'}</a
    >
  </form>`;
}

function factsText(facts: LogLine['facts']): string {
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function row({ timeMs, level, program, message, requestId, facts }: LogLine, call: PageCall): readonly Part[] {
  return [
    clock(timeMs),
    state(tones[level] ?? 'off', level),
    html`<span class="whole">${program}</span>`,
    html`${printableText(message)} <small>${printableLine(factsText(facts))}</small>`,
    requestId !== undefined &&
      html`<a class="mono" href="${call.link('/logs', { request: requestId })}">${requestId.slice(0, 8)}</a>`,
  ];
}

/** From a request to what it changed, messages that it sent among that. */
function changesLink(request: string, call: PageCall): Html {
  return html`<a href="${call.link('/audit', { request })}">What this request changed</a>`;
}

export const logsPage: Page = {
  path: '/logs',
  section: '/logs',
  navigation: 'Logs',
  async render(call) {
    const folder = call.home.logsFolder;
    const programs = await loggedPrograms(folder);
    const wanted = wantedOf(call);
    const chosen = programs.filter((program) => wanted.program === '' || program === wanted.program);
    const lines = await readLogs(folder, chosen, { most: listed, fits: fits(wanted) });
    const live = call.query.has('paused') ? {} : { live: 'logs' };
    return {
      title: 'Logs',
      main: html`${filterForm(wanted, programs, call)}${section(
        {
          id: 'lines',
          title: 'Newest first',
          ...live,
          aside: wanted.request !== '' && changesLink(wanted.request, call),
        },
        lines.length === 0
          ? nothing('No line of the newest fits.')
          : table(
              'Log lines',
              ['When', 'Level', 'Program', 'What', 'Request'],
              lines.map((line) => row(line, call)),
            ),
      )}`,
    };
  },
};
