import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decoded, notFound, nowMs, openCaller, owner, rawOf } from './call-method.ts';
import type { Answer, Refusal } from './call-method.ts';

const withFile = {
  from: 'Ann Lee <ann@example.org>',
  to: owner,
  subject: 'Grüße & "plans"',
  text: 'See <b> & the file.',
  attachment: { filename: 'plan.pdf', content: 'PDF?>' },
};

suite('messages.get', () => {
  test('answers the whole tree with text inline and files by id', async (t) => {
    const { call, insert } = openCaller(t);
    const id = await insert(withFile, ['INBOX', 'UNREAD']);
    const message = await call('messages.get', { parameters: { id } });
    assert.deepEqual(Object.keys(message), [
      'id',
      'threadId',
      'labelIds',
      'snippet',
      'payload',
      'sizeEstimate',
      'historyId',
      'internalDate',
    ]);
    assert.match(message.id, /^[\da-f]{16}$/);
    assert.equal(message.threadId, id);
    assert.deepEqual(message.labelIds, ['INBOX', 'UNREAD']);
    assert.equal(message.snippet, 'See &lt;b&gt; &amp; the file.');
    assert.equal(message.internalDate, String(nowMs));
    assert.match(message.historyId, /^\d+$/);
    const { payload } = message;
    assert.deepEqual([payload.partId, payload.mimeType, payload.filename], ['', 'multipart/mixed', '']);
    assert.deepEqual(payload.body, { size: 0 });
    assert.ok(payload.headers.some((header: unknown) => JSON.stringify(header).includes('Grüße & \\"plans\\"')));
    const [text, file] = payload.parts;
    assert.deepEqual(text, {
      partId: '0',
      mimeType: 'text/plain',
      filename: '',
      headers: [{ name: 'Content-Type', value: 'text/plain; charset=utf-8' }],
      body: { size: 19, data: 'U2VlIDxiPiAmIHRoZSBmaWxlLg==' },
    });
    assert.deepEqual([file.partId, file.mimeType, file.filename], ['1', 'application/octet-stream', 'plan.pdf']);
    assert.deepEqual(Object.keys(file.body), ['attachmentId', 'size']);
    assert.equal(file.body.size, 5);
    assert.match(file.body.attachmentId, /^ANGjdJ[\w-]{384}$/);
  });

  test('answers minimal, metadata and raw with what each has', async (t) => {
    const { call, insert } = openCaller(t);
    const id = await insert({ ...withFile, text: 'x?>~' });
    const get = (query: string): Promise<Answer> => call('messages.get', { parameters: { id }, query });
    assert.equal((await get('format=minimal')).payload, undefined);
    const { payload } = await get('format=metadata&metadataHeaders=subject&metadataHeaders=From');
    assert.deepEqual(payload, {
      mimeType: 'multipart/mixed',
      headers: [
        { name: 'From', value: 'Ann Lee <ann@example.org>' },
        { name: 'Subject', value: 'Grüße & "plans"' },
      ],
    });
    assert.equal((await get('format=metadata')).payload.headers.length, 5);
    assert.deepEqual((await get('format=metadata&metadataHeaders=Cc')).payload, { mimeType: 'multipart/mixed' });
    const { raw, sizeEstimate, payload: none } = await get('format=RAW');
    assert.equal(none, undefined);
    assert.equal(Buffer.from(raw, 'base64url').length, sizeEstimate);
    assert.match(raw, /^[\w-]+={0,2}$/);
    assert.equal(raw.length % 4, 0);
  });

  test('shows the text of what calls itself a multipart and has no parts', async (t) => {
    const { call } = openCaller(t);
    const media = Buffer.from('Content-Type: multipart/mixed; boundary=x\r\n\r\nlost?');
    const { id } = await call('messages.insert', { media });
    const { payload } = await call('messages.get', { parameters: { id } });
    assert.deepEqual([payload.mimeType, payload.body], ['multipart/mixed', { size: 5, data: 'bG9zdD8=' }]);
  });

  test('shows an attached message with its parts, and as a file where it has a name', async (t) => {
    const { call } = openCaller(t);
    const inner = ['Subject: inner', 'Content-Type: text/html', '', '<p>'].join('\r\n');
    const attached = async (type: string): Promise<Answer> => {
      const { id } = await call('messages.insert', { media: Buffer.from(`Content-Type: ${type}\r\n\r\n${inner}`) });
      return call('messages.get', { parameters: { id } });
    };
    const plain = await attached('message/rfc822');
    assert.deepEqual(plain.payload.body, { size: 0 });
    const named = await attached('message/rfc822; name="a.eml"');
    assert.equal(named.payload.body.size, Buffer.byteLength(inner));
    const parameters = { messageId: named.id, id: named.payload.body.attachmentId };
    assert.equal(decoded((await call('messages.attachments.get', { parameters })).data), inner);
    for (const { payload } of [plain, named]) {
      const [part] = payload.parts;
      assert.deepEqual([part.partId, part.mimeType, part.body.data], ['0', 'text/html', 'PHA-']);
    }
  });

  test('leaves out lists that are empty', async (t) => {
    const { call, insert } = openCaller(t);
    const message = await call('messages.get', { parameters: { id: await insert({}, []) } });
    assert.equal('labelIds' in message, false);
    assert.equal('parts' in message.payload, false);
  });

  test('refuses ids that are none, unknown ones, and formats that are none', async (t) => {
    const { refuses } = openCaller(t);
    await refuses(notFound, 'messages.get', { parameters: { id: '0000000000000abc' } });
    for (const id of ['me!', '', '0'.repeat(17)]) {
      await refuses([400, 'invalidArgument', 'Invalid id value'], 'messages.get', { parameters: { id } });
    }
    await refuses([400, 'badRequest', `Invalid value at 'format' (TYPE_ENUM), "half"`], 'messages.get', {
      parameters: { id: '1' },
      query: 'format=half',
    });
  });
});

