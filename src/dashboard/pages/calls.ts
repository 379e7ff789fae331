import { html, type Html, type Part } from '../html/html.ts';
import { bars } from '../html/bars.ts';
import { clock, count, nothing, numbers, section, state, table } from '../html/parts.ts';
import type { LoggedCall } from '../logs/read-calls.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';

const listed = 200;
const minutes = 60;

/** How long a call took at most that is as fast as this share of all. */
function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function milliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** The last hour: how many calls there were in each minute, and how long they took. */
export function callsPerMinute(calls: readonly LoggedCall[], nowMs: number): Html {
  const byMinute = Map.groupBy(calls, ({ timeMs }) => Math.floor((nowMs - timeMs) / 60_000));
  const ofMinutes = Array.from({ length: minutes }, (_, index) => {
    const ago = minutes - 1 - index;
    return { label: ago === 0 ? 'this minute' : `${ago} min ago`, of: byMinute.get(ago) ?? [] };
  });
  const values = ofMinutes.map(({ label, of }) => {
    return { label, value: of.length, bad: of.filter(({ code }) => code !== 'OK').length };
  });
  const medians = ofMinutes.map(({ label, of }) => {
    const times = of.map(({ ms }) => ms).toSorted((a, b) => a - b);
    return { label, value: percentile(times, 0.5), bad: 0 };
  });
  if (values.every(({ value }) => value === 0)) return nothing('There was no call in the last hour.');
  return html`<div class="pair">
    <div>${bars('Calls a minute over the last hour', values)}</div>
    <div>${bars('How long they took, the median of each minute', medians, milliseconds)}</div>
  </div>`;
}

function operationRows(calls: readonly LoggedCall[]): readonly (readonly Part[])[] {
  const byOperation = Map.groupBy(calls, ({ operation }) => operation);
  return [...byOperation]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([operation, of]) => {
      const times = of.map(({ ms }) => ms).toSorted((a, b) => a - b);
      const failed = of.filter(({ code }) => code !== 'OK').length;
      return [
        operation,
        count(of.length),
        failed === 0 ? '–' : state('bad', count(failed)),
        milliseconds(percentile(times, 0.5)),
        milliseconds(percentile(times, 0.99)),
      ];
    });
}

function callRow(call: LoggedCall, page: PageCall): readonly Part[] {
  const { timeMs, operation, code, ms, transport, tokenName, requestId } = call;
  return [
    clock(timeMs),
    operation,
    code === 'OK' ? state('good', 'OK') : state('bad', code),
    milliseconds(ms),
    tokenName === undefined ? transport : `${tokenName} over ${transport}`,
    requestId !== undefined &&
      html`<a class="mono" href="${page.link('/logs', { request: requestId })}">${requestId.slice(0, 8)}</a>`,
  ];
}

export const callsPage: Page = {
  path: '/calls',
  section: '/calls',
  navigation: 'Calls',
  async render(call) {
    const calls = await call.calls.read();
    const columns = ['When', 'Operation', 'Outcome', numbers('Took'), 'Who', 'Request'];
    return {
      title: 'Calls',
      main:
        calls.length === 0
          ? section({ id: 'calls', title: 'Calls', live: 'logs' }, nothing('No agent and no program has called yet.'))
          : html`${section({ id: 'rate', title: 'How many and how fast', live: 'logs' }, callsPerMinute(calls, call.services.hostNow()))}
            ${section(
              { id: 'operations', title: 'By operation', live: 'logs' },
              table(
                'Operations',
                ['Operation', numbers('Calls'), numbers('Failed'), numbers('Median'), numbers('99 of 100 within')],
                operationRows(calls),
              ),
            )}
            ${section(
              { id: 'calls', title: 'The newest calls', live: 'logs' },
              table(
                'Calls',
                columns,
                calls.slice(0, listed).map((each) => callRow(each, call)),
              ),
            )}`,
    };
  },
};
