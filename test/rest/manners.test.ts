import assert from 'node:assert/strict';
import { request } from 'node:http';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { bestEncoding } from '../../src/rest/accept-encoding.ts';
import { byteRange } from '../../src/rest/byte-range.ts';
import { attachmentNamed } from '../../src/server/content-disposition.ts';
import { buildMail } from '../build-mail.ts';
import { startRestServer, type TestRestServer } from '../support/rest-server.ts';

/** An answer as it came over the wire, nothing decoded. */
interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

const cleanups: (() => unknown)[] = [];
let server: TestRestServer;
before(async () => {
  server = await startRestServer({ after: (cleanup: unknown) => void cleanups.push(cleanup as () => unknown) });
});
after(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string | Uint8Array,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}${path}`,
      { method, headers: { authorization: `Bearer ${server.token}`, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const jsonOf = ({ body }: RawAnswer): Record<string, unknown> => JSON.parse(body.toString()) as Record<string, unknown>;

async function firstIdFor(q: string): Promise<string> {
  const { messages } = jsonOf(await send('GET', `/api/messages?q=${encodeURIComponent(q)}&maxResults=1`));
  const [first] = messages as { readonly id: string }[];
  return first?.id ?? assert.fail(q);
}

describe('methods', () => {
  for (const path of [
    '/api/profile',
    '/api/messages?q=is:unread',
    '/openapi.json',
    '/docs',
    '/health/live',
    '/metrics',
  ]) {
    test(`HEAD ${path} is GET without its body`, async () => {
      const [head, get] = [await send('HEAD', path), await send('GET', path)];
      assert.equal(head.status, 200);
      assert.equal(head.body.length, 0);
      assert.equal(head.headers['content-type'], get.headers['content-type']);
      if (path !== '/metrics' && path !== '/health/live') {
        assert.equal(head.headers['content-length'], get.headers['content-length']);
      }
    });
  }

  test('lines are for who asks for them, not for who refuses them', async () => {
    const typeFor = async (accept: string) => (await send('GET', '/api/messages', { accept })).headers['content-type'];
    for (const accept of ['application/x-ndjson', 'application/x-ndjson, application/json;q=0.5']) {
      assert.match(String(await typeFor(accept)), /ndjson/, accept);
    }
    for (const accept of ['application/x-ndjson;q=0, */*', 'application/json, application/x-ndjson;q=0.5', '*/*']) {
      assert.doesNotMatch(String(await typeFor(accept)), /ndjson/, accept);
    }
  });

  test('a body of a GET or DELETE is refused where it says something, as it would count for nothing', async () => {
    const withBody = (method: string, path: string, body: string) =>
      send(method, path, { 'content-type': 'application/json', 'content-length': `${body.length}` }, body);
    for (const body of ['', '{}', ' null\n']) {
      assert.equal((await withBody('GET', '/api/profile', body)).status, 200);
    }
    for (const [method, path] of [
      ['GET', '/api/messages'],
      ['DELETE', '/api/labels/STARRED'],
    ] as const) {
      const answer = await withBody(method, path, '{"q":"is:unread"}');
      assert.equal(answer.status, 400);
      assert.equal(jsonOf(answer).detail, `${method} takes its fields in the query.`);
      assert.equal(jsonOf(answer).got, '{"q":"is:unread"}');
    }
  });

  test('HEAD of what is not there is 404', async () => {
    assert.equal((await send('HEAD', '/api/messages/0123456789abcdef')).status, 404);
  });

  for (const [path, allow] of [
    ['/api/profile', 'GET, HEAD, OPTIONS'],
    ['/api/messages/0123456789abcdef', 'GET, HEAD, OPTIONS'],
    ['/api/messages/send', 'POST, OPTIONS'],
    ['/api/drafts/r1', 'PUT, DELETE, OPTIONS'],
    ['/api/labels', 'GET, POST, HEAD, OPTIONS'],
    ['/api/uploads', 'POST, OPTIONS'],
    ['/docs', 'GET, HEAD, OPTIONS'],
    ['/health/ready', 'GET, HEAD, OPTIONS'],
    ['/metrics', 'GET, HEAD, OPTIONS'],
    ['/api/events', 'GET, HEAD, OPTIONS'],
  ] as const) {
    test(`OPTIONS ${path} says ${allow}, and another method is refused with the same`, async () => {
      const sorted = (text: unknown) => String(text).split(', ').toSorted().join(', ');
      const options = await send('OPTIONS', path);
      assert.deepEqual([options.status, options.body.length], [204, 0]);
      const allowed = new Set(sorted(options.headers['allow']).split(', '));
      for (const method of allow.split(', ')) assert.ok(allowed.has(method), `${method} of ${[...allowed].join(', ')}`);
      const refused = await send('PROPFIND', path);
      assert.equal(refused.status, 405);
      assert.equal(sorted(refused.headers['allow']), sorted(options.headers['allow']));
      const { code, title, status, field, got } = jsonOf(refused);
      assert.deepEqual(
        { code, title, status, field, got },
        { code: 'INVALID_INPUT', title: 'Method not allowed', status: 405, field: 'method', got: 'PROPFIND' },
      );
    });
  }

  test('OPTIONS of what is not there is 404, and of anything under /api without a token 401', async () => {
    assert.equal((await send('OPTIONS', '/api/nothing')).status, 404);
    assert.equal((await send('OPTIONS', '/api/profile', { authorization: '' })).status, 401);
  });
});

describe('a body of another media type is refused with 415', () => {
  for (const [path, type] of [
    ['/api/messages/trash', 'text/plain'],
    ['/api/messages/trash', 'application/x-www-form-urlencoded'],
    ['/api/messages/trash', 'application/jsonp'],
    ['/api/messages/trash', 'message/rfc822'],
    ['/api/uploads?filename=a', 'multipart/form-data; boundary=x'],
  ] as const) {
    test(`${path} ${type}`, async () => {
      const refused = await send('POST', path, { 'content-type': type }, '{}');
      const { code, title, status, field } = jsonOf(refused);
      assert.deepEqual(
        { code, title, status, field },
        { code: 'INVALID_INPUT', title: 'Unsupported media type', status: 415, field: 'Content-Type' },
      );
      assert.equal(refused.status, 415);
    });
  }
});

describe('what a client has already', () => {
  for (const part of ['', '/raw', '/attachments/a1']) {
    test(`GET /api/messages/{id}${part} has a tag, and is not sent again to who names it`, async () => {
      const id = await firstIdFor('filename:pdf');
      const path = `/api/messages/${id}${part}`;
      const first = await send('GET', path);
      const tag = String(first.headers['etag']).replace(/^W\//, '');
      assert.match(tag, /^"[\w-]{22}"$/);
      assert.equal(first.headers['cache-control'], 'private, no-cache');
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await send('GET', path, { 'if-none-match': known });
        assert.deepEqual([again.status, again.body.length, again.headers['etag']], [304, 0, tag], known);
      }
      assert.equal((await send('HEAD', path, { 'if-none-match': tag })).status, 304);
      assert.equal((await send('GET', path, { 'if-none-match': '"other"' })).status, 200);
    });
  }

  test('a message whose labels have changed has another tag', async () => {
    const id = await firstIdFor('is:unread');
    const tagOf = async (): Promise<unknown> => (await send('GET', `/api/messages/${id}`)).headers['etag'];
    const before = await tagOf();
    await server.call('POST', '/api/messages/modify', { ids: [id], removeLabelIds: ['UNREAD'] });
    assert.notEqual(await tagOf(), before);
  });
});

describe('a part of a file', () => {
  let path = '';
  let whole: Buffer;
  let tag = '';
  before(async () => {
    path = `/api/messages/${await firstIdFor('filename:pdf')}/attachments/a1`;
    const answer = await send('GET', path);
    whole = answer.body;
    tag = String(answer.headers['etag']);
    assert.equal(answer.headers['accept-ranges'], 'bytes');
  });

  test('is what was asked for', async () => {
    const size = whole.length;
    for (const [range, first, last] of [
      ['bytes=0-9', 0, 9],
      ['bytes=10-', 10, size - 1],
      ['bytes=-5', size - 5, size - 1],
      [`bytes=5-${size + 100}`, 5, size - 1],
    ] as const) {
      const part = await send('GET', path, { range });
      assert.equal(part.status, 206, range);
      assert.equal(part.headers['content-range'], `bytes ${first}-${last}/${size}`);
      assert.deepEqual(part.body, whole.subarray(first, last + 1));
    }
  });

  test('that is not there is refused with 416 and the size', async () => {
    const refused = await send('GET', path, { range: `bytes=${whole.length}-` });
    assert.equal(refused.status, 416);
    assert.equal(refused.headers['content-range'], `bytes */${whole.length}`);
    assert.equal(refused.headers['etag'], undefined);
    assert.equal(jsonOf(refused)['field'], 'Range');
  });

  test('of another version is the whole file', async () => {
    assert.equal((await send('GET', path, { range: 'bytes=0-1', 'if-range': '"other"' })).status, 200);
    assert.equal((await send('GET', path, { range: 'bytes=0-1', 'if-range': tag })).status, 206);
  });

  test('several parts are the whole file', async () => {
    assert.deepEqual((await send('GET', path, { range: 'bytes=0-1,4-5' })).body, whole);
  });

  test('there are none of JSON', async () => {
    const answer = await send('GET', '/api/profile', { range: 'bytes=0-1' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['accept-ranges'], undefined);
  });
});

describe('large answers', () => {
  const unpack = { gzip: gunzipSync, zstd: zstdDecompressSync };

  for (const encoding of ['gzip', 'zstd'] as const) {
    test(`are compressed as ${encoding} for who takes that`, async () => {
      const path = '/api/messages?maxResults=60';
      const plain = await send('GET', path);
      assert.ok(plain.body.length > 8192);
      assert.equal(plain.headers['content-encoding'], undefined);
      assert.equal(plain.headers['vary'], 'accept-encoding');
      const packed = await send('GET', path, { 'accept-encoding': encoding });
      assert.equal(packed.headers['content-encoding'], encoding);
      assert.ok(packed.body.length < plain.body.length / 2);
      assert.deepEqual(unpack[encoding](packed.body), plain.body);
    });
  }

  test('small ones are sent as they are', async () => {
    const answer = await send('GET', '/api/profile', { 'accept-encoding': 'gzip' });
    assert.equal(answer.headers['content-encoding'], undefined);
  });

  test('a tag of a compressed answer is weak', async () => {
    const raw = Buffer.from(buildMail({ subject: 'Long', text: 'All work and no play. '.repeat(2000) })).toString(
      'base64',
    );
    const { json } = await server.call('POST', '/api/messages/import', { raw });
    const path = `/api/messages/${String(json.id)}/raw`;
    const plain = await send('GET', path);
    const packed = await send('GET', path, { 'accept-encoding': 'zstd, gzip' });
    assert.equal(packed.headers['content-encoding'], 'zstd');
    assert.equal(packed.headers['etag'], `W/${String(plain.headers['etag'])}`);
    assert.deepEqual(zstdDecompressSync(packed.body), plain.body);
  });
});

describe('lists as lines of JSON', () => {
  test('have an item in each line, and the next page in a Link', async () => {
    const list = jsonOf(await send('GET', '/api/messages?maxResults=5'));
    const lines = await send('GET', '/api/messages?maxResults=5', { accept: 'application/x-ndjson' });
    assert.equal(lines.headers['content-type'], 'application/x-ndjson; charset=utf-8');
    const items = lines.body
      .toString()
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    assert.deepEqual(items, list['messages']);
    const next =
      /^<(\/api\/messages\?[^>]+)>; rel="next"$/.exec(String(lines.headers['link']))?.[1] ?? assert.fail('no Link');
    const second = jsonOf(await send('GET', next));
    const plain = jsonOf(await send('GET', `/api/messages?maxResults=5&pageToken=${String(list['nextPageToken'])}`));
    assert.deepEqual(second['messages'], plain['messages']);
  });

  test('the last page has no Link, and what is no list stays as it is', async () => {
    const labels = await send('GET', '/api/labels', { accept: 'application/x-ndjson' });
    assert.equal(labels.headers['link'], undefined);
    assert.ok(labels.body.toString().split('\n').length > 10);
    const profile = await send('GET', '/api/profile', { accept: 'application/x-ndjson' });
    assert.match(String(profile.headers['content-type']), /^application\/json/);
  });
});

describe('a whole message as the body of an import', () => {
  const mail = buildMail({ subject: 'As it is', text: 'ü'.repeat(10) });

  test('is filed as it is, with the other fields in the query', async () => {
    const filed = await send(
      'POST',
      '/api/messages/import?labelIds=INBOX&labelIds=STARRED',
      { 'content-type': 'message/rfc822' },
      mail,
    );
    assert.equal(filed.status, 200, filed.body.toString());
    const { id, labelIds } = jsonOf(filed);
    assert.deepEqual(new Set(labelIds as string[]), new Set(['INBOX', 'STARRED']));
    assert.deepEqual((await send('GET', `/api/messages/${String(id)}/raw`)).body, Buffer.from(mail));
  });

  test('may be larger than a JSON body', async () => {
    const large = buildMail({ subject: 'Large', text: 'x'.repeat(6 * 1024 * 1024) });
    const filed = await send('POST', '/api/messages/import', { 'content-type': 'message/rfc822' }, large);
    assert.equal(filed.status, 200, filed.body.toString());
  });

  test('is refused with the field it stands for', async () => {
    const refused = await send('POST', '/api/messages/import', { 'content-type': 'message/rfc822' }, 'no message');
    assert.deepEqual([refused.status, jsonOf(refused)['field']], [400, 'raw']);
    const twice = await send('POST', '/api/messages/import?raw=eA', { 'content-type': 'message/rfc822' }, mail);
    assert.deepEqual([twice.status, jsonOf(twice)['field']], [400, 'raw']);
  });
});

describe('uploads', () => {
  test('say where they are, and tell their facts there', async () => {
    const made = await send('POST', '/api/uploads?filename=a.txt', { 'content-type': 'text/plain' }, 'hello');
    assert.equal(made.status, 201);
    const { uploadId } = jsonOf(made);
    assert.equal(made.headers['location'], `/api/uploads/${String(uploadId)}`);
    const facts = jsonOf(await send('GET', made.headers['location']));
    assert.deepEqual(facts, { uploadId, filename: 'a.txt', mimeType: 'text/plain', sizeBytes: 5 });
    assert.equal((await send('GET', '/api/uploads/nothing')).status, 404);
  });
});

describe('what is made', () => {
  const json = { 'content-type': 'application/json' };

  test('says where it is', async () => {
    const made = await send('POST', '/api/labels', json, '{"name":"Made/Ü"}');
    assert.equal(made.status, 201);
    const { id } = jsonOf(made);
    assert.equal(made.headers['location'], `/api/labels/${String(id)}`);
    const read = await send('GET', made.headers['location']);
    assert.deepEqual([jsonOf(read)['id'], jsonOf(read)['messagesTotal']], [id, 0]);
    assert.equal((await send('GET', '/api/labels/Made%2F%C3%9C')).status, 200);
  });

  test('is nowhere in a dry run', async () => {
    const shown = await send('POST', '/api/labels', json, '{"name":"Not made","dryRun":true}');
    assert.deepEqual([shown.status, shown.headers['location']], [200, undefined]);
  });
});

describe('requests that are refused at the door', () => {
  test('are logged, without a line for each, and counted', async () => {
    for (let attempt = 0; attempt < 30; attempt += 1) {
      assert.equal((await send('GET', '/api/profile', { authorization: `Bearer gml_${attempt}` })).status, 401);
    }
    const lines = server.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const logged = lines.filter(({ message, code }) => message === 'request refused' && code === 'UNAUTHENTICATED');
    assert.equal(logged.length, 1);
    assert.equal(logged[0]?.['path'], '/api/profile');
    const metrics = (await send('GET', '/metrics')).body.toString();
    const count = /^gmail_llm_refused_requests_total\{server="gmail-api-server",code="UNAUTHENTICATED"\} (\d+)$/m.exec(
      metrics,
    );
    assert.ok(Number(count?.[1]) >= 30, metrics);
  });
});

describe('an Accept-Encoding', () => {
  for (const [header, encoding] of [
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['GZIP;q=1.0, zstd;q=0.5', 'gzip'],
    ['zstd;q=0, gzip;q=0', undefined],
    ['identity', undefined],
    ['*', 'zstd'],
    ['*;q=0.1, zstd;q=0', 'gzip'],
    ['br', undefined],
  ] as const) {
    test(`${header ?? 'that is not there'} means ${encoding ?? 'as it is'}`, () => {
      assert.equal(bestEncoding(header), encoding);
    });
  }
});

describe('a Range', () => {
  for (const [header, range] of [
    [undefined, 'whole'],
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes= 2 - 3', { first: 2, last: 3 }],
    ['bytes=9-', { first: 9, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-20', { first: 0, last: 9 }],
    ['bytes=-0', 'none'],
    ['bytes=10-', 'none'],
    ['bytes=10-11', 'none'],
    ['bytes=3-2', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=a-b', 'whole'],
    ['lines=0-1', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
  ] as const) {
    test(`${header ?? 'that is not there'} of ten bytes`, () => assert.deepEqual(byteRange(header, 10), range));
  }

  test('of an empty file is not there', () => {
    assert.equal(byteRange('bytes=0-', 0), 'none');
    assert.equal(byteRange('bytes=-1', 0), 'none');
  });
});

describe('the name of a file', () => {
  for (const [name, disposition] of [
    ['report.pdf', `attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`],
    ['Übersicht (1).pdf', `attachment; filename="Ubersicht (1).pdf"; filename*=UTF-8''%C3%9Cbersicht%20%281%29.pdf`],
    ['a"b\\c%41.txt', `attachment; filename="a_b_c_41.txt"; filename*=UTF-8''a%22b%5Cc%2541.txt`],
    ['日本.txt', `attachment; filename="__.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt`],
    ['a\r\nx: y', `attachment; filename="a__x: y"; filename*=UTF-8''a%0D%0Ax%3A%20y`],
    ['\ud800', `attachment; filename="_"; filename*=UTF-8''%EF%BF%BD`],
  ] as const) {
    test(JSON.stringify(name), () => assert.equal(attachmentNamed(name), disposition));
  }
});