suite('a snippet', () => {
  test('is of the HTML where there is some, cut between words, and escaped', async (t) => {
    const { call } = openCaller(t);
    const snippetOf = async (...lines: readonly string[]): Promise<string> => {
      const { id } = await call('messages.insert', { media: Buffer.from(lines.join('\r\n')) });
      return (await call('messages.get', { parameters: { id }, query: 'format=minimal' })).snippet;
    };
    const alternative = (html: string): readonly string[] => [
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      '',
      'The plain text',
      '--b',
      'Content-Type: text/html; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      html,
      '--b--',
    ];
    const page = '<html><head><title>no</title><style>p {}</style></head><p>Gr=FC=DFe</p><p>&amp; <b>a</b>b</html>';
    assert.equal(await snippetOf(...alternative(page)), 'Grüße &amp; a b');
    assert.equal(await snippetOf('Subject: x', '', 'word '.repeat(60)), 'word '.repeat(40).trim());
    assert.equal((await snippetOf('Subject: x', '', `x ${'<'.repeat(300)}`)).length, 1);
    assert.equal((await snippetOf('Subject: x', '', 'y'.repeat(300))).length, 200);
    assert.equal(await snippetOf('Content-Type: image/png', '', 'x'), '');
  });

  test('is not shown to a token that may see headers only', async (t) => {
    const { call, insert } = openCaller(t);
    const parameters = { id: await insert({}) };
    const message = await call('messages.get', { parameters, query: 'format=minimal', isMetadataOnly: true });
    assert.deepEqual([message.snippet, message.payload], [undefined, { partId: '' }]);
  });
});

