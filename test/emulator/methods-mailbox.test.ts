import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { isAnswered } from '../../src/emulator/http/answer-call.ts';
import { gmailMethods } from '../../src/mail/gmail-methods.ts';
import type { Answer, Refusal } from './call-method.ts';
import { decoded, notFound, nowMs, openCaller, owner, rawOf } from './call-method.ts';

const day = 24 * 60 * 60 * 1000;

test('every method is answered, but for client-side encryption and S/MIME, which say 501', async (t) => {
  const { refuses } = openCaller(t);
  const refused = gmailMethods.map(({ id }) => id).filter((id) => !isAnswered(id));
  assert.equal(refused.length, 16);
  for (const id of refused) {
    assert.match(id, /\.(cse\.|smimeInfo\.)/);
    const message = `The Gmail emulator does not implement ${id}.`;
    await refuses([501, 'notImplemented', message], id.replace('gmail.users.', ''));
  }
});

test('every method stands on the page of the emulator, as it is answered', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/emulator.md'), 'utf8');
  const [, section = ''] = /<!-- methods -->(.*)<!-- \/methods -->/s.exec(page) ?? [];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  const documented = rows.flatMap((row) =>
    Array.from(row.split('|')[1]?.matchAll(/`([\w.]+)`/g) ?? [], ([, name]): [string, boolean] => [
      `gmail.users.${name}`,
      !row.endsWith('| 501 |'),
    ]),
  );
  assert.deepEqual(new Map(documented), new Map(gmailMethods.map(({ id }) => [id, isAnswered(id)])));
});

suite('threads', () => {
  test('are listed by their newest message and read with every message', async (t) => {
    const { call, insert } = openCaller(t);
    assert.deepEqual(await call('threads.list'), { resultSizeEstimate: 0 });
    const id = await insert({ subject: 'Plans', messageId: 'a@x', text: 'first' });
    const reply = await insert({ subject: 'Re: Plans', messageId: 'b@x', references: ['a@x'], text: '"second"' });
    const { threads } = await call('threads.list', { query: 'q=first' });
    assert.equal(threads.length, 1);
    assert.deepEqual(Object.keys(threads[0] ?? {}), ['id', 'snippet', 'historyId']);
    assert.deepEqual([threads[0]?.id, threads[0]?.snippet], [id, '&quot;second&quot;']);
    const thread = await call('threads.get', { parameters: { id }, query: 'format=metadata&metadataHeaders=Subject' });
    assert.deepEqual(Object.keys(thread), ['id', 'historyId', 'messages']);
    assert.deepEqual(
      thread.messages.map((message) => [message.id, message.payload.headers]),
      [
        [id, [{ name: 'Subject', value: 'Plans' }]],
        [reply, [{ name: 'Subject', value: 'Re: Plans' }]],
      ],
    );
    const full = await call('threads.get', { parameters: { id } });
    assert.equal(decoded(full.messages[1]!.payload.body.data), '"second"\r\n');
  });

  test('have no raw format, and are not there under an unknown id', async (t) => {
    const { refuses } = openCaller(t);
    await refuses([400, 'badRequest', `Invalid value at 'format' (TYPE_ENUM), "raw"`], 'threads.get', {
      parameters: { id: 'abc' },
      query: 'format=raw',
    });
    for (const method of ['threads.get', 'threads.trash', 'threads.untrash', 'threads.delete']) {
      await refuses(notFound, method, { parameters: { id: 'abc' } });
    }
  });

  test('are relabelled, trashed, taken out of the trash and deleted with all their messages', async (t) => {
    const { call, insert, refuses } = openCaller(t);
    const id = await insert({ subject: 'Plans', messageId: 'a@x' });
    const reply = await insert({ subject: 'Re: Plans', messageId: 'b@x', references: ['a@x'] }, ['INBOX', 'UNREAD']);
    const parameters = { id };
    const message = (messageId: string, labelIds: readonly string[]): object => ({
      id: messageId,
      threadId: id,
      ...(labelIds.length === 0 ? {} : { labelIds }),
    });
    /** The whole messages without their content, all with the thread's history id. */
    const whole = async (threadAnswer: Answer, labelIds: readonly (readonly string[])[]): Promise<void> => {
      assert.deepEqual(Object.keys(threadAnswer), ['id', 'historyId', 'messages']);
      for (const [index, each] of threadAnswer.messages.entries()) {
        const { snippet, sizeEstimate, internalDate, historyId, ...reference } = each;
        assert.deepEqual(reference, message([id, reply][index] ?? '', labelIds[index] ?? []));
        assert.deepEqual([snippet, typeof sizeEstimate, internalDate], ['Nothing to say.', 'number', String(nowMs)]);
        assert.equal(historyId, threadAnswer.historyId);
        const read = await call('messages.get', { parameters: { id: each.id }, query: 'format=minimal' });
        assert.deepEqual(read, each);
      }
    };
    await whole(await call('threads.modify', { parameters, body: { removeLabelIds: ['UNREAD'] } }), [
      ['INBOX'],
      ['INBOX'],
    ]);
    await whole(await call('threads.modify', { parameters, body: { addLabelIds: ['STARRED'] } }), [
      ['INBOX', 'STARRED'],
      ['INBOX', 'STARRED'],
    ]);
    assert.deepEqual(await call('threads.trash', { parameters }), {
      id,
      messages: [message(id, ['TRASH', 'STARRED']), message(reply, ['TRASH', 'STARRED'])],
    });
    await whole(await call('threads.untrash', { parameters }), [['STARRED'], ['STARRED']]);
    assert.equal(await call('threads.delete', { parameters }), undefined);
    await refuses(notFound, 'messages.get', { parameters: { id: reply } });
  });
});

