import type { SettingsChanges } from '../../src/emulator/control/settings.ts';
import { mail, owner, type Json, type ReplayWorld } from './replay-world.ts';

/** How the state is built in which a request was recorded. */
export interface Replay {
  /** Builds it, and answers our ids for those of the recording. */
  readonly build?: (world: ReplayWorld) => Promise<Readonly<Record<string, string>>>;
  readonly settings?: SettingsChanges;
  /** Whether it was asked with a token that sees labels and headers only. */
  readonly isMetadataOnly?: boolean;
  /** The request, where the recording does not have it. */
  readonly request?: { readonly method: 'GET'; readonly path: string };
}

const hello = { From: owner, To: 'test@example.com', Subject: 'Test Email' };
const helloText = 'This is a test email body.';
const draftMail = mail(
  { From: owner, To: 'recipient@example.com', Subject: 'Test Draft' },
  'This is a test draft message.',
);
const toSelf = (subject: string, text: string, more: Readonly<Record<string, string>> = {}): string =>
  mail(
    {
      From: owner,
      To: owner,
      Subject: subject,
      'MIME-Version': '1.0',
      'Content-Type': 'text/plain; charset=UTF-8',
      ...more,
    },
    text,
  );

const bounceHtml =
  '<html><head><style>* { color: #222 }</style></head><body><table><tr><td><h2>Address not found</h2></td></tr>' +
  "<tr><td>Your message wasn't delivered to <b>test@example.com</b> because the domain example.com couldn't be found. " +
  'Check for typos or unnecessary spaces and try again.</td></tr><tr><td><a href="https://support.google.com">LEARN MORE</a>' +
  '</td></tr><tr><td>This link will take you to a third-party site</td></tr></table></body></html>';

/** The report that comes back for a message that nobody gets. */
function bounce(messageId: string, subject: string): string {
  return [
    'From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>',
    `To: ${owner}`,
    `Subject: Re: ${subject}`,
    `References: ${messageId}`,
    `In-Reply-To: ${messageId}`,
    'Message-ID: <1.bounce@mx.google.com>',
    'Content-Type: multipart/alternative; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=UTF-8',
    '',
    '** Address not found **',
    '--b',
    'Content-Type: text/html; charset=UTF-8',
    '',
    bounceHtml,
    '--b--',
    '',
  ].join('\r\n');
}

/** A sent message and the report that it came back, in one thread. */
async function returned(world: ReplayWorld, labelIds: readonly string[]): Promise<readonly [sent: Json, report: Json]> {
  const sent = await world.send(mail(hello, helloText));
  const report = await world.arrive(bounce(await world.messageIdOf(sent.id), hello.Subject), labelIds);
  return [sent, report];
}

const withDraft = (id: string, messageId?: string): Replay => ({
  async build({ draft }) {
    const { id: ours, message } = await draft(draftMail);
    return { [id]: ours, ...(messageId === undefined ? {} : { [messageId]: message.id }) };
  },
});

const withSent = (id: string): Replay => ({
  build: async ({ send }) => ({ [id]: (await send(mail(hello, helloText))).id }),
});

const withFilters = (count: number): Replay => ({
  async build({ ask }) {
    const { id } = await ask('POST', 'labels', { name: 'acme-test' });
    const filters: readonly [criteria: object, action: object][] = [
      [{ from: 'no-reply+acme-seed-1777483001922@example.com' }, { addLabelIds: [id] }],
      [
        { from: 'test@example.com', subject: 'Test Filter' },
        { addLabelIds: ['IMPORTANT'], removeLabelIds: ['INBOX'] },
      ],
      [{ from: 'unique-filter-$(date +%s)@example.com', subject: 'Unique Test' }, { addLabelIds: ['IMPORTANT'] }],
      [
        { from: 'unique-sender-$(date +%s)@example.com', subject: 'Unique Subject $(date +%s)' },
        { addLabelIds: ['IMPORTANT'], removeLabelIds: ['INBOX'] },
      ],
      [
        { from: 'unique-sender-1745948400@example.com', subject: 'Unique Subject 1745948400' },
        { addLabelIds: ['IMPORTANT'], removeLabelIds: ['INBOX'] },
      ],
      [{ from: 'test@example.com', subject: 'Test Filter' }, { addLabelIds: ['IMPORTANT'] }],
    ];
    let last = '';
    for (const [criteria, action] of filters.slice(0, count)) {
      ({ id: last } = await ask('POST', 'settings/filters', { criteria, action }));
    }
    return {
      'ANe1BmjlhP2IOaQ9PkRDQF_CQWJc8-KOWb9auA': last,
      ANe1BmhN5bFd5EY9xUgAeIM3iwu1z9lWN8heug: last,
    };
  },
});

const withLabels = (...names: readonly string[]): Replay => ({
  async build({ ask }) {
    let last = '';
    for (const name of names) {
      const body = { name, labelListVisibility: 'labelShow', messageListVisibility: 'show' };
      ({ id: last } = await ask('POST', 'labels', body));
    }
    return { Label_5: last, Label_6: last };
  },
});