suite('messages.attachments.get', () => {
  test('reads a file by any id that was given out for it, and by no other', async (t) => {
    const { call, insert, refuses } = openCaller(t);
    const id = await insert(withFile);
    const other = await insert({ ...withFile, subject: 'another' });
    const attachmentId = async (messageId: string): Promise<string> =>
      (await call('messages.get', { parameters: { id: messageId } })).payload.parts[1].body.attachmentId;
    const [first, second] = [await attachmentId(id), await attachmentId(id)];
    assert.notEqual(first, second);
    for (const given of [second, first]) {
      const file = await call('messages.attachments.get', { parameters: { messageId: id, id: given } });
      assert.deepEqual(file, { size: 5, data: 'UERGPz4=' });
    }
    const invalid: Refusal = [400, 'invalidArgument', 'Invalid attachment token'];
    for (const wrong of [await attachmentId(other), `${first.slice(0, 40)}AAAA${first.slice(44)}`, 'ANGjdJ', '1']) {
      await refuses(invalid, 'messages.attachments.get', { parameters: { messageId: id, id: wrong } });
    }
    await refuses(notFound, 'messages.attachments.get', { parameters: { messageId: 'abc', id: first } });
  });

  test('reads a whole message that is nothing but a file', async (t) => {
    const { call } = openCaller(t);
    const media = Buffer.from('Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n');
    const { id } = await call('messages.insert', { media });
    const { payload } = await call('messages.get', { parameters: { id } });
    assert.equal(payload.partId, '');
    const parameters = { messageId: id, id: payload.body.attachmentId };
    assert.deepEqual(await call('messages.attachments.get', { parameters }), { size: 3, data: 'AAEC' });
  });
});

suite('messages.list', () => {
  test('answers ids only, page by page, with an estimate that says nothing', async (t) => {
    const { call, insert } = openCaller(t);
    assert.deepEqual(await call('messages.list'), { resultSizeEstimate: 0 });
    const ids: string[] = [];
    for (const number of [1, 2, 3]) ids.unshift(await insert({ subject: `number ${number}`, text: 'apples' }));
    const page = await call('messages.list', { query: 'maxResults=2&q=apples' });
    assert.match(page.nextPageToken, /^\d{20}$/);
    assert.equal(page.resultSizeEstimate, 201);
    const last = await call('messages.list', { query: `maxResults=2&q=apples&pageToken=${page.nextPageToken}` });
    assert.deepEqual(Object.keys(last), ['messages', 'resultSizeEstimate']);
    assert.equal(last.resultSizeEstimate, 1);
    assert.deepEqual(
      [...page.messages, ...last.messages],
      ids.map((id) => ({ id, threadId: id })),
    );
    assert.equal((await call('messages.list', { query: 'maxResults=0' })).messages.length, 3);
    assert.equal((await call('messages.list', { query: 'maxResults=100000' })).messages.length, 3);
  });

  test('takes labels one by one, all of which must be there, and shows spam and trash when asked', async (t) => {
    const { call, insert, refuses, mailbox } = openCaller(t);
    const { id: labelId } = await call('labels.create', { body: { name: 'Travel plans' } });
    // Gmail would refuse it: a query does not tell the two apart.
    const { id: similarId } = await mailbox.createLabel({ name: 'Travel/plans' });
    const both = await insert({ subject: 'both' }, ['INBOX', labelId]);
    const one = await insert({ subject: 'one' }, [labelId]);
    const similar = await insert({ subject: 'similar' }, [similarId]);
    const spam = await insert({ subject: 'spam' }, ['SPAM']);
    const list = async (query: string): Promise<readonly string[]> =>
      ((await call('messages.list', { query })).messages ?? []).map(({ id }) => id);
    assert.deepEqual(await list(`labelIds=${labelId}`), [one, both]);
    assert.deepEqual(await list(`labelIds=${labelId}&labelIds=INBOX`), [both]);
    assert.deepEqual(await list(''), [similar, one, both]);
    assert.deepEqual(await list('includeSpamTrash=true'), [spam, similar, one, both]);
    assert.deepEqual(await list('labelIds=SPAM'), [spam]);
    assert.deepEqual(await list(`q=subject:one&labelIds=${labelId}`), [one]);
    const { threads } = await call('threads.list', { query: `labelIds=${similarId}` });
    assert.deepEqual(
      threads.map(({ id }) => id),
      [similar],
    );
    await refuses([400, 'invalidArgument', 'Invalid label: Label_none'], 'messages.list', {
      query: 'labelIds=Label_none',
    });
  });

  test('refuses parameters that it does not have or cannot read, all at once', async (t) => {
    const { refuses } = openCaller(t);
    await refuses([400, 'invalidArgument', 'Invalid pageToken'], 'messages.list', { query: 'pageToken=1' });
    await refuses(
      [
        400,
        'badRequest',
        'Invalid JSON payload received. Unknown name "query": Cannot bind query parameter. ' +
          "Field 'query' could not be found in request message.\n" +
          `Invalid value at 'max_results' (TYPE_UINT32), "-1"\n` +
          `Invalid value at 'include_spam_trash' (TYPE_BOOL), "maybe"`,
      ],
      'messages.list',
      { query: 'query=x&maxResults=-1&includeSpamTrash=maybe&fields=messages&alt=json&prettyPrint=false' },
    );
    await refuses([400, 'badRequest', `Invalid value at 'max_results' (TYPE_UINT32), "4294967296"`], 'messages.list', {
      query: 'maxResults=4294967296',
    });
    await refuses([400, 'badRequest', /Unknown name "uploadType"/], 'messages.list', { query: 'uploadType=media' });
    await refuses([400, 'invalidArgument', /^The query is not understood .*frm:/], 'messages.list', {
      query: 'q=frm:ann',
    });
  });
});