suite('drafts', () => {
  test('keep their id while their message changes its own', async (t) => {
    const { call, refuses } = openCaller(t);
    const draft = await call('drafts.create', { body: { message: { raw: rawOf({ subject: 'one' }) } } });
    assert.deepEqual(Object.keys(draft), ['id', 'message']);
    assert.match(draft.id, /^r-?\d+$/);
    assert.deepEqual(draft.message.labelIds, ['DRAFT']);
    const parameters = { id: draft.id };
    const updated = await call('drafts.update', {
      parameters,
      media: Buffer.from(rawOf({ subject: 'two' }), 'base64'),
    });
    assert.equal(updated.id, draft.id);
    assert.notEqual(updated.message.id, draft.message.id);
    await refuses(notFound, 'messages.get', { parameters: { id: draft.message.id } });
    const { id, message } = await call('drafts.get', { parameters, query: 'format=raw' });
    assert.equal(id, draft.id);
    assert.match(decoded(message.raw), /Subject: two\r\n/);
    assert.equal(await call('drafts.delete', { parameters }), undefined);
    for (const method of ['drafts.get', 'drafts.delete']) await refuses(notFound, method, { parameters });
    assert.deepEqual(await call('drafts.list'), { resultSizeEstimate: 0 });
  });

  test('are listed with the ids of their messages, and found by a query', async (t) => {
    const { call } = openCaller(t);
    const make = (subject: string): Promise<Answer> =>
      call('drafts.create', { body: { message: { raw: rawOf({ subject }) } } });
    const [one, two] = [await make('apples'), await make('pears')];
    const shown = ({ id, message }: Answer): object => ({
      id,
      message: { id: message.id, threadId: message.threadId },
    });
    const page = await call('drafts.list', { query: 'maxResults=1' });
    assert.deepEqual(page.drafts, [shown(two)]);
    const next = await call('drafts.list', { query: `maxResults=1&pageToken=${page.nextPageToken}` });
    assert.deepEqual(next, { drafts: [shown(one)], resultSizeEstimate: 1 });
    assert.deepEqual(await call('drafts.list', { query: 'q=subject:apples' }), {
      drafts: [shown(one)],
      resultSizeEstimate: 1,
    });
  });

  test('are sent once, as a new message', async (t) => {
    const { call, refuses } = openCaller(t);
    const mail = { to: 'ann@example.org', subject: 'one', messageId: 'mine@x' };
    const draft = await call('drafts.create', { body: { message: { raw: rawOf(mail) } } });
    const sent = await call('drafts.send', { body: await call('drafts.get', { parameters: { id: draft.id } }) });
    assert.notEqual(sent.id, draft.message.id);
    assert.deepEqual(sent.labelIds, ['SENT']);
    const { payload } = await call('messages.get', { parameters: { id: sent.id } });
    assert.match(JSON.stringify(payload.headers), /"Message-ID","value":"<CA/);
    await refuses(notFound, 'drafts.send', { body: { id: draft.id } });
    await refuses(notFound, 'messages.get', { parameters: { id: draft.message.id } });
  });

  test('are sent with other content when the request has some, and without ever being stored', async (t) => {
    const { call } = openCaller(t);
    const { id } = await call('drafts.create', { body: { message: { raw: rawOf({ subject: 'old' }) } } });
    const raw = rawOf({ to: 'ann@example.org', subject: 'new' });
    const subjectOf = async (sent: { id: string }): Promise<string | undefined> =>
      (await call('messages.get', { parameters: { id: sent.id }, query: 'format=metadata&metadataHeaders=Subject' }))
        .payload.headers[0]?.value;
    assert.equal(await subjectOf(await call('drafts.send', { body: { id, message: { raw } } })), 'new');
    assert.equal(await subjectOf(await call('drafts.send', { body: { message: { raw } } })), 'new');
    assert.deepEqual(await call('drafts.list'), { resultSizeEstimate: 0 });
  });

  test('are refused without a message, and kept where they cannot be sent', async (t) => {
    const { call, refuses } = openCaller(t);
    await refuses([400, 'invalidArgument', 'Missing draft message'], 'drafts.create', { body: {} });
    await refuses([400, 'invalidArgument', /'raw' RFC822 payload/], 'drafts.create', { body: { message: {} } });
    await refuses([400, 'badRequest', /'draft\.message\.raw' \(TYPE_BYTES\)/], 'drafts.create', {
      body: { message: { raw: '%' } },
    });
    const { id } = await call('drafts.create', { body: { message: { raw: rawOf({ subject: 'to nobody' }) } } });
    await refuses([400, 'badRequest', 'Bad Request'], 'drafts.send', { body: { id } });
    assert.equal((await call('drafts.list')).drafts.length, 1);
  });
});

suite('history.list', () => {
  test('tells every kind of change after an id, oldest first', async (t) => {
    const { call, insert } = openCaller(t);
    const { historyId: start } = await call('getProfile');
    const id = await insert({});
    await call('messages.modify', { parameters: { id }, body: { addLabelIds: ['STARRED'] } });
    await call('messages.modify', { parameters: { id }, body: { removeLabelIds: ['INBOX'] } });
    const { history, historyId } = await call('history.list', { query: `startHistoryId=${start}` });
    assert.equal(historyId, (await call('getProfile')).historyId);
    const with_ = (...labelIds: readonly string[]) => ({ id, threadId: id, labelIds });
    const messages = [{ id, threadId: id }];
    assert.deepEqual(
      history.map(({ id: recordId, ...rest }: { id: string }) => {
        assert.match(recordId, /^\d+$/);
        return rest;
      }),
      [
        // With the labels that it had then.
        { messages, messagesAdded: [{ message: with_('INBOX') }] },
        { messages, labelsAdded: [{ message: with_('STARRED', 'INBOX'), labelIds: ['STARRED'] }] },
        { messages, labelsRemoved: [{ message: with_('STARRED'), labelIds: ['INBOX'] }] },
      ],
    );
    assert.deepEqual(await call('history.list', { query: `startHistoryId=${historyId}` }), { historyId });
    await call('messages.delete', { parameters: { id } });
    const { history: after } = await call('history.list', { query: `startHistoryId=${historyId}` });
    assert.deepEqual(after[0]?.messagesDeleted, [{ message: with_('STARRED') }]);
    const { history: all } = await call('history.list', { query: `startHistoryId=${start}&maxResults=1` });
    assert.deepEqual(Object(all[0]).messagesAdded, [{ message: with_('INBOX') }], 'on a page of its own, too');
  });

  test('has one record for all messages of a thread, and two for the way into the trash', async (t) => {
    const { call, insert } = openCaller(t);
    const id = await insert({ subject: 'Plans', messageId: 'a@x' }, ['SENT']);
    const reply = await insert({ subject: 'Re: Plans', messageId: 'b@x', references: ['a@x'] }, ['INBOX', 'UNREAD']);
    const { historyId: start } = await call('getProfile');
    await call('threads.trash', { parameters: { id } });
    await call('threads.untrash', { parameters: { id } });
    const { history } = await call('history.list', { query: `startHistoryId=${start}` });
    const message = (messageId: string, ...labelIds: readonly string[]) => ({ id: messageId, threadId: id, labelIds });
    const both = [
      { id, threadId: id },
      { id: reply, threadId: id },
    ];
    assert.deepEqual(
      history.map((record) => Object.fromEntries(Object.entries(record).filter(([field]) => field !== 'id'))),
      [
        {
          messages: both,
          labelsAdded: [
            { message: message(id, 'SENT', 'TRASH'), labelIds: ['TRASH'] },
            { message: message(reply, 'UNREAD', 'TRASH', 'INBOX'), labelIds: ['TRASH'] },
          ],
        },
        {
          messages: [{ id: reply, threadId: id }],
          labelsRemoved: [{ message: message(reply, 'UNREAD', 'TRASH'), labelIds: ['INBOX'] }],
        },
        {
          messages: both,
          labelsRemoved: [
            { message: message(id, 'SENT'), labelIds: ['TRASH'] },
            { message: message(reply, 'UNREAD'), labelIds: ['TRASH'] },
          ],
        },
      ],
    );
  });

  test('is narrowed by kind and label, and read page by page', async (t) => {
    const { call, insert } = openCaller(t);
    const { historyId: start } = await call('getProfile');
    const inbox = await insert({ subject: 'a' });
    const archived = await insert({ subject: 'b' }, []);
    await call('messages.modify', { parameters: { id: archived }, body: { addLabelIds: ['STARRED'] } });
    const idsOf = async (query: string): Promise<readonly string[]> =>
      ((await call('history.list', { query: `startHistoryId=${start}&${query}` })).history ?? []).flatMap(
        ({ messages }: { messages: readonly { id: string }[] }) => messages.map(({ id }) => id),
      );
    assert.deepEqual(await idsOf('historyTypes=messageAdded'), [inbox, archived]);
    assert.deepEqual(await idsOf('historyTypes=labelAdded&historyTypes=labelRemoved'), [archived]);
    assert.deepEqual(await idsOf('labelId=INBOX'), [inbox]);
    assert.deepEqual(await idsOf('historyTypes=messageDeleted'), []);
    await call('messages.modify', { parameters: { id: archived }, body: { removeLabelIds: ['STARRED'] } });
    assert.deepEqual(await idsOf('labelId=STARRED&historyTypes=labelRemoved'), [archived]);
    const { nextPageToken } = await call('history.list', { query: `startHistoryId=${start}&maxResults=1` });
    assert.match(nextPageToken, /^\d{20}$/);
    assert.deepEqual(await idsOf(`maxResults=1&pageToken=${nextPageToken}`), [archived]);
  });

  test('is not found from an id that is 0, forgotten, or none of it', async (t) => {
    const { call, insert, mailbox, refuses } = openCaller(t);
    const { historyId } = await call('getProfile');
    await insert({});
    await mailbox.forgetHistory();
    for (const query of ['', 'startHistoryId=0', `startHistoryId=${historyId}`, `startHistoryId=${'9'.repeat(19)}`]) {
      await refuses(notFound, 'history.list', { query });
    }
    await refuses([400, 'badRequest', `Invalid value at 'start_history_id' (TYPE_UINT64), "x"`], 'history.list', {
      query: 'startHistoryId=x',
    });
    await refuses([400, 'badRequest', `Invalid value at 'history_types' (TYPE_ENUM), "all"`], 'history.list', {
      query: 'startHistoryId=1&historyTypes=all',
    });
  });
});

suite('labels', () => {
  test('are listed without counts and read with them', async (t) => {
    const { call, insert } = openCaller(t);
    const { labels } = await call('labels.list');
    const inbox = labels.find(({ id }) => id === 'INBOX');
    assert.deepEqual([inbox?.name, inbox?.type, 'messagesTotal' in (inbox ?? {})], ['INBOX', 'system', false]);
    assert.equal(labels.find((label) => label.id === 'SPAM')?.labelListVisibility, 'labelHide');
    const id = await insert({ subject: 'Plans', messageId: 'a@x' }, ['INBOX', 'UNREAD']);
    await insert({ subject: 'Re: Plans', messageId: 'b@x', references: ['a@x'] });
    assert.ok(id !== '');
    assert.deepEqual(await call('labels.get', { parameters: { id: 'INBOX' } }), {
      ...inbox,
      messagesTotal: 2,
      messagesUnread: 1,
      threadsTotal: 1,
      threadsUnread: 1,
    });
  });

  test('are made, changed in part, replaced and deleted', async (t) => {
    const { call, insert, refuses } = openCaller(t);
    const made = await call('labels.create', { body: { name: 'Travel', labelListVisibility: 'labelHide' } });
    assert.match(made.id, /^Label_\d+$/);
    assert.deepEqual(Object.keys(made), ['id', 'name', 'messageListVisibility', 'labelListVisibility']);
    assert.deepEqual([made.name, made.labelListVisibility], ['Travel', 'labelHide']);
    const parameters = { id: made.id };
    const color = { textColor: '#000000', backgroundColor: '#ffffff' };
    const patched = await call('labels.patch', { parameters, body: { color } });
    assert.deepEqual([patched.name, patched.labelListVisibility, patched.color], ['Travel', 'labelHide', color]);
    const replaced = await call('labels.update', { parameters, body: { id: made.id, name: 'Trips' } });
    assert.deepEqual([replaced.name, replaced.labelListVisibility], ['Trips', 'labelShow']);
    const messageId = await insert({}, ['INBOX', made.id]);
    assert.equal(await call('labels.delete', { parameters }), undefined);
    await refuses(notFound, 'labels.get', { parameters });
    assert.deepEqual((await call('messages.get', { parameters: { id: messageId } })).labelIds, ['INBOX']);
  });

  test('are refused under a name that is taken or Gmail keeps, and where they are Gmail’s own', async (t) => {
    const { call, refuses } = openCaller(t);
    const { id } = await call('labels.create', { body: { name: 'Travel' } });
    await call('labels.create', { body: { name: 'Work' } });
    const taken: Refusal = [409, 'aborted', 'Label name exists or conflicts'];
    const invalid: Refusal = [400, 'invalidArgument', 'Invalid label name'];
    await refuses(taken, 'labels.create', { body: { name: 'travel' } });
    await refuses(taken, 'labels.patch', { parameters: { id }, body: { name: 'Work' } });
    for (const body of [{}, { name: '' }, { name: 'Inbox' }]) await refuses(invalid, 'labels.create', { body });
    // As public reports have it: names that differ only in separators, and Gmail's own in other languages.
    await call('labels.create', { body: { name: 'Reference / Political activism' } });
    for (const name of ['reference/political activism', 'Reference-Political_Activism']) {
      await refuses(taken, 'labels.create', { body: { name } });
      await refuses(taken, 'labels.patch', { parameters: { id }, body: { name } });
    }
    await call('labels.patch', { parameters: { id }, body: { name: 'TRAVEL' } });
    for (const name of ['Ongelezen', 'Messages envoyés', 'NO LEÍDOS', 'Da leggere', 'Enviado', 'Papierkorb']) {
      await refuses(invalid, 'labels.create', { body: { name } });
    }
    await refuses(invalid, 'labels.update', { parameters: { id }, body: {} });
    await refuses([400, 'invalidArgument', 'Label color #123456 is not on the allowed color palette'], 'labels.patch', {
      parameters: { id },
      body: { color: { textColor: '#123456', backgroundColor: '#ffffff' } },
    });
    await refuses([400, 'invalidArgument', 'Invalid delete request'], 'labels.delete', { parameters: { id: 'INBOX' } });
    await refuses([400, 'invalidArgument', 'Invalid update request'], 'labels.patch', {
      parameters: { id: 'INBOX' },
      body: { name: 'Box' },
    });
    await refuses([400, 'invalidArgument', 'Invalid id value'], 'labels.update', {
      parameters: { id },
      body: { id: 'Label_404', name: 'Trips' },
    });
    await refuses(notFound, 'labels.patch', { parameters: { id: 'Label_404' }, body: { name: 'x' } });
    await refuses(
      [400, 'badRequest', `Invalid value at 'label.label_list_visibility' (TYPE_ENUM), "no"`],
      'labels.create',
      {
        body: { name: 'x', labelListVisibility: 'no' },
      },
    );
  });
});

suite('filters', () => {
  test('are made, listed under "filter", read and deleted', async (t) => {
    const { call, refuses } = openCaller(t);
    assert.deepEqual(await call('settings.filters.list'), {});
    const body = { criteria: { from: 'ann@example.org', hasAttachment: true }, action: { removeLabelIds: ['INBOX'] } };
    const made = await call('settings.filters.create', { body });
    assert.deepEqual(made, { id: made.id, ...body });
    const parameters = { id: made.id };
    assert.deepEqual(await call('settings.filters.list'), { filter: [made] });
    assert.deepEqual(await call('settings.filters.get', { parameters }), made);
    await refuses([400, 'failedPrecondition', 'Filter already exists'], 'settings.filters.create', { body });
    assert.equal(await call('settings.filters.delete', { parameters }), undefined);
    await refuses(notFound, 'settings.filters.get', { parameters });
    await refuses(notFound, 'settings.filters.delete', { parameters });
  });

  test('are refused without criteria or action, with a label that is not there, or a stranger’s address', async (t) => {
    const { refuses } = openCaller(t);
    const create = (message: string, body: unknown): Promise<void> =>
      refuses([400, 'invalidArgument', message], 'settings.filters.create', { body });
    const criteria = { from: 'ann@example.org' };
    await create("Filter doesn't have any criteria", { action: { addLabelIds: ['STARRED'] } });
    await create("Filter doesn't have any actions", { criteria });
    await create('Invalid label: Label_404', { criteria, action: { addLabelIds: ['Label_404'] } });
    await create("Filter doesn't have any criteria", { criteria: { from: '' }, action: { addLabelIds: ['STARRED'] } });
    await create("Filter doesn't have any actions", { criteria, action: { forward: '' } });
    await refuses([400, 'failedPrecondition', 'Unrecognized forwarding address'], 'settings.filters.create', {
      body: { criteria, action: { forward: 'x@example.org' } },
    });
  });
});

suite('settings', () => {
  test('are answered and replaced whole', async (t) => {
    const { call } = openCaller(t);
    const wanted = {
      Vacation: {
        enableAutoReply: true,
        responseSubject: 'Away',
        startTime: String(nowMs),
        restrictToContacts: true,
        restrictToDomain: false,
      },
      Imap: { enabled: true, autoExpunge: false, expungeBehavior: 'trash', maxFolderSize: 1000 },
      Pop: { accessWindow: 'allMail', disposition: 'archive' },
      Language: { displayLanguage: 'de' },
    };
    for (const [name, body] of Object.entries(wanted)) {
      assert.deepEqual(await call(`settings.update${name}`, { body }), body);
      assert.deepEqual(await call(`settings.get${name}`), body);
    }
    const atRest = { enableAutoReply: false, responseSubject: '', restrictToContacts: false, restrictToDomain: false };
    assert.deepEqual(await call('settings.updateVacation', { body: {} }), atRest);
    assert.deepEqual(await openCaller(t).call('settings.getVacation'), atRest);
    const { restrictToDomain: _, ...ofConsumers } = atRest;
    assert.deepEqual(await openCaller(t, 'me@gmail.com').call('settings.getVacation'), ofConsumers);
    assert.deepEqual(await call('settings.getAutoForwarding'), { enabled: false });
  });

  test('are refused where they cannot be', async (t) => {
    const { refuses } = openCaller(t);
    await refuses(
      [400, 'badRequest', `Invalid value at 'vacation_settings.enable_auto_reply' (TYPE_BOOL), "yes"`],
      'settings.updateVacation',
      { body: { enableAutoReply: 'yes' } },
    );
    await refuses(
      [400, 'badRequest', `Invalid value at 'vacation_settings.start_time' (TYPE_INT64), "soon"`],
      'settings.updateVacation',
      { body: { startTime: 'soon' } },
    );
    await refuses([400, 'invalidArgument', /displayLanguage|language/], 'settings.updateLanguage', { body: {} });
    await refuses([400, 'invalidArgument', /forwarding/], 'settings.updateAutoForwarding', {
      body: { enabled: true, emailAddress: 'x@example.org' },
    });
  });

  test('forward to addresses that are known', async (t) => {
    const { call, refuses } = openCaller(t);
    const forwardingEmail = 'copy@example.org';
    assert.equal(await call('settings.forwardingAddresses.list'), undefined);
    const made = await call('settings.forwardingAddresses.create', { body: { forwardingEmail } });
    assert.deepEqual(made, { forwardingEmail, verificationStatus: 'accepted' });
    await refuses([409, 'alreadyExists', 'Requested entity already exists'], 'settings.forwardingAddresses.create', {
      body: { forwardingEmail },
    });
    const parameters = { forwardingEmail };
    assert.deepEqual(await call('settings.forwardingAddresses.get', { parameters }), made);
    assert.deepEqual(await call('settings.forwardingAddresses.list'), { forwardingAddresses: [made] });
    const body = { enabled: true, emailAddress: forwardingEmail, disposition: 'archive' };
    assert.deepEqual(await call('settings.updateAutoForwarding', { body }), body);
    assert.equal(await call('settings.forwardingAddresses.delete', { parameters }), undefined);
    await refuses(notFound, 'settings.forwardingAddresses.get', { parameters });
    assert.deepEqual(await call('settings.getAutoForwarding'), { enabled: false });
  });

  test('name delegates', async (t) => {
    const { call, refuses } = openCaller(t);
    const delegateEmail = 'helper@example.org';
    const made = await call('settings.delegates.create', { body: { delegateEmail } });
    assert.deepEqual(made, { delegateEmail, verificationStatus: 'accepted' });
    assert.deepEqual(await call('settings.delegates.list'), { delegates: [made] });
    const parameters = { delegateEmail };
    assert.deepEqual(await call('settings.delegates.get', { parameters }), made);
    assert.equal(await call('settings.delegates.delete', { parameters }), undefined);
    await refuses(notFound, 'settings.delegates.get', { parameters });
    await refuses([400, 'invalidArgument', 'Invalid email address: nobody'], 'settings.delegates.create', {
      body: { delegateEmail: 'nobody' },
    });
  });

  test('name addresses to send as, the primary one first', async (t) => {
    const { call, refuses } = openCaller(t);
    const sendAsEmail = 'team@example.org';
    const create = { sendAsEmail, displayName: 'Team', signature: '<b>Team</b>' };
    const made = await call('settings.sendAs.create', { body: create });
    assert.deepEqual(made, {
      ...create,
      replyToAddress: '',
      isPrimary: false,
      isDefault: false,
      treatAsAlias: false,
      verificationStatus: 'accepted',
    });
    const { sendAs } = await call('settings.sendAs.list');
    assert.deepEqual(
      sendAs.map((each) => [each.sendAsEmail, each.isPrimary, 'verificationStatus' in each]),
      [
        [owner, true, false],
        [sendAsEmail, false, true],
      ],
    );
    const parameters = { sendAsEmail };
    const patched = await call('settings.sendAs.patch', { parameters, body: { replyToAddress: owner } });
    assert.deepEqual(patched, { ...made, replyToAddress: owner });
    const updated = await call('settings.sendAs.update', { parameters, body: { displayName: 'The team' } });
    assert.deepEqual(updated, { ...made, displayName: 'The team', signature: '' });
    assert.deepEqual(await call('settings.sendAs.get', { parameters }), updated);
    await refuses([400, 'invalidArgument', 'Send-as address is already verified'], 'settings.sendAs.verify', {
      parameters,
    });
    const raw = rawOf({ from: `Team <${sendAsEmail}>`, to: 'ann@example.org' });
    const { id } = await call('messages.send', { body: { raw } });
    const sent = await call('messages.get', { parameters: { id } });
    assert.match(JSON.stringify(sent.payload.headers), /"From","value":"Team <team@example\.org>"/);
    assert.equal(await call('settings.sendAs.delete', { parameters }), undefined);
    await refuses(notFound, 'settings.sendAs.get', { parameters });
    await refuses(notFound, 'settings.sendAs.verify', { parameters });
    const smtpMsa = { host: 'mail.example.org', port: 587, securityMode: 'starttls' };
    await refuses([501, 'notImplemented', /SMTP server/], 'settings.sendAs.create', { body: { sendAsEmail, smtpMsa } });
    const primary = { parameters: { sendAsEmail: owner }, body: { smtpMsa } };
    assert.deepEqual(await call('settings.sendAs.patch', primary), sendAs[0], 'passed over');
  });
});

suite('the account', () => {
  test('has a profile', async (t) => {
    const { call, insert } = openCaller(t);
    await insert({});
    const profile = await call('getProfile');
    assert.deepEqual(profile, {
      emailAddress: owner,
      messagesTotal: 1,
      threadsTotal: 1,
      historyId: profile.historyId,
    });
  });

  test('is watched for seven days on a topic that can be one', async (t) => {
    const { call, refuses } = openCaller(t);
    const topicName = 'projects/my-project/topics/mail';
    assert.deepEqual(await call('watch', { body: { topicName, labelIds: ['INBOX'], labelFilterAction: 'include' } }), {
      historyId: (await call('getProfile')).historyId,
      expiration: String(nowMs + 7 * day),
    });
    const otherTopic = 'projects/my-project/topics/other';
    const taken: Refusal = [400, 'invalidArgument', /^Only one user push notification client allowed per developer/];
    await refuses(taken, 'watch', { body: { topicName: otherTopic } });
    await call('watch', { body: { topicName } });
    assert.equal(await call('stop'), undefined);
    await call('watch', { body: { topicName: otherTopic } });
    await call('stop');
    await refuses([400, 'invalidArgument', 'topicName required'], 'watch', { body: {} });
    await refuses([400, 'invalidArgument', /^Invalid topicName does not match/], 'watch', {
      body: { topicName: 'mail' },
    });
    await refuses([400, 'invalidArgument', 'Invalid label: Label_404'], 'watch', {
      body: { topicName, labelIds: ['Label_404'] },
    });
  });
});
