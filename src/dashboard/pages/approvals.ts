import { messageOf } from '../../core/errors.ts';
import { approveSend } from '../../operations/admin/decide-send.ts';
import { listOutbox, outboxList } from '../../operations/admin/list-outbox.ts';
import { outboxEntry, type OutboxEntryView } from '../../operations/admin/outbox-view.ts';
import { printableLine } from '../../mail/text/printable-text.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { count, nothing, plural, section, state } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { messageWarnings, recipientFacts, requestFacts, subjectLink } from './outbox-parts.ts';
import { whatHappensNext } from './send-history.ts';
import { shortLine } from './short-line.ts';

/** Shown where the browser can: it says that something waits, also while this page is not looked at. */
const noticeButton = html`<p><button type="button" data-notify hidden>Notify this browser</button></p>`;

async function waiting(call: PageCall) {
  return call.read(listOutbox, outboxList, { states: ['parked'] });
}

/** A box to choose a message, once it was opened as it is now; until then the word that it was not. */
function choice({ id, contentHash, subject }: OutboxEntryView, call: PageCall): Part {
  if (!call.opened.has(call.session.name, id, contentHash)) return state('off', 'not opened yet');
  return html`<label class="check"
    ><input type="checkbox" name="message" value="${id} ${contentHash}" />opened<span class="unseen">
      ${printableLine(subject)}</span
    ></label
  >`;
}

/** How much of a text a card shows; all of it is where the message is opened. */
const excerptCharacters = 280;

/** A message as a card: all that decides about it but the whole text, which is read where it is opened. */
function card(entry: OutboxEntryView, call: PageCall): Html {
  const { id, text } = entry;
  const titleId = `card-${id}`;
  const left = text.length - excerptCharacters;
  return html`<article class="card" aria-labelledby="${titleId}">
    <header>
      <h3 id="${titleId}">${subjectLink(entry, call)}</h3>
      <div>${choice(entry, call)}</div>
    </header>
    ${messageWarnings(entry)} ${recipientFacts(entry, call)}
    <p class="excerpt">
      ${shortLine(text.slice(0, 4 * excerptCharacters), excerptCharacters)}${left > 0 && html` <small>${count(left)} more characters</small>`}
    </p>
    ${requestFacts(entry, call)} ${whatHappensNext(entry)}
  </article>`;
}

function waitingCards(entries: readonly OutboxEntryView[], call: PageCall): Html {
  const list = html`<div class="cards">${entries.map((entry) => card(entry, call))}</div>`;
  const canChoose = entries.some(({ id, contentHash }) => call.opened.has(call.session.name, id, contentHash));
  return html`${call.form(
      '/approvals/send',
      list,
      canChoose && html`<p><button class="primary">Send those that are chosen</button></p>`,
    )}
    <p class="dim">
      Open one to read all of it, then send, change or reject it; those that you have opened can be sent together. Until
      you decide nothing is sent; a message that nobody decides about is forgotten, unsent, at its time.
    </p>`;
}

export const approvalsPage: Page = {
  path: '/approvals',
  section: '/approvals',
  navigation: 'Approvals',
  badge: async (call) => (await call.read(listOutbox, outboxList, { states: ['parked'], limit: 1 })).counts.parked ?? 0,
  async render(call) {
    const { entries } = await waiting(call);
    return {
      title: 'Approvals',
      main: html`${section(
        { id: 'waiting', title: 'Messages that wait for you', live: 'outbox' },
        entries.length === 0
          ? nothing(
              'Nothing waits. policy.json says which messages need you: "sending": "confirm", or more than it allows.',
            )
          : waitingCards(entries, call),
      )}${noticeButton}`,
    };
  },
};

/** Sends one of several, if this session has seen it; otherwise why not. */
async function sendChosen(chosen: string, call: PageCall): Promise<string | undefined> {
  const [id = '', contentHash = ''] = chosen.split(' ');
  if (!call.opened.has(call.session.name, id, contentHash)) return `${id} was not opened as it is now`;
  try {
    await call.read(approveSend, outboxEntry, { id, contentHash });
    return undefined;
  } catch (error) {
    return `${id}: ${messageOf(error)}`;
  }
}

export const approvalActions: readonly Action[] = [
  {
    path: '/approvals/send',
    async run(form, call) {
      const chosen = form.getAll('message');
      const refused: string[] = [];
      // One after the other: each counts for the limits of the next.
      for (const one of chosen) {
        const reason = await sendChosen(one, call);
        if (reason !== undefined) refused.push(reason);
      }
      const approved = `${plural(chosen.length - refused.length, 'message')} approved.`;
      return {
        to: call.link('/approvals'),
        notice: [approved, ...refused.map((reason) => `Not sent: ${reason}`)].join(' '),
      };
    },
  },
];