suite('labels of messages', () => {
  test('are changed for one message, which is answered without its content', async (t) => {
    const { call, insert } = openCaller(t);
    const id = await insert({}, ['INBOX', 'UNREAD']);
    const body = { addLabelIds: ['STARRED'], removeLabelIds: ['UNREAD'] };
    const modified = await call('messages.modify', { parameters: { id }, body });
    assert.deepEqual(modified, await call('messages.get', { parameters: { id }, query: 'format=minimal' }));
    assert.deepEqual([modified.labelIds, modified.snippet], [['INBOX', 'STARRED'], 'Nothing to say.']);
    await call('messages.trash', { parameters: { id } });
    const untrashed = await call('messages.untrash', { parameters: { id } });
    assert.deepEqual(untrashed, await call('messages.get', { parameters: { id }, query: 'format=minimal' }));
  });

  test('move to the trash, and out of it but not into the inbox', async (t) => {
    const { call, insert } = openCaller(t);
    const id = await insert({}, ['INBOX', 'UNREAD']);
    const parameters = { id };
    assert.deepEqual((await call('messages.trash', { parameters })).labelIds, ['TRASH', 'UNREAD']);
    assert.deepEqual((await call('messages.untrash', { parameters })).labelIds, ['UNREAD']);
  });

  test('are not changed by a request that is at fault', async (t) => {
    const { call, insert, refuses } = openCaller(t);
    const id = await insert({});
    const modify = (expected: Refusal, body: unknown): Promise<void> =>
      refuses(expected, 'messages.modify', { parameters: { id }, body });
    await modify([400, 'invalidArgument', 'No label add or removes specified'], {});
    await modify([400, 'invalidArgument', 'Invalid label: Label_404'], { addLabelIds: ['Label_404', 'STARRED'] });
    await modify([400, 'invalidArgument', 'Invalid label: SENT'], { removeLabelIds: ['SENT'] });
    await modify([400, 'invalidArgument', 'Cannot both add and remove the same label'], {
      addLabelIds: ['STARRED'],
      removeLabelIds: ['STARRED'],
    });
    await modify([501, 'notImplemented', /classification labels/], {
      addLabelIds: ['STARRED'],
      addClassificationLabels: [{ labelId: 'x' }],
    });
    const tooMany = Array.from({ length: 101 }, (_, index) => `Label_${index}`);
    for (const body of [{ addLabelIds: tooMany }, { removeLabelIds: tooMany }]) {
      await modify([400, 'invalidArgument', 'Number of label ids cannot exceed 100'], body);
    }
    await modify(
      [
        400,
        'badRequest',
        `Invalid value at 'add_label_ids[1]' (TYPE_STRING), 7\n` +
          'Invalid JSON payload received. Unknown name "labels": Cannot find field.',
      ],
      { addLabelIds: ['STARRED', 7], labels: [] },
    );
    await modify(
      [400, 'badRequest', 'Invalid JSON payload received. Unknown name "": Root element must be a message.'],
      ['STARRED'],
    );
    await refuses(notFound, 'messages.modify', { parameters: { id: 'abc' }, body: { addLabelIds: ['STARRED'] } });
    assert.deepEqual((await call('messages.get', { parameters: { id }, query: 'format=minimal' })).labelIds, ['INBOX']);
  });

  test('are changed in a batch, which passes over messages that are not there', async (t) => {
    const { call, insert, refuses } = openCaller(t);
    const ids = [await insert({ subject: 'a' }), await insert({ subject: 'b' })];
    const body = { ids: [...ids, 'abc'], addLabelIds: ['STARRED'] };
    assert.equal(await call('messages.batchModify', { body }), undefined);
    assert.equal((await call('messages.list', { query: 'labelIds=STARRED' })).messages.length, 2);
    const tooMany = { ids: Array.from({ length: 1001 }, () => 'abc'), addLabelIds: ['STARRED'] };
    await refuses([400, 'invalidArgument', 'Number of ids cannot exceed 1000'], 'messages.batchModify', {
      body: tooMany,
    });
    await refuses([400, 'invalidArgument', 'Invalid id value'], 'messages.batchModify', {
      body: { ...body, ids: ['no id'] },
    });
    await refuses([400, 'invalidArgument', /ids/], 'messages.batchModify', { body: { addLabelIds: ['STARRED'] } });
  });
});

