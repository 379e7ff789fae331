import type * as z from 'zod';
import { approveSend, cancelSend, rejectSend, retrySend } from '../../operations/admin/decide-send.ts';
import { getOutboxEntry } from '../../operations/admin/get-outbox-entry.ts';
import { auditList, listAudit } from '../../operations/admin/list-audit.ts';
import { listOutbox, outboxList } from '../../operations/admin/list-outbox.ts';
import { outboxEntry, type OutboxEntryView } from '../../operations/admin/outbox-view.ts';
import { finalStates, sendStates, type SendState } from '../../store/outbox/send-states.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { count, nothing, section, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { changesOf } from './changes.ts';
import { conversationOf } from './conversation-of.ts';
import { editForm } from './edit-message.ts';
import { frameOf } from './frame-of.ts';
import {
  entryColumns,
  entryRow,
  messageText,
  messageWarnings,
  recipientFacts,
  requestFacts,
  sendState,
  stateNames,
} from './outbox-parts.ts';
import { historyLimit, historyTable, whatHappensNext } from './send-history.ts';
import { subjectTitle } from './subject-title.ts';

/** Entries that the page shows of one state. */
const listed = 100;

const stateNamed = (name: string | null): SendState | undefined => sendStates.find((each) => each === name);

type Counts = z.output<typeof outboxList>['counts'];

/** Links of which one is chosen: the title, the address and whether it is the one. */
function filterLinks(label: string, links: readonly (readonly [title: Part, to: string, isChosen: boolean])[]): Html {
  return html`<ul class="filter" aria-label="${label}">
    ${links.map(
      ([title, to, isChosen]) => html`<li><a href="${to}" ${isChosen && html`aria-current="true"`}>${title}</a></li>`,
    )}
  </ul>`;
}

/** The states as links, each with how many there are. */
function stateLinks(chosen: SendState | undefined, counts: Counts, call: PageCall): Html {
  const links = [undefined, ...sendStates].map((each) => {
    const number = each === undefined ? undefined : counts[each];
    const title = html`${each === undefined ? 'open' : stateNames[each]}${number !== undefined && html` <small>${count(number)}</small>`}`;
    return [title, call.link('/outbox', { state: each }), each === chosen] as const;
  });
  return filterLinks('State', links);
}

const olderLink = (to: string): Html => html`<p><a href="${to}">Older messages</a></p>`;

/** What of the open ones is only on the pages of their states. */
function more(entries: readonly OutboxEntryView[], counts: Counts, call: PageCall): Html {
  const left = [...new Set(entries.map(({ state }) => state))].filter((each) => (counts[each] ?? 0) > listed);
  return html`${left.map(
    (each) =>
      html`<p>
        <a href="${call.link('/outbox', { state: each })}"
          >All ${count(counts[each] ?? 0)} in the state “${stateNames[each]}”</a
        >
      </p>`,
  )}`;
}

export const outboxPage: Page = {
  path: '/outbox',
  section: '/outbox',
  navigation: 'Outbox',
  async render(call) {
    const chosen = stateNamed(call.query.get('state'));
    const filter = chosen === undefined ? {} : { states: [chosen] };
    const before = call.query.get('before');
    const { entries, counts, nextBefore } = await call.read(listOutbox, outboxList, {
      ...filter,
      ...(before === null ? {} : { before }),
      limit: listed,
    });
    return {
      title: 'Outbox',
      main: section(
        {
          id: 'entries',
          title: chosen === undefined ? 'Open' : `Messages: ${stateNames[chosen]}`,
          live: 'outbox',
          aside: stateLinks(chosen, counts, call),
        },
        entries.length === 0
          ? nothing(
              chosen === undefined
                ? 'Every message that was asked for is over.'
                : `No message is in the state “${stateNames[chosen]}”.`,
            )
          : table(
              'Messages',
              entryColumns,
              entries.map((entry) => entryRow(entry, call)),
            ),
        chosen === undefined
          ? more(entries, counts, call)
          : nextBefore !== undefined && olderLink(call.link('/outbox', { state: chosen, before: nextBefore })),
      ),
    };
  },
};

