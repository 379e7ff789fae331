import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { gmail_v1 } from '@googleapis/gmail';
import { gmail } from '@googleapis/gmail';
import { OAuth2Client, gaxios } from 'google-auth-library';
import type { Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator } from '../../src/emulator/start-emulator.ts';
import { gmailMethods } from '../../src/mail/gmail-methods.ts';
import type { MailParts } from '../build-mail.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const emailAddress = 'me@example.org';
const userId = 'me';

/** The part of Google's error body that the client hands on. */
interface GoogleErrorBody {
  readonly code: number;
  readonly message: string;
  readonly errors: readonly [{ readonly reason: string }];
}

/** Google's own client on a running emulator. */
interface Probe {
  readonly emulator: Emulator;
  readonly api: gmail_v1.Gmail;
  /** The data of an answer that must have this status. */
  readonly ok: <Data>(
    answer: Promise<{ readonly status: number; readonly data: Data }>,
    status?: number,
  ) => Promise<Data>;
  /** Asserts that a call is refused so, in the form in which the client reports it. */
  readonly refused: (
    answer: Promise<unknown>,
    status: number,
    reason: string,
    message: string | RegExp,
  ) => Promise<void>;
  /** Where uploads go: the client leaves them to Google's own address unless a call says otherwise. */
  readonly upload: { readonly rootUrl: string };
}

async function startProbe(t: TestContext): Promise<Probe> {
  const emulator = await startEmulator({
    accounts: [{ emailAddress, folder: temporaryFolder(t) }],
    settings: { unitsPerMinute: 1_000_000 },
  });
  t.after(() => emulator.close());
  const { rootUrl } = emulator;
  const [account] = emulator.accounts;
  assert.ok(account !== undefined);
  const auth = new OAuth2Client({
    clientId: account.clientId,
    clientSecret: account.clientSecret,
    endpoints: { oauth2TokenUrl: `${rootUrl}token`, oauth2RevokeUrl: `${rootUrl}revoke` },
  });
  auth.setCredentials({
    // As a service account with delegation: only that may do everything.
    access_token: emulator.tokens.issue({ isServiceAccount: true }).accessToken,
    refresh_token: account.refreshToken,
    expiry_date: Date.now() + 3_600_000,
  });
  return {
    emulator,
    api: gmail({ version: 'v1', auth, rootUrl, retry: false }),
    upload: { rootUrl },
    ok: async (answer, status = 200) => {
      const { status: got, data } = await answer;
      assert.equal(got, status);
      return data;
    },
    refused: async (answer, status, reason, message) => {
      await assert.rejects(answer, (error) => {
        assert.ok(error instanceof gaxios.GaxiosError, String(error));
        assert.equal(error.status, status, error.message);
        const body: GoogleErrorBody = error.response?.data.error;
        assert.equal(body.code, status);
        assert.equal(body.errors[0].reason, reason);
        if (typeof message === 'string') assert.equal(body.message, message);
        else assert.match(body.message, message);
        return true;
      });
    },
  };
}

function raw(mail: MailParts): string {
  return Buffer.from(buildMail(mail)).toString('base64url');
}

function media(mail: MailParts): { mimeType: string; body: Readable } {
  return { mimeType: 'message/rfc822', body: Readable.from([Buffer.from(buildMail(mail))]) };
}

function idOf({ id }: { readonly id?: string | null | undefined }): string {
  assert.ok(typeof id === 'string');
  return id;
}

const notFound = 'Requested entity was not found.';