suite('deleting messages', () => {
  test('takes them away for good, one by one or in a batch', async (t) => {
    const { call, insert, refuses } = openCaller(t);
    const ids = [await insert({ subject: 'a' }), await insert({ subject: 'b' }), await insert({ subject: 'c' })];
    assert.equal(await call('messages.delete', { parameters: { id: ids[0] ?? '' } }), undefined);
    await refuses(notFound, 'messages.delete', { parameters: { id: ids[0] ?? '' } });
    assert.equal(await call('messages.batchDelete', { body: { ids } }), undefined);
    assert.deepEqual(await call('messages.list', { query: 'includeSpamTrash=true' }), { resultSizeEstimate: 0 });
  });
});

suite('messages.insert and messages.import', () => {
  test('file a message as it is, dated now or by its header', async (t) => {
    const { call } = openCaller(t);
    const media = Buffer.from(
      'From: ann@example.org\r\nDate: Mon, 1 Jun 2026 10:00:00 +0000\r\nMessage-ID: <kept@x>\r\n\r\nhello\r\n',
    );
    const dateOf = async (method: string, query: string): Promise<string> => {
      const answer = await call(method, { query, body: { labelIds: ['INBOX'] }, media });
      assert.deepEqual(Object.keys(answer), ['id', 'threadId', 'labelIds']);
      const message = await call('messages.get', { parameters: { id: answer.id }, query: 'format=raw' });
      assert.equal(decoded(message.raw), media.toString());
      return message.internalDate;
    };
    const headerDate = String(Date.UTC(2026, 5, 1, 10));
    assert.equal(await dateOf('messages.insert', 'uploadType=multipart'), String(nowMs));
    assert.equal(await dateOf('messages.insert', 'internalDateSource=dateHeader'), headerDate);
    const { call: callAnother } = openCaller(t);
    const imported = await callAnother('messages.import', { media, query: 'neverMarkSpam=true' });
    const { internalDate } = await callAnother('messages.get', { parameters: { id: imported.id } });
    assert.equal(internalDate, headerDate);
  });

  test('keep nothing of a message that is inserted as deleted', async (t) => {
    const { call, refuses } = openCaller(t);
    const { id } = await call('messages.insert', { query: 'deleted=true', body: { raw: rawOf({ subject: 'gone' }) } });
    await refuses(notFound, 'messages.get', { parameters: { id } });
  });

  test('refuse a request without a message, with bad base64, or with a label that is not there', async (t) => {
    const { refuses } = openCaller(t);
    const required = "'raw' RFC822 payload message string or uploading message via /upload/* URL required";
    for (const body of [undefined, {}, { raw: '' }, { raw: null }]) {
      await refuses([400, 'invalidArgument', required], 'messages.insert', { body });
    }
    await refuses(
      [400, 'badRequest', `Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed for "a b!"`],
      'messages.import',
      { body: { raw: 'a b!' } },
    );
    await refuses(
      [400, 'badRequest', `Invalid JSON payload received. Unknown name "to" at 'message': Cannot find field.`],
      'messages.insert',
      { body: { to: 'ann@example.org' } },
    );
    await refuses([501, 'notImplemented', /classification labels/], 'messages.insert', {
      body: { raw: rawOf({}), classificationLabelValues: [{ labelId: 'x' }] },
    });
    await refuses([400, 'invalidArgument', 'Invalid label: Nope'], 'messages.insert', {
      body: { raw: rawOf({}), labelIds: ['Nope'] },
    });
  });
});

