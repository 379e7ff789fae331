import type { OutboxEntryView } from '../../operations/admin/outbox-view.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { clock, moment, state, table } from '../html/parts.ts';
import type { PageCall } from '../page-call.ts';
import { outcomeOf, whoOf, type Change } from './changes.ts';

/** Entries of the audit log that are read of one message: an attempt has two, and they grow rarer with its age. */
export const historyLimit = 1000;

/** What becomes of a message if nobody does anything, and when. */
export function whatHappensNext({ state: of, sendsAt, failure, keptUntil }: OutboxEntryView): Html {
  const end = moment(Date.parse(keptUntil));
  const at = sendsAt === undefined ? 'its time' : moment(Date.parse(sendsAt));
  const next = (): Html => {
    switch (of) {
      case 'parked':
        return html`Nothing is sent until you decide. If nobody does, it is forgotten, unsent, on ${end}.`;
      case 'waiting':
        return failure === undefined
          ? html`It is in its grace time: it is sent at ${at}, unless it is taken back before.`
          : html`Nothing was sent so far. It is tried again at ${at}, for a day from when it was asked for.`;
      case 'failed':
        return html`It was certainly not sent, and is not tried again by itself. It is forgotten on ${end}.`;
      case 'unknown':
        return html`It is looked for in the mailbox until it is known whether it was sent; it is never sent again by
        itself.`;
      case 'drafting':
      case 'sending':
        return html`A server is at it.`;
      case 'sent':
      case 'rejected':
      case 'cancelled':
        return html`It is over. This record is kept until ${end}.`;
    }
  };
  return html`<p class="dim">${next()}</p>`;
}

const methods: Readonly<Record<string, string>> = {
  sendDraft: 'Attempt to send',
  settleSend: 'Found out',
  rejectSend: 'Rejected',
  cancelSend: 'Taken back',
  editSend: 'Changed',
  parkSend: 'Held by a restore',
};

function changeRow({ begun, end }: Change, call: PageCall): readonly Part[] {
  const { sequence, at, facts } = begun;
  const method = String(facts.method);
  const why = end === undefined || end.event === 'done' ? undefined : String(end.facts.message);
  return [
    html`<a href="${call.link(`/audit/${sequence}`)}">${methods[method] ?? method}</a>`,
    html`${outcomeOf(end)}${why !== undefined && html` <small>${why}</small>`}`,
    whoOf(begun),
    clock(Date.parse(at)),
  ];
}

/** The timeline of a message: asked for, each attempt and decision with its outcome, and what comes next. */
export function historyTable(entry: OutboxEntryView, changes: readonly Change[], call: PageCall): Html {
  const { createdAt, sendsAt } = entry;
  const asked = [html`Asked for <small>${entry.operation}</small>`, '–', whoOf(entry), clock(Date.parse(createdAt))];
  const next =
    sendsAt === undefined ? [] : [['Next attempt', state('busy', 'not yet'), 'a server', clock(Date.parse(sendsAt))]];
  const rows = [asked, ...changes.toReversed().map((change) => changeRow(change, call)), ...next];
  return table('What happened', ['What', 'Outcome', 'Who', 'When'], rows);
}