/** What a person can do about a message, by its state. */
function decisions(entry: OutboxEntryView, call: PageCall): Html | undefined {
  const { id, contentHash } = entry;
  const path = `/outbox/${id}`;
  switch (entry.state) {
    case 'parked':
      return html`<div class="decide">
        ${call.form(
          `${path}/approve`,
          html`<input type="hidden" name="contentHash" value="${contentHash}" /><button class="primary">
              Send this message
            </button>`,
        )}
        ${call.form(
          `${path}/reject`,
          html`<label for="reason">Reason, for whoever asked</label>
            <input id="reason" name="reason" maxlength="500" />
            <button class="danger">Reject</button>`,
        )}
        ${editForm(entry, call)}
      </div>`;
    case 'waiting':
      return html`<div class="decide">
        ${call.form(`${path}/cancel`, html`<button class="danger">Take it back</button>`)}
      </div>`;
    case 'failed':
      return html`<div class="decide">${call.form(`${path}/retry`, html`<button>Try again</button>`)}</div>`;
    case 'unknown':
    case 'drafting':
    case 'sending':
    case 'sent':
    case 'rejected':
    case 'cancelled':
      return undefined;
  }
}

const views = { text: 'Text', layout: 'Layout', source: 'Source' } as const;
type View = keyof typeof views;

function viewOf({ query }: PageCall): View {
  const as = query.get('as');
  return as === 'layout' || as === 'source' ? as : 'text';
}

const viewTitles = {
  text: 'What its recipient reads',
  layout: 'As it is laid out',
  source: 'As it is sent',
} as const satisfies Record<View, string>;

/** The message as its recipient reads it, as it is laid out, or as it is sent. */
function textSection(entry: OutboxEntryView, view: View, call: PageCall): Html {
  const path = `/outbox/${entry.id}`;
  const isKept = !finalStates.includes(entry.state);
  const links = filterLinks(
    'View',
    (['text', 'layout', 'source'] as const).map((each) => {
      const to = call.link(path, each === 'text' ? {} : { as: each });
      return [views[each], to, each === view];
    }),
  );
  return section(
    { id: 'text', title: viewTitles[view], aside: isKept && links },
    isKept && view === 'layout'
      ? frameOf(call.link(`${path}/frame`), 'The message as it is laid out', entry.text)
      : messageText(entry, view === 'source'),
  );
}

export const outboxEntryPage: Page = {
  path: '/outbox/{id}',
  section: '/outbox',
  async render(call) {
    const view = viewOf(call);
    const { id } = call.fields;
    const entry = await call.read(getOutboxEntry, outboxEntry, { id, source: view === 'source' });
    const { entries } = await call.read(listAudit, auditList, { outboxId: entry.id, limit: historyLimit });
    const changes = changesOf(entries);
    const isWaiting = entry.state === 'parked';
    if (isWaiting && view === 'text' && call.isShown) call.opened.note(call.session.name, entry.id, entry.contentHash);
    // What a person reads before approving stays as it was opened: an edit meanwhile is refused by its hash.
    const live = isWaiting ? {} : { live: 'outbox' };
    const decision = decisions(entry, call);
    return {
      title: subjectTitle(entry.subject),
      main: html`<div class="pair">
          ${section(
            { id: 'facts', title: 'Message', ...live, aside: sendState(entry) },
            messageWarnings(entry),
            recipientFacts(entry, call, await conversationOf(entry, call)),
            requestFacts(entry, call),
          )}${textSection(entry, view, call)}
        </div>
        ${section({ id: 'decision', title: 'What comes next', ...live }, whatHappensNext(entry), decision)}
        ${section({ id: 'history', title: 'What happened', live: 'outbox audit' }, historyTable(entry, changes, call))}`,
    };
  },
};

const verbs = {
  approve: {
    operation: approveSend,
    input: (form: URLSearchParams) => ({ contentHash: form.get('contentHash') ?? '' }),
    done: ({ state }: OutboxEntryView) =>
      state === 'sent' ? 'The message was sent.' : `Approved: it is ${state} now.`,
  },
  reject: {
    operation: rejectSend,
    input: (form: URLSearchParams) => {
      const reason = (form.get('reason') ?? '').trim();
      return reason === '' ? {} : { reason };
    },
    done: () => 'Rejected: it will not be sent.',
  },
  cancel: { operation: cancelSend, input: () => ({}), done: () => 'Taken back: it will not be sent.' },
  retry: {
    operation: retrySend,
    input: () => ({}),
    done: ({ state }: OutboxEntryView) => (state === 'sent' ? 'The message was sent.' : `It is ${state} now.`),
  },
} as const;

export const outboxActions: readonly Action[] = Object.entries(verbs).map(([name, { operation, input, done }]) => ({
  path: `/outbox/{id}/${name}`,
  async run(form, call) {
    const { id } = call.fields;
    const entry = await call.read(operation, outboxEntry, { id, ...input(form) });
    return { to: call.link(`/outbox/${entry.id}`), notice: done(entry) };
  },
}));