suite('messages.send', () => {
  test('files the message as sent under a Message-ID of its own', async (t) => {
    const { call } = openCaller(t);
    const raw = rawOf({ from: 'Somebody Else <else@example.org>', to: 'ann@example.org', messageId: 'mine@x' });
    const { id, threadId, labelIds } = await call('messages.send', { body: { raw } });
    assert.equal(threadId, id);
    assert.deepEqual(labelIds, ['SENT']);
    const { payload } = await call('messages.get', { parameters: { id } });
    const valueOf = (name: string): string | undefined => payload.headers.find((header) => header.name === name)?.value;
    assert.match(valueOf('Message-ID') ?? '', /^<CA[\w-]{48}@mail\.gmail\.com>$/);
    assert.equal(valueOf('From'), owner);
    assert.equal(payload.headers[0]?.name, 'Received');
    assert.match(
      valueOf('Received') ?? '',
      /^from \d+ named unknown by gmailapi\.google\.com with HTTPREST; Mon, 15 Jun 2026/,
    );
  });

  test('joins the thread that is asked for with its subject, also without a reference', async (t) => {
    const { call, insert } = openCaller(t);
    const threadId = await insert({ subject: 'Plans', messageId: 'first@x' });
    const send = async (subject: string, references?: readonly string[]): Promise<string> => {
      const mail = { to: 'ann@example.org', subject, ...(references === undefined ? {} : { references }) };
      return (await call('messages.send', { body: { raw: rawOf(mail), threadId } })).threadId;
    };
    assert.equal(await send('Re: Plans', ['first@x']), threadId);
    assert.notEqual(await send('Re: Other', ['first@x']), threadId);
    assert.equal(await send('Re: Plans'), threadId);
  });

  test('refuses a message without recipients or with one that is no address', async (t) => {
    const { refuses } = openCaller(t);
    await refuses([400, 'invalidArgument', 'Recipient address required'], 'messages.send', {
      body: { raw: rawOf({ subject: 'to nobody' }) },
    });
    await refuses([400, 'invalidArgument', 'Invalid To header'], 'messages.send', {
      body: { raw: rawOf({ to: 'nobody' }) },
    });
    await refuses([400, 'invalidArgument', 'Invalid Cc header'], 'messages.send', {
      body: { raw: rawOf({ to: 'ann@example.org', cc: 'human@f' }) },
    });
    for (const [to, header] of [
      [{ to: 'human@f' }, 'to'],
      [{ bcc: 'ann@example.org, human@f' }, 'bcc'],
    ] as const) {
      const message = { raw: rawOf(to) };
      await refuses([400, 'invalidArgument', `Invalid ${header} header`], 'drafts.create', { body: { message } });
    }
  });
});