const attachmentText = 'VGhpcyBpcyBhIHRlc3QgZmlsZQoKVGhpcyBmaWxlIGhhcyBjb250ZW50Cg==';
/** A message that was sent from Gmail's page, with a file. */
const fromThePage = [
  'MIME-Version: 1.0',
  'Date: Wed, 29 Apr 2026 22:15:33 +0300',
  `Reply-To: ${owner}`,
  `Message-ID: <CA${'x'.repeat(46)}@mail.gmail.com>`,
  'Subject: Find Attached',
  `From: API Test <${owner}>`,
  'To: Some One <someone@example.com>',
  'Content-Type: multipart/mixed; boundary="00000000000010481c06509e2cbe"',
  '',
  '--00000000000010481c06509e2cbe',
  'Content-Type: text/plain; charset="UTF-8"',
  '',
  'This email has an attachment',
  '',
  '--00000000000010481c06509e2cbe',
  'Content-Type: text/plain; charset="US-ASCII"; name="test.txt"',
  'Content-Disposition: attachment; filename="test.txt"',
  'Content-Transfer-Encoding: base64',
  '',
  attachmentText,
  '--00000000000010481c06509e2cbe--',
  '',
].join('\r\n');

/** That message in the thread of another one, as in the recording. */
async function insertFromThePage({ ask, send }: ReplayWorld): Promise<Json> {
  const first = await send(mail({ From: owner, To: 'someone@example.com', Subject: 'Find Attached' }, 'soon'));
  const raw = Buffer.from(fromThePage).toString('base64url');
  const inserted = await ask('POST', 'messages?internalDateSource=dateHeader', {
    raw,
    labelIds: ['SENT'],
    threadId: first.threadId,
  });
  return inserted;
}

const recordedAttachmentId = /attachments\/(.*)$/;