/** Each part of the API as one script of calls; all of them run against one mailbox. */
const scripts: Readonly<Record<string, (probe: Probe) => Promise<void>>> = {
  'the account': async ({ api, ok, refused, upload }) => {
    const empty = await ok(api.users.getProfile({ userId }));
    assert.deepEqual(empty, { emailAddress, messagesTotal: 0, threadsTotal: 0, historyId: empty.historyId });
    await ok(api.users.getProfile({ userId: emailAddress }));
    await refused(api.users.getProfile({ userId: 'you@example.org' }), 403, 'forbidden', /Delegation denied/);
    const topicName = 'projects/my-project/topics/mail';
    const watch = await ok(api.users.watch({ userId, requestBody: { topicName, labelIds: ['INBOX'] } }));
    assert.match(watch.expiration ?? '', /^\d{13}$/);
    assert.equal(watch.historyId, empty.historyId);
    await refused(api.users.watch({ userId, requestBody: {} }), 400, 'invalidArgument', 'topicName required');
    await refused(
      api.users.watch({ userId, requestBody: { topicName: 'mail' } }),
      400,
      'invalidArgument',
      /^Invalid topicName/,
    );
    await ok(api.users.stop({ userId }), 204);
    assert.ok(upload.rootUrl.startsWith('http://127.0.0.1:'));
  },

  messages: async ({ api, ok, refused, upload }) => {
    const { messages } = api.users;
    assert.deepEqual(await ok(messages.list({ userId })), { resultSizeEstimate: 0 });
    const attachment = { filename: 'plan.pdf', content: 'PDF?>' };
    const first = idOf(
      await ok(
        messages.insert({
          userId,
          requestBody: { raw: raw({ subject: 'Plans', messageId: 'p@x', attachment }), labelIds: ['INBOX'] },
        }),
      ),
    );
    // JSON and a message in one multipart body, then the message alone.
    const second = await ok(
      messages.insert(
        {
          userId,
          requestBody: { labelIds: ['INBOX', 'UNREAD'] },
          media: media({ subject: 'Re: Plans', messageId: 'q@x', references: ['p@x'] }),
        },
        upload,
      ),
    );
    assert.equal(second.threadId, first);
    assert.deepEqual(second.labelIds, ['INBOX', 'UNREAD']);
    const third = idOf(
      await ok(messages.import({ userId, neverMarkSpam: true, media: media({ subject: 'Other' }) }, upload)),
    );
    const fourth = idOf(
      await ok(
        messages.import({
          userId,
          internalDateSource: 'receivedTime',
          requestBody: { raw: raw({ subject: 'Fourth' }) },
        }),
      ),
    );

    const full = await ok(messages.get({ userId, id: first }));
    assert.equal(full.payload?.parts?.[1]?.filename, 'plan.pdf');
    const attachmentId = full.payload.parts[1].body?.attachmentId ?? '';
    const again = await ok(messages.get({ userId, id: first, format: 'full' }));
    assert.notEqual(again.payload?.parts?.[1]?.body?.attachmentId, attachmentId);
    assert.deepEqual(await ok(messages.attachments.get({ userId, messageId: first, id: attachmentId })), {
      size: 5,
      data: 'UERGPz4=',
    });
    await refused(
      messages.attachments.get({ userId, messageId: third, id: attachmentId }),
      400,
      'invalidArgument',
      'Invalid attachment token',
    );
    const metadata = await ok(
      messages.get({ userId, id: first, format: 'metadata', metadataHeaders: ['Subject', 'From'] }),
    );
    assert.deepEqual(
      metadata.payload?.headers?.map(({ name }) => name),
      ['From', 'Subject'],
    );
    assert.equal((await ok(messages.get({ userId, id: first, format: 'minimal' }))).payload, undefined);
    const bytes = Buffer.from((await ok(messages.get({ userId, id: first, format: 'raw' }))).raw ?? '', 'base64url');
    assert.match(bytes.toString(), /^From: .*\r\nMessage-ID: <p@x>\r\nSubject: Plans/);
    assert.deepEqual(await ok(messages.get({ userId, id: first, fields: 'id,labelIds' })), {
      id: first,
      labelIds: ['INBOX'],
    });

    const page = await ok(messages.list({ userId, maxResults: 2 }));
    assert.equal(page.resultSizeEstimate, 201);
    const rest = await ok(messages.list({ userId, maxResults: 2, pageToken: page.nextPageToken ?? '' }));
    assert.equal((page.messages?.length ?? 0) + (rest.messages?.length ?? 0), 4);
    assert.equal((await ok(messages.list({ userId, q: 'subject:plans', labelIds: ['INBOX'] }))).messages?.length, 2);
    assert.equal((await ok(messages.list({ userId, labelIds: ['INBOX', 'UNREAD'] }))).messages?.length, 1);
    await refused(messages.list({ userId, pageToken: '123' }), 400, 'invalidArgument', 'Invalid pageToken');
    await refused(messages.list({ userId, q: 'frm:ann' }), 400, 'invalidArgument', /frm:/);
    await refused(messages.list({ userId, labelIds: ['Label_0'] }), 400, 'invalidArgument', 'Invalid label: Label_0');
    await refused(
      messages.list({ userId, maxResults: 'many' as unknown as number }),
      400,
      'badRequest',
      `Invalid value at 'max_results' (TYPE_UINT32), "many"`,
    );

    const modified = await ok(
      messages.modify({ userId, id: first, requestBody: { addLabelIds: ['STARRED'], removeLabelIds: ['INBOX'] } }),
    );
    assert.deepEqual(modified, await ok(messages.get({ userId, id: first, format: 'minimal' })));
    assert.deepEqual(modified.labelIds, ['STARRED']);
    await refused(
      messages.modify({ userId, id: first, requestBody: {} }),
      400,
      'invalidArgument',
      'No label add or removes specified',
    );
    await refused(
      messages.modify({ userId, id: first, requestBody: { addLabelIds: ['Nope'] } }),
      400,
      'invalidArgument',
      'Invalid label: Nope',
    );
    const unknownField = { addLabelIds: ['STARRED'], color: 'red' };
    await refused(
      messages.modify({ userId, id: first, requestBody: unknownField }),
      400,
      'badRequest',
      'Invalid JSON payload received. Unknown name "color": Cannot find field.',
    );
    assert.deepEqual((await ok(messages.trash({ userId, id: idOf(second) }))).labelIds, ['TRASH', 'UNREAD']);
    assert.deepEqual((await ok(messages.untrash({ userId, id: idOf(second) }))).labelIds, ['UNREAD']);
    await ok(messages.batchModify({ userId, requestBody: { ids: [third, fourth], addLabelIds: ['IMPORTANT'] } }), 204);
    assert.equal((await ok(messages.list({ userId, q: 'is:important' }))).messages?.length, 2);
    const thousandAndOne = Array.from({ length: 1001 }, () => third);
    await refused(
      messages.batchModify({ userId, requestBody: { ids: thousandAndOne, addLabelIds: ['STARRED'] } }),
      400,
      'invalidArgument',
      'Number of ids cannot exceed 1000',
    );
    await ok(messages.delete({ userId, id: third }), 204);
    await refused(messages.get({ userId, id: third }), 404, 'notFound', notFound);
    await refused(messages.get({ userId, id: 'no id' }), 400, 'invalidArgument', 'Invalid id value');
    await refused(messages.delete({ userId, id: third }), 404, 'notFound', notFound);
    await ok(messages.batchDelete({ userId, requestBody: { ids: [third, fourth] } }), 204);
    await refused(messages.get({ userId, id: fourth, format: 'raw' }), 404, 'notFound', notFound);
    await refused(messages.insert({ userId, requestBody: {} }), 400, 'invalidArgument', /'raw' RFC822 payload/);
    await refused(
      messages.insert({ userId, requestBody: { raw: '*' } }),
      400,
      'badRequest',
      /'message\.raw' \(TYPE_BYTES\)/,
    );
  },

  sending: async ({ api, ok, refused, upload }) => {
    const { messages } = api.users;
    const to = 'ann@example.org';
    const sent = await ok(
      messages.send({ userId, requestBody: { raw: raw({ to, subject: 'Hello', messageId: 'mine@x' }) } }),
    );
    assert.deepEqual(sent, { id: sent.id, threadId: sent.id, labelIds: ['SENT'] });
    const stored = await ok(messages.get({ userId, id: idOf(sent), format: 'metadata' }));
    const headers = new Map(stored.payload?.headers?.map(({ name, value }) => [name, value]));
    assert.match(headers.get('Message-ID') ?? '', /^<CA[\w-]+@mail\.gmail\.com>$/);
    assert.match(headers.get('Received') ?? '', /gmailapi\.google\.com with HTTPREST/);
    assert.equal(headers.get('From'), emailAddress);
    const references = [(headers.get('Message-ID') ?? '').slice(1, -1)];
    const reply = { to, subject: 'Re: Hello', references };
    const joined = await ok(
      messages.send({ userId, requestBody: { threadId: idOf(sent) }, media: media(reply) }, upload),
    );
    assert.equal(joined.threadId, sent.id);
    const apart = await ok(
      messages.send(
        { userId, requestBody: { threadId: idOf(sent) }, media: media({ to, subject: 'Elsewhere' }) },
        upload,
      ),
    );
    assert.notEqual(apart.threadId, sent.id);
    const toMyself = await ok(messages.send({ userId, media: media({ to: emailAddress, subject: 'Note' }) }, upload));
    assert.deepEqual(new Set(toMyself.labelIds), new Set(['SENT', 'INBOX', 'UNREAD']));
    await refused(
      messages.send({ userId, requestBody: { raw: raw({ subject: 'x' }) } }),
      400,
      'invalidArgument',
      'Recipient address required',
    );
  },

  drafts: async ({ api, ok, refused, upload }) => {
    const { drafts, messages } = api.users;
    assert.deepEqual(await ok(drafts.list({ userId })), { resultSizeEstimate: 0 });
    const mail = { to: 'ann@example.org', subject: 'Draft' };
    const made = await ok(drafts.create({ userId, requestBody: { message: { raw: raw(mail) } } }));
    const id = idOf(made);
    assert.match(id, /^r-?\d+$/);
    assert.deepEqual(made.message?.labelIds, ['DRAFT']);
    const uploaded = await ok(
      drafts.create({ userId, requestBody: { message: {} }, media: media({ subject: 'Uploaded' }) }, upload),
    );
    assert.equal((await ok(drafts.list({ userId }))).drafts?.length, 2);
    assert.deepEqual(
      (await ok(drafts.list({ userId, q: 'subject:uploaded' }))).drafts?.map((draft) => draft.id),
      [uploaded.id],
    );
    const page = await ok(drafts.list({ userId, maxResults: 1 }));
    assert.equal(
      (await ok(drafts.list({ userId, maxResults: 1, pageToken: page.nextPageToken ?? '' }))).drafts?.length,
      1,
    );
    const updated = await ok(
      drafts.update({ userId, id, requestBody: { message: { raw: raw({ ...mail, text: 'More.' }) } } }),
    );
    assert.equal(updated.id, id);
    assert.notEqual(updated.message?.id, made.message?.id);
    const uploadedAgain = await ok(
      drafts.update({ userId, id: idOf(uploaded), media: media({ subject: 'Anew' }) }, upload),
    );
    assert.equal(uploadedAgain.id, uploaded.id);
    const read = await ok(drafts.get({ userId, id, format: 'full' }));
    assert.equal(Buffer.from(read.message?.payload?.body?.data ?? '', 'base64url').toString(), 'More.\r\n');
    assert.ok((await ok(drafts.get({ userId, id, format: 'raw' }))).message?.raw);
    const sent = await ok(drafts.send({ userId, requestBody: { id } }));
    assert.deepEqual(sent.labelIds, ['SENT']);
    assert.notEqual(sent.id, updated.message?.id);
    await refused(drafts.send({ userId, requestBody: { id } }), 404, 'notFound', notFound);
    await refused(drafts.get({ userId, id }), 404, 'notFound', notFound);
    await refused(drafts.send({ userId, requestBody: { id: idOf(uploaded) } }), 400, 'badRequest', 'Bad Request');
    const atOnce = await ok(drafts.send({ userId, media: media({ ...mail, subject: 'At once' }) }, upload));
    assert.equal((await ok(messages.get({ userId, id: idOf(atOnce) }))).labelIds?.[0], 'SENT');
    await ok(drafts.delete({ userId, id: idOf(uploaded) }), 204);
    await refused(drafts.delete({ userId, id: idOf(uploaded) }), 404, 'notFound', notFound);
    await refused(
      drafts.update({ userId, id, requestBody: { message: { raw: raw(mail) } } }),
      404,
      'notFound',
      notFound,
    );
    await refused(drafts.create({ userId, requestBody: {} }), 400, 'invalidArgument', 'Missing draft message');
  },

  threads: async ({ api, ok, refused }) => {
    const { threads } = api.users;
    const { threads: found } = await ok(threads.list({ userId, q: 'subject:plans' }));
    const id = idOf(found?.[0] ?? {});
    assert.equal((await ok(threads.list({ userId, q: 'subject:nothing' }))).resultSizeEstimate, 0);
    assert.equal((await ok(threads.list({ userId, maxResults: 1 }))).resultSizeEstimate, 201);
    const thread = await ok(threads.get({ userId, id }));
    assert.deepEqual(
      thread.messages?.map(({ threadId, payload }) => [threadId, payload?.mimeType]),
      [
        [id, 'multipart/mixed'],
        [id, 'text/plain'],
      ],
    );
    const metadata = await ok(threads.get({ userId, id, format: 'metadata', metadataHeaders: ['Subject'] }));
    assert.deepEqual(metadata.messages?.[1]?.payload?.headers, [{ name: 'Subject', value: 'Re: Plans' }]);
    assert.equal((await ok(threads.get({ userId, id, format: 'minimal' }))).messages?.[0]?.payload, undefined);
    const modified = await ok(threads.modify({ userId, id, requestBody: { addLabelIds: ['INBOX'] } }));
    assert.ok(modified.messages?.every(({ labelIds }) => labelIds?.includes('INBOX')));
    await refused(
      threads.modify({ userId, id, requestBody: {} }),
      400,
      'invalidArgument',
      'No label add or removes specified',
    );
    assert.ok((await ok(threads.trash({ userId, id }))).messages?.every(({ labelIds }) => labelIds?.includes('TRASH')));
    assert.equal((await ok(threads.list({ userId, q: 'subject:plans' }))).threads, undefined);
    assert.equal((await ok(threads.list({ userId, q: 'subject:plans', includeSpamTrash: true }))).threads?.length, 1);
    const restored = await ok(threads.untrash({ userId, id }));
    assert.ok(restored.messages?.every(({ labelIds }) => !labelIds?.includes('INBOX')));
    await ok(threads.delete({ userId, id }), 204);
    await refused(threads.get({ userId, id }), 404, 'notFound', notFound);
    await refused(threads.delete({ userId, id }), 404, 'notFound', notFound);
  },

  history: async ({ api, ok, refused, emulator }) => {
    const { history, messages } = api.users;
    const start = (await ok(api.users.getProfile({ userId }))).historyId ?? '';
    const id = idOf(
      await ok(messages.insert({ userId, requestBody: { raw: raw({ subject: 'News' }), labelIds: ['INBOX'] } })),
    );
    await ok(messages.trash({ userId, id }));
    const all = await ok(history.list({ userId, startHistoryId: start }));
    assert.deepEqual(
      all.history?.map((record) => Object.keys(record)),
      [
        ['id', 'messages', 'messagesAdded'],
        ['id', 'messages', 'labelsAdded'],
        ['id', 'messages', 'labelsRemoved'],
      ],
    );
    const added = await ok(history.list({ userId, startHistoryId: start, historyTypes: ['messageAdded'] }));
    assert.equal(added.history?.length, 1);
    const ofLabel = await ok(history.list({ userId, startHistoryId: start, labelId: 'INBOX' }));
    assert.deepEqual(ofLabel.history?.at(-1)?.labelsRemoved?.[0]?.labelIds, ['INBOX']);
    const page = await ok(history.list({ userId, startHistoryId: start, maxResults: 1 }));
    const next = await ok(
      history.list({ userId, startHistoryId: start, maxResults: 1, pageToken: page.nextPageToken ?? '' }),
    );
    assert.equal(next.history?.[0]?.id, all.history?.[1]?.id);
    assert.deepEqual(await ok(history.list({ userId, startHistoryId: all.historyId ?? '' })), {
      historyId: all.historyId,
    });
    await refused(history.list({ userId, startHistoryId: '0' }), 404, 'notFound', notFound);
    await refused(history.list({ userId }), 404, 'notFound', notFound);
    await emulator.forgetHistory();
    await refused(history.list({ userId, startHistoryId: start }), 404, 'notFound', notFound);
  },

  labels: async ({ api, ok, refused }) => {
    const { labels } = api.users;
    const { labels: listed } = await ok(labels.list({ userId }));
    assert.ok(listed?.some(({ id, type }) => id === 'INBOX' && type === 'system'));
    assert.equal(typeof (await ok(labels.get({ userId, id: 'INBOX' }))).messagesTotal, 'number');
    const id = idOf(
      await ok(labels.create({ userId, requestBody: { name: 'Travel', labelListVisibility: 'labelShow' } })),
    );
    await refused(
      labels.create({ userId, requestBody: { name: 'TRAVEL' } }),
      409,
      'aborted',
      'Label name exists or conflicts',
    );
    await refused(
      labels.create({ userId, requestBody: { name: 'INBOX' } }),
      400,
      'invalidArgument',
      'Invalid label name',
    );
    await refused(labels.create({ userId, requestBody: {} }), 400, 'invalidArgument', 'Invalid label name');
    const color = { textColor: '#ffffff', backgroundColor: '#16a766' };
    assert.deepEqual((await ok(labels.patch({ userId, id, requestBody: { color } }))).color, color);
    assert.equal((await ok(labels.update({ userId, id, requestBody: { id, name: 'Trips' } }))).name, 'Trips');
    assert.equal((await ok(labels.get({ userId, id }))).threadsTotal, 0);
    await ok(labels.delete({ userId, id }), 204);
    await refused(labels.get({ userId, id }), 404, 'notFound', notFound);
    await refused(labels.delete({ userId, id: 'INBOX' }), 400, 'invalidArgument', 'Invalid delete request');
  },

  settings: async ({ api, ok, refused }) => {
    const { settings } = api.users;
    const atRest = { enableAutoReply: false, responseSubject: '', restrictToContacts: false, restrictToDomain: false };
    assert.deepEqual(await ok(settings.getVacation({ userId })), atRest);
    const vacation = { ...atRest, enableAutoReply: true, responseSubject: 'Away', endTime: '1900000000000' };
    assert.deepEqual(await ok(settings.updateVacation({ userId, requestBody: vacation })), vacation);
    assert.deepEqual(await ok(settings.getVacation({ userId })), vacation);
    await refused(
      settings.updateVacation({ userId, requestBody: { ...vacation, startTime: '1900000000001' } }),
      400,
      'invalidArgument',
      /startTime/,
    );
    assert.equal((await ok(settings.getImap({ userId }))).enabled, false);
    const imap = { enabled: true, autoExpunge: false, expungeBehavior: 'trash', maxFolderSize: 0 };
    assert.deepEqual(await ok(settings.updateImap({ userId, requestBody: imap })), imap);
    assert.equal((await ok(settings.getPop({ userId }))).accessWindow, 'disabled');
    const pop = { accessWindow: 'fromNowOn', disposition: 'archive' };
    assert.deepEqual(await ok(settings.updatePop({ userId, requestBody: pop })), pop);
    assert.equal((await ok(settings.getLanguage({ userId }))).displayLanguage, 'en');
    const language = { displayLanguage: 'en-GB' };
    assert.deepEqual(await ok(settings.updateLanguage({ userId, requestBody: language })), language);
    await refused(
      settings.updateImap({ userId, requestBody: { enabled: 'yes' as unknown as boolean } }),
      400,
      'badRequest',
      `Invalid value at 'imap_settings.enabled' (TYPE_BOOL), "yes"`,
    );
  },

  filters: async ({ api, ok, refused }) => {
    const { filters } = api.users.settings;
    assert.deepEqual(await ok(filters.list({ userId })), {});
    const requestBody = { criteria: { from: 'ann@example.org' }, action: { addLabelIds: ['STARRED'] } };
    const made = await ok(filters.create({ userId, requestBody }));
    assert.deepEqual(made, { id: made.id, ...requestBody });
    const id = idOf(made);
    await refused(filters.create({ userId, requestBody }), 400, 'failedPrecondition', 'Filter already exists');
    assert.deepEqual(await ok(filters.list({ userId })), { filter: [made] });
    assert.deepEqual(await ok(filters.get({ userId, id })), made);
    await ok(filters.delete({ userId, id }), 204);
    await refused(filters.get({ userId, id }), 404, 'notFound', notFound);
    await refused(
      filters.create({ userId, requestBody: {} }),
      400,
      'invalidArgument',
      "Filter doesn't have any criteria",
    );
  },

  addresses: async ({ api, ok, refused }) => {
    const { settings } = api.users;
    const { sendAs, forwardingAddresses, delegates } = settings;
    const [primary] = (await ok(sendAs.list({ userId }))).sendAs ?? [];
    assert.deepEqual([primary?.sendAsEmail, primary?.isPrimary], [emailAddress, true]);
    const sendAsEmail = 'team@example.org';
    const made = await ok(sendAs.create({ userId, requestBody: { sendAsEmail, displayName: 'Team' } }));
    assert.equal(made.verificationStatus, 'accepted');
    await refused(
      sendAs.create({ userId, requestBody: { sendAsEmail } }),
      409,
      'alreadyExists',
      'Requested entity already exists',
    );
    assert.deepEqual(await ok(sendAs.get({ userId, sendAsEmail })), made);
    const signature = '<i>The team</i>';
    assert.equal((await ok(sendAs.patch({ userId, sendAsEmail, requestBody: { signature } }))).signature, signature);
    const updated = await ok(sendAs.update({ userId, sendAsEmail, requestBody: { displayName: 'T' } }));
    assert.deepEqual([updated.displayName, updated.signature], ['T', '']);
    await refused(sendAs.verify({ userId, sendAsEmail }), 400, 'invalidArgument', /already verified/);
    await ok(sendAs.delete({ userId, sendAsEmail }), 204);
    await refused(sendAs.get({ userId, sendAsEmail }), 404, 'notFound', notFound);
    await refused(sendAs.delete({ userId, sendAsEmail: emailAddress }), 400, 'invalidArgument', /primary/);

    const forwardingEmail = 'copy@example.org';
    assert.equal(await ok(forwardingAddresses.list({ userId }), 204), '');
    await refused(
      settings.updateAutoForwarding({ userId, requestBody: { enabled: true, emailAddress: forwardingEmail } }),
      400,
      'invalidArgument',
      /forward/,
    );
    const address = await ok(forwardingAddresses.create({ userId, requestBody: { forwardingEmail } }));
    assert.deepEqual(address, { forwardingEmail, verificationStatus: 'accepted' });
    assert.deepEqual(await ok(forwardingAddresses.get({ userId, forwardingEmail })), address);
    const forwarding = { enabled: true, emailAddress: forwardingEmail, disposition: 'leaveInInbox' };
    assert.deepEqual(await ok(settings.updateAutoForwarding({ userId, requestBody: forwarding })), forwarding);
    assert.deepEqual(await ok(settings.getAutoForwarding({ userId })), forwarding);
    await ok(forwardingAddresses.delete({ userId, forwardingEmail }), 204);
    await refused(forwardingAddresses.get({ userId, forwardingEmail }), 404, 'notFound', notFound);

    const delegateEmail = 'helper@example.org';
    const delegate = await ok(delegates.create({ userId, requestBody: { delegateEmail } }));
    assert.deepEqual(await ok(delegates.list({ userId })), { delegates: [delegate] });
    assert.deepEqual(await ok(delegates.get({ userId, delegateEmail })), delegate);
    await ok(delegates.delete({ userId, delegateEmail }), 204);
    await refused(delegates.get({ userId, delegateEmail }), 404, 'notFound', notFound);
  },

  'encryption, which is a documented 501': async ({ api, refused }) => {
    const { cse, sendAs } = api.users.settings;
    const { smimeInfo } = sendAs;
    const key = { userId, keyPairId: 'k', requestBody: {} };
    const certificate = { userId, sendAsEmail: emailAddress, id: '1' };
    const calls = [
      () => smimeInfo.list({ userId, sendAsEmail: emailAddress }),
      () => smimeInfo.get(certificate),
      () => smimeInfo.insert({ userId, sendAsEmail: emailAddress, requestBody: {} }),
      () => smimeInfo.setDefault(certificate),
      () => smimeInfo.delete(certificate),
      () => cse.identities.list({ userId }),
      () => cse.identities.get({ userId, cseEmailAddress: emailAddress }),
      () => cse.identities.create({ userId, requestBody: {} }),
      () => cse.identities.patch({ userId, emailAddress, requestBody: {} }),
      () => cse.identities.delete({ userId, cseEmailAddress: emailAddress }),
      () => cse.keypairs.list({ userId }),
      () => cse.keypairs.get({ userId, keyPairId: 'k' }),
      () => cse.keypairs.create({ userId, requestBody: {} }),
      () => cse.keypairs.enable(key),
      () => cse.keypairs.disable(key),
      () => cse.keypairs.obliterate(key),
    ];
    for (const call of calls) await refused(call(), 501, 'notImplemented', /^The Gmail emulator does not implement /);
  },
};

suite('the official client', () => {
  test('gets the right answer or a documented 501 from every method of the API', async (t) => {
    const probe = await startProbe(t);
    for (const [part, run] of Object.entries(scripts)) {
      await t.test(part, () => run(probe));
    }
    const { callsByMethod } = probe.emulator.counters.read();
    const calls = Object.values(callsByMethod).reduce((total, count) => total + count, 0);
    assert.ok(calls >= 120, `${calls} calls`);
    const missing = gmailMethods.map(({ id }) => id).filter((id) => callsByMethod[id] === undefined);
    assert.deepEqual(missing, []);
    t.diagnostic(`${calls} calls of ${Object.keys(callsByMethod).length} methods`);
  });
});
