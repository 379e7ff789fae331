import { hostname } from 'node:os';
import type { AccountHealth } from '../../accounts/account-health.ts';
import { listSync, syncList, type SyncStatusView } from '../../operations/admin/list-sync.ts';
import { getProfile, profile } from '../../operations/mailbox/get-profile.ts';
import { searchMessages, messageList } from '../../operations/messages/search-messages.ts';
import { linePlot } from '../html/line-plot.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { count, duration, moment, nothing, numbers, section, size, state, table } from '../html/parts.ts';
import type { Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { sampleSlots, type Program, type Samples } from '../supervisor.ts';
import { messageOf } from '../../core/errors.ts';
import { mirrorState, quotaText } from './accounts.ts';
import { needsOf } from './attention.ts';
import { callsPerMinute } from './calls.ts';
import { programState } from './program-state.ts';
import { shortLine } from './short-line.ts';

/** Fewer values than this are a dot, and no line. */
const fewestOfLine = 18;

/** A figure with the line of its last hour, where there is one. */
function withLine(text: string, what: string, values: readonly (number | undefined)[] | undefined): Part {
  if (values === undefined || values.length < fewestOfLine) return text;
  return html`${linePlot(`${what} over the last hour`, values, { slots: sampleSlots, isSmall: true })}<span
      class="figure"
      >${text}</span
    >`;
}

function programRow(program: Program, samples: Samples | undefined, call: PageCall): readonly Part[] {
  const { name, pid, uptimeSeconds, restarts, cpuPercent, rssBytes, deaths } = program;
  const last = deaths.at(-1);
  return [
    html`<a href="${call.link(`/programs/${name}`)}">${name}</a>`,
    programState(program),
    pid === 0 ? '–' : duration(uptimeSeconds),
    String(restarts),
    withLine(pid === 0 ? '–' : `${cpuPercent.toFixed(1)} %`, `CPU of ${name}`, samples?.cpuPercent),
    withLine(pid === 0 ? '–' : size(rssBytes), `Memory of ${name}`, samples?.rssMegabytes),
    last === undefined ? 'never' : html`${moment(Date.parse(last.time))} ${last.reason}`,
  ];
}

function programsSection(
  programs: readonly Program[] | undefined,
  samples: ReadonlyMap<string, Samples>,
  call: PageCall,
): Html {
  const columns = [
    'Program',
    'State',
    numbers('Up for'),
    numbers('Restarts'),
    numbers('CPU'),
    numbers('Memory'),
    'Last end',
  ];
  return section(
    {
      id: 'programs',
      title: call.configuration.store === undefined ? 'Programs' : `Programs on ${hostname()}`,
      live: 'processes figures',
    },
    programs === undefined
      ? nothing('No supervisor runs here: this page was started by itself. `gmail-llm up` starts everything.')
      : table(
          'Programs',
          columns,
          programs.map((program) => programRow(program, samples.get(program.name), call)),
        ),
  );
}

/** An account by what its mailbox says; what cannot be read is said in its place. */
async function accountRow(
  account: string,
  { health, sync }: { readonly health: AccountHealth | undefined; readonly sync: SyncStatusView | undefined },
  call: PageCall,
): Promise<readonly Part[]> {
  const isDefault = call.services.accounts.preferred === account;
  const name = html`${account}${isDefault && html` <small>default</small>`}`;
  const mirror = sync?.mirror === undefined ? '–' : mirrorState(sync.mirror);
  const unread = (why: Part): readonly Part[] => [name, why, '–', '–', '–', mirror, '–'];
  // What it is stands above, among what needs a person.
  if (health?.trouble !== undefined) return unread(state('bad', 'needs you'));
  try {
    const [facts, { messages }] = await Promise.all([
      call.read(getProfile, profile, { account }),
      call.read(searchMessages, messageList, { account, maxResults: 1 }),
    ]);
    const [newest] = messages;
    return [
      name,
      state('good', 'ready'),
      count(facts.messagesTotal),
      count(facts.threadsTotal),
      newest === undefined ? 'none' : moment(Number(newest.internalDate)),
      mirror,
      quotaText(sync?.quota),
    ];
  } catch (error) {
    return unread(html`${state('bad', 'cannot be read')} <small>${shortLine(messageOf(error), 160)}</small>`);
  }
}

async function accountsSection(health: readonly AccountHealth[], call: PageCall): Promise<Html> {
  const accounts = await call.services.accounts.list();
  const { accounts: synced } = await call.read(listSync, syncList, {});
  const rows = await Promise.all(
    accounts.map((account) => {
      const facts = {
        health: health.find((one) => one.account === account),
        sync: synced.find((one) => one.account === account),
      };
      return accountRow(account, facts, call);
    }),
  );
  return section(
    { id: 'accounts', title: 'Accounts', live: 'mail logins' },
    rows.length === 0
      ? nothing('No account is connected. `gmail-llm login` connects one, `gmail-llm import` brings mail.')
      : table(
          'Accounts',
          ['Account', 'State', numbers('Messages'), numbers('Threads'), 'Newest mail', 'Mirror', 'Quota this minute'],
          rows,
        ),
  );
}

async function needsSection(
  programs: readonly Program[] | undefined,
  health: readonly AccountHealth[],
  call: PageCall,
): Promise<Html> {
  const needs = await needsOf(call, programs, health);
  return section(
    { id: 'needs', title: 'Needs you', live: 'processes outbox policy logins' },
    needs.length === 0
      ? html`<p class="well">${state('good', 'All is well: nothing waits for you.')}</p> `
      : html`<ul class="needs">
          ${needs.map(({ what, next }) => html`<li><span>${what}</span> <span>${next}</span></li> `)}
        </ul> `,
  );
}

async function healthOf({ services: { accounts } }: PageCall): Promise<readonly AccountHealth[]> {
  try {
    return await accounts.health();
  } catch (error) {
    return [{ trouble: 'MAILBOX_UNAVAILABLE', message: messageOf(error) }];
  }
}

export const nowPage: Page = {
  path: '/',
  section: '/',
  navigation: 'Now',
  async render(call) {
    const [programs, samples, health] = await Promise.all([
      call.supervisor.programs(),
      call.supervisor.samples(),
      healthOf(call),
    ]);
    const [needs, accounts] = await Promise.all([needsSection(programs, health, call), accountsSection(health, call)]);
    const calls = await call.calls.read();
    const rate = section(
      { id: 'rate', title: 'Calls', live: 'logs', aside: html`<a href="${call.link('/calls')}">All calls</a>` },
      callsPerMinute(calls, call.services.hostNow()),
    );
    return { title: 'Now', main: html`${needs}${programsSection(programs, samples, call)}${accounts}${rate}` };
  },
};
