import { editSend } from '../../operations/admin/edit-send.ts';
import { getOutboxEntry } from '../../operations/admin/get-outbox-entry.ts';
import { outboxEntry, type OutboxEntryView } from '../../operations/admin/outbox-view.ts';
import { printableText } from '../../mail/text/printable-text.ts';
import { html, type Html } from '../html/html.ts';
import type { Action } from '../page.ts';
import type { PageCall } from '../page-call.ts';

const recipientFields = ['to', 'cc', 'bcc'] as const;
const labels = { to: 'To', cc: 'Cc', bcc: 'Bcc' } as const;

/** Browsers send lines with CRLF, and the first line end of a text area is not theirs. */
function textOf(text: string): string {
  return printableText(text.replaceAll('\r\n', '\n')).trimEnd();
}

/** A form to change a message that waits, with what it says now. */
export function editForm(entry: OutboxEntryView, call: PageCall): Html {
  const { id, contentHash, subject, text } = entry;
  return html`<details>
    <summary>Change it first</summary>
    ${call.form(
      `/outbox/${id}/edit`,
      html`<input type="hidden" name="contentHash" value="${contentHash}" />
        <div class="fields">
          ${recipientFields.map(
            (field) =>
              html`<label for="${field}">${labels[field]}</label>
                <input id="${field}" name="${field}" value="${entry[field].join(', ')}" />`,
          )}
          <label for="subject">Subject</label>
          <input id="subject" name="subject" value="${subject}" />
          <label for="body">Text</label>
          <textarea id="body" name="body" rows="12">${textOf(text)}</textarea>
          <span></span><span><button>Keep the change</button></span>
        </div>
        <p class="dim">It waits on, under a new hash: read it again, then send it. Attachments stay.</p>`,
    )}
  </details>`;
}

/** What of a form differs from the message: what does not stays byte for byte. */
function changesIn(form: URLSearchParams, entry: OutboxEntryView): object {
  const recipients = recipientFields.flatMap((field) => {
    const given = (form.get(field) ?? '').trim();
    return given === entry[field].join(', ') ? [] : [[field, given === '' ? [] : [given]] as const];
  });
  const subject = form.get('subject') ?? '';
  const body = textOf(form.get('body') ?? '');
  return {
    ...Object.fromEntries(recipients),
    ...(subject === entry.subject ? {} : { subject }),
    ...(body === textOf(entry.text) ? {} : { body }),
  };
}

export const editActions: readonly Action[] = [
  {
    path: '/outbox/{id}/edit',
    async run(form, call) {
      const { id = '' } = call.fields;
      const to = call.link(`/outbox/${id}`);
      const changes = changesIn(form, await call.read(getOutboxEntry, outboxEntry, { id }));
      if (Object.keys(changes).length === 0) return { to, notice: 'Nothing was changed.' };
      await call.read(editSend, outboxEntry, { id, contentHash: form.get('contentHash') ?? '', ...changes });
      return { to, notice: 'Changed: it waits on, under a new hash. Read it again before you send it.' };
    },
  },
];