/** Every recorded exchange, by the name of its file. */
export const replays: Readonly<Record<string, Replay>> = {
  'batch-delete-messages': withSent('19dda884fb80bc9b'),
  'batch-modify-messages': withSent('19dda5888dc95981'),
  'create-draft': {},
  'create-filter': {},
  'create-label': {},
  'delete-draft': withDraft('r-834494671212680745'),
  'delete-filter': withFilters(1),
  'delete-label': withLabels('Gone'),
  'delete-message': withSent('19dda7d6901f8049'),
  'delete-thread': withSent('19dda88e375137ef'),
  filters: withFilters(6),
  'get-attachment': {
    async build(world) {
      const { id } = await insertFromThePage(world);
      const message = Object(await world.ask('GET', `messages/${id}`));
      const attachmentId: string = message.payload.parts[1].body.attachmentId;
      return { '19ddaab064b93cf0': id, attachment: attachmentId };
    },
  },
  'get-auto-forwarding-settings': {},
  'get-draft': {
    async build({ draft }) {
      const text = 'This is a test draft for validation.';
      const { id, message } = await draft(
        mail({ From: owner, To: 'recipient@example.com', Subject: 'Test Draft' }, text),
      );
      return { 'r-6471792939619012916': id, '19dda5f53af7ee19': message.id };
    },
  },
  'get-filter': withFilters(6),
  'get-imap-settings': {},
  'get-label': {
    async build({ arrive }) {
      await arrive(toSelf('a', 'b'), ['INBOX']);
      return {};
    },
  },
  'get-language-settings': {},
  'get-message-metadata-19dda3e42064b8b2': {
    async build({ send, ask, messageIdOf }) {
      const subject = 'acme-seed-1777483001922 thread';
      const first = await send(toSelf(subject, 'first message'));
      const messageId = await messageIdOf(first.id);
      const references = { 'In-Reply-To': messageId, References: messageId };
      const reply = await send(toSelf(`Re: ${subject}`, 'reply', references), first.threadId);
      await ask('POST', `messages/${reply.id}/modify`, { removeLabelIds: ['UNREAD'] });
      return { '19dda3e42064b8b2': reply.id };
    },
  },
  'get-message-metadata-19dda5f53af7ee19': {
    async build({ draft }) {
      const text = 'This is a test draft for validation.';
      const { message } = await draft(mail({ From: owner, To: 'recipient@example.com', Subject: 'Test Draft' }, text));
      return { '19dda5f53af7ee19': message.id };
    },
  },
  'get-message-metadata-19dda7d63c5b23bd': {
    build: async ({ send }) => ({
      '19dda7d63c5b23bd': (await send(toSelf('acme-seed-1777487140249 thread', 'first message'))).id,
    }),
  },
  'get-message-metadata-19ddaab064b93cf0': {
    build: async (world) => ({ '19ddaab064b93cf0': (await insertFromThePage(world)).id }),
  },
  'get-message': {
    isMetadataOnly: true,
    build: async (world) => ({
      '19dda5cc10eb51bb': (await returned(world, ['UNREAD', 'CATEGORY_UPDATES', 'INBOX']))[1].id,
    }),
  },
  'get-pop-settings': {
    async build({ ask }) {
      await ask('PUT', 'settings/pop', { accessWindow: 'allMail', disposition: 'leaveInInbox' });
      return {};
    },
  },
  'get-send-as-alias': {},
  'get-thread': {
    isMetadataOnly: true,
    build: async ({ draft }) => ({ '19dda5eba6976e6b': (await draft(draftMail)).message.threadId }),
  },
  'get-vacation-settings': {},
  labels: withLabels('acme-test', 'TestLabel123', 'AcmeActionTest'),
  'list-drafts': {
    async build({ draft }) {
      await draft(draftMail);
      await draft(draftMail);
      return {};
    },
  },
  'list-filters': withFilters(3),
  'list-forwarding-addresses': {},
  'list-labels': withLabels('acme-test'),
  'list-messages': {
    async build({ draft, send, arrive, messageIdOf }) {
      await send(mail({ ...hello, Subject: 'before' }, helloText));
      await draft(draftMail);
      for (const Subject of ['one', 'two']) {
        const sent = await send(mail({ ...hello, Subject }, helloText));
        await arrive(bounce(await messageIdOf(sent.id), Subject), ['INBOX']);
      }
      return {};
    },
  },
  'list-send-as-aliases': {},
  'list-threads-first-two': {
    isMetadataOnly: true,
    request: { method: 'GET', path: '/gmail/v1/users/me/threads?maxResults=2' },
    async build({ send }) {
      for (const subject of ['one', 'two', 'three']) await send(mail({ ...hello, Subject: subject }, helloText));
      return {};
    },
  },
  'list-watch-history': {
    async build(world) {
      const { ask, send, arrive, messageIdOf } = world;
      const [sent, report] = await returned(world, ['CATEGORY_UPDATES', 'INBOX']);
      const { historyId } = await ask('GET', 'profile');
      await ask('POST', `threads/${sent.threadId}/trash`);
      const other = await send(mail({ ...hello, Subject: 'Another' }, helloText));
      const otherReport = await arrive(bounce(await messageIdOf(other.id), 'Another'), [
        'UNREAD',
        'CATEGORY_UPDATES',
        'INBOX',
      ]);
      await ask('POST', `threads/${sent.threadId}/untrash`);
      return {
        '86170': historyId,
        '19dda58832469c79': sent.id,
        '19dda5888dc95981': report.id,
        '19dda5cb6f806160': other.id,
        '19dda5cc10eb51bb': otherReport.id,
      };
    },
  },
  'modify-message': {
    build: async ({ draft }) => ({ '19dda5d843e1fbb4': (await draft(draftMail)).message.id }),
  },
  'modify-thread': {
    async build(world) {
      const [sent] = await returned(world, ['UNREAD', 'CATEGORY_UPDATES', 'INBOX']);
      return { '19dda58832469c79': sent.threadId };
    },
  },
  'send-as-aliases': {},
  'send-draft': withDraft('r-2659581451941744427', '19dda60a46b46e46'),
  'send-message': {},
  'stop-watch': {},
  'trash-message': withSent('19dda5cfee3671a4'),
  'trash-thread': {
    async build({ draft, ask, arrive, messageIdOf }) {
      const { id } = await draft(draftMail);
      const sent = await ask('POST', 'drafts/send', { id });
      await arrive(bounce(await messageIdOf(sent.id), 'Test Draft'), ['UNREAD', 'CATEGORY_UPDATES', 'INBOX']);
      return { '19dda60a46b46e46': sent.threadId };
    },
  },
  'untrash-message': {
    async build({ draft, ask }) {
      const { message } = await draft(draftMail);
      await ask('POST', `messages/${message.id}/trash`);
      return { '19dda5eba6976e6b': message.id };
    },
  },
  'untrash-thread': {
    async build(world) {
      const [sent] = await returned(world, ['CATEGORY_UPDATES', 'INBOX']);
      await world.ask('POST', `threads/${sent.threadId}/trash`);
      return { '19dda58832469c79': sent.threadId };
    },
  },
  'update-draft': withDraft('r6786157652975891736'),
  'update-imap-settings': { settings: { isImapFixed: true } },
  'update-label': withLabels('Test Label'),
  'update-language-settings': {},
  'update-pop-settings': {},
  'update-send-as-alias': {},
  'update-send-as-smtp-msa': {},
  'update-vacation-settings': {},
};

/** The path of a recorded request with our ids. */
export function pathOf(path: string, ids: Readonly<Record<string, string>>): string {
  const { attachment, ...others } = ids;
  const withAttachment =
    attachment === undefined ? path : path.replace(recordedAttachmentId, `attachments/${attachment}`);
  return Object.entries(others).reduce((result, [theirs, ours]) => result.replaceAll(theirs, ours), withAttachment);
}
