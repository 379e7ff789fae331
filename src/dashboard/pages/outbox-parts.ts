import { printableLine, printableText } from '../../mail/text/printable-text.ts';
import type { OutboxEntryView } from '../../operations/admin/outbox-view.ts';
import { warnedOf } from '../../operations/sending/send-warnings.ts';
import { finalStates, type SendState } from '../../store/outbox/send-states.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { moment, size, state, terms, type Tone } from '../html/parts.ts';
import type { PageCall } from '../page-call.ts';
import { longSubject, subjectTitle } from './subject-title.ts';

/** The states in words, as filters name them. */
export const stateNames: Readonly<Record<SendState, string>> = {
  parked: 'waits for you',
  waiting: 'scheduled',
  drafting: 'being prepared',
  sending: 'being sent',
  unknown: 'unknown',
  failed: 'failed',
  sent: 'sent',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

const tones: Readonly<Record<SendState, Tone>> = {
  parked: 'warn',
  waiting: 'busy',
  drafting: 'busy',
  sending: 'busy',
  unknown: 'bad',
  failed: 'bad',
  sent: 'good',
  rejected: 'off',
  cancelled: 'off',
};

/** States that are said at more length of one message. */
const longNames: Readonly<Partial<Record<SendState, string>>> = {
  waiting: 'scheduled for',
  unknown: 'sent or not: unknown',
};

/** The state of a send in words. */
export function sendState({ state: of, failure }: Pick<OutboxEntryView, 'state' | 'failure'>): Html {
  if (of === 'waiting' && failure !== undefined) return state('warn', 'tried again at');
  return state(tones[of], longNames[of] ?? stateNames[of]);
}

/** Addresses of a message, each apart, so that none can hide behind another; with what deserves a look before it is sent. */
function addressList(addresses: readonly string[], warnings: readonly string[]): Html {
  const item = (address: string): Html => {
    const { isNew, isLookAlike } = warnedOf(warnings, address);
    return html`<li>
      ${printableLine(address)} ${isLookAlike && state('bad', 'look-alike')}${isNew && state('warn', 'new')}
    </li>`;
  };
  return html`<ul class="addresses">
    ${addresses.map(item)}
  </ul>`;
}

/** A stranger's word between quotation marks, of which it has none that could end them. */
function quoted(words: string): string {
  return `“${printableLine(words).replaceAll(/["“”„‟«»]/g, "'")}”`;
}

/** Who asked for a message, and through what; the client's name is a stranger's word, and set apart as one. */
function askedBy({ tokenName, transport, client, operation }: OutboxEntryView): Html {
  return html`${tokenName === undefined ? 'nobody named' : `token ${tokenName}`}, ${operation} over
  ${transport}${client !== undefined && html`, by a client that calls itself ${quoted(client)}`}`;
}

/** Its files, to be looked at before they are sent; of a message that is over only the names are kept. */
function attachmentList({ id, state: of, attachments }: OutboxEntryView, call: PageCall): Html {
  const isKept = !finalStates.includes(of);
  return html`<ul class="addresses">
    ${attachments.map(({ filename, mimeType, sizeBytes }, index) => {
      const name = printableLine(filename);
      const link = html`<a href="${call.link(`/outbox/${id}/attachments/${index + 1}`)}" download>${name}</a>`;
      return html`<li>${isKept ? link : name} <small>${printableLine(mimeType)}, ${size(sizeBytes)}</small></li>`;
    })}
  </ul>`;
}

/** Who gets a message, from whom and with what; `conversation` is the one that it is put into. */
export function recipientFacts(entry: OutboxEntryView, call: PageCall, conversation?: Part): Html {
  const { account, from, to, cc, bcc, subject, attachments, warnings } = entry;
  return terms([
    ['From', printableLine(from)],
    ['To', to.length > 0 && addressList(to, warnings)],
    ['Cc', cc.length > 0 && addressList(cc, warnings)],
    ['Bcc', bcc.length > 0 && html`${addressList(bcc, warnings)} <small>The others do not see these.</small>`],
    ['Subject', longSubject(subject)],
    ['Conversation', conversation],
    ['Attached', attachments.length > 0 && attachmentList(entry, call)],
    ['Account', account !== from && account],
  ]);
}

/** Who asked for a message, and what became of it. */
export function requestFacts(entry: OutboxEntryView, call: PageCall): Html {
  const { createdAt, messageId, reason, requestId, contentHash } = entry;
  return terms([
    ['Asked', html`${moment(Date.parse(createdAt))} by ${askedBy(entry)}`],
    ['Request', html`<a class="mono" href="${call.link('/logs', { request: requestId })}">${requestId}</a>`],
    ['Sent as', messageId],
    ['Rejected because', reason !== undefined && printableLine(reason)],
    ['Hash', html`<span class="mono">${contentHash}</span>`],
  ]);
}

/** What deserves a second look, above everything else. */
export function messageWarnings({ warnings, failure }: OutboxEntryView): Html | undefined {
  const all = [...warnings, ...(failure === undefined ? [] : [`${failure.code}: ${failure.message}`])];
  return all.length === 0
    ? undefined
    : html`<ul class="needs">
        ${all.map((warning) => html`<li>${printableLine(warning)}</li>`)}
      </ul>`;
}

/** The text as its recipient reads it, or the message's source. */
export function messageText({ text, source = '', state: of }: OutboxEntryView, isSource: boolean): Html {
  const shown = printableText(isSource ? source : text).trimEnd();
  if (shown !== '') return html`<pre class="letter ${isSource && 'source'}">${shown}</pre>`;
  const isKept = !finalStates.includes(of);
  return html`<p class="nothing">${isKept ? 'It has no text.' : 'The text is not kept once a message is over.'}</p>`;
}

/** The subject of a message, which leads to its page. */
export function subjectLink({ id, subject }: OutboxEntryView, call: PageCall): Html {
  return html`<a href="${call.link(`/outbox/${id}`)}">${subjectTitle(subject)}</a>`;
}

/** A message as a row: subject, recipients, state, when. */
export function entryRow(entry: OutboxEntryView, call: PageCall): readonly Part[] {
  const { to, cc, bcc, changedAt, sendsAt } = entry;
  const [first = 'nobody', ...others] = [...to, ...cc, ...bcc];
  return [
    subjectLink(entry, call),
    html`${printableLine(first)}${others.length > 0 && html` <small>and ${others.length} more</small>`}`,
    html`${sendState(entry)}${sendsAt !== undefined && html` <small>${moment(Date.parse(sendsAt))}</small>`}`,
    entry.tokenName ?? entry.transport,
    moment(Date.parse(changedAt)),
  ];
}

/** The heads of {@link entryRow}. */
export const entryColumns = ['Subject', 'To', 'State', 'Asked by', 'Since'];
