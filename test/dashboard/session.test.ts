import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { createToken, listTokens, revokeToken } from '../../src/safety/tokens/token-store.ts';
import { hashOf, ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { signIn, startDashboard, type TestDashboard } from './dashboard-server.ts';

const open = (dashboard: TestDashboard, link: string) =>
  dashboard.send('POST', '/open', dashboard.own, { code: link.slice('/open/'.length) });

test('a link opens one session, whose cookie is for its own path alone', async (t) => {
  const dashboard = await startDashboard(t);
  const link = dashboard.link();
  assert.equal((await dashboard.send('GET', link)).status, 200);
  assert.equal((await dashboard.send('GET', link)).status, 200, 'whatever follows links by itself does not use it up');
  const both = await Promise.all([open(dashboard, link), open(dashboard, link)]);
  assert.deepEqual(
    both.map(({ status }) => status).toSorted((a, b) => a - b),
    [303, 403],
    'of two at once one gets it',
  );
  const opened = both.find(({ status }) => status === 303);
  const location = opened?.headers.location ?? '';
  assert.match(location, /^\/s\/[\w-]{22}\/$/);
  assert.match(
    opened?.headers['set-cookie']?.[0] ?? '',
    new RegExp(`^gmail-llm-session=[\\w-]{43}; Path=${location}; Max-Age=\\d+; HttpOnly; SameSite=Strict$`),
  );
  const again = await open(dashboard, link);
  assert.equal(again.status, 403);
  assert.match(again.text, /used before, or is too old/);
});

test('a link that is two minutes old, or that nobody made, opens nothing', async (t) => {
  const dashboard = await startDashboard(t);
  assert.equal((await open(dashboard, dashboard.link(undefined, 121_000))).status, 403);
  assert.equal((await open(dashboard, '/open/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')).status, 403);
  assert.equal((await open(dashboard, '/open/../../data/token')).status, 403);
});

test('no token of an agent opens a session, by a link or by itself', async (t) => {
  const dashboard = await startDashboard(t);
  const { dataFolder } = dashboard.assembly.home;
  const token = createToken(dataFolder, { name: 'agent', grants: ['read', 'send'] }, new Date());
  const refused = await open(dashboard, dashboard.link({ tokenName: 'agent', tokenSha256: hashOf(token) }));
  assert.equal(refused.status, 403);
  assert.match(refused.text, /The token agent is not one of the owner/);
  const limited = createToken(
    dataFolder,
    { name: 'limited', grants: ['admin'], accounts: ['a@example.org'] },
    new Date(),
  );
  assert.equal(
    (await open(dashboard, dashboard.link({ tokenName: 'limited', tokenSha256: hashOf(limited) }))).status,
    403,
  );
  const { path } = await signIn(dashboard);
  assert.equal((await dashboard.send('GET', `${path}/`, { authorization: `Bearer ${token}` })).status, 401);
});

test('a session is shown to its cookie alone', async (t) => {
  const dashboard = await startDashboard(t);
  const [one, two] = [await signIn(dashboard), await signIn(dashboard)];
  assert.equal((await dashboard.send('GET', `${one.path}/`, { cookie: one.cookie })).status, 200);
  for (const headers of [{}, { cookie: two.cookie }, { cookie: 'gmail-llm-session=' }, { cookie: 'other=1' }]) {
    const reply = await dashboard.send('GET', `${one.path}/`, headers);
    assert.equal(reply.status, 401);
    assert.ok(!reply.text.includes('demo@'), 'nothing of a mailbox is in it');
  }
});

test('a change needs the exact origin, a same-origin fetch and the token of its own session', async (t) => {
  const dashboard = await startDashboard(t);
  const [victim, other] = [await signIn(dashboard), await signIn(dashboard)];
  const target = `${victim.path}/sessions/${other.path.slice(3)}/end`;
  const { own } = dashboard;
  const cookie = { cookie: victim.cookie };
  const otherPort = dashboard.url.replace(/\d+$/, '9');
  const attacks: readonly (readonly [Record<string, string>, Record<string, string>])[] = [
    [{ ...cookie }, { form: victim.form }],
    [{ ...cookie, ...own, origin: 'https://evil.example' }, { form: victim.form }],
    [{ ...cookie, ...own, origin: otherPort }, { form: victim.form }],
    [{ ...cookie, ...own, origin: 'null' }, { form: victim.form }],
    [{ ...cookie, ...own, 'sec-fetch-site': 'same-site' }, { form: victim.form }],
    [{ ...cookie, ...own, 'sec-fetch-site': 'cross-site' }, { form: victim.form }],
    [{ ...cookie, origin: dashboard.url }, { form: victim.form }],
    [{ ...cookie, ...own }, {}],
    [{ ...cookie, ...own }, { form: other.form }],
  ];
  for (const [headers, form] of attacks) {
    const reply = await dashboard.send('POST', target, headers, form);
    assert.equal(reply.status, 403, JSON.stringify([headers, form, reply.text.slice(0, 300)]));
  }
  const json = await dashboard.send('POST', target, { ...cookie, ...own, 'content-type': 'text/plain' });
  assert.equal(json.status, 400);
  const stillThere = await dashboard.send('GET', `${other.path}/`, { cookie: other.cookie });
  assert.equal(stillThere.status, 200, 'nothing has happened');
  const done = await dashboard.send('POST', target, { ...cookie, ...own }, { form: victim.form });
  assert.equal(done.status, 303);
  assert.equal((await dashboard.send('GET', `${other.path}/`, { cookie: other.cookie })).status, 401);
});

test('a session ends with its token, by signing out, and its stream with it', async (t) => {
  const dashboard = await startDashboard(t);
  const { dataFolder } = dashboard.assembly.home;
  const token = createToken(dataFolder, { name: 'second', grants: ['read', 'admin'] }, new Date());
  const session = await signIn(dashboard, dashboard.link({ tokenName: 'second', tokenSha256: hashOf(token) }));
  const headers = { cookie: session.cookie };
  const live = dashboard.send('GET', `${session.path}/live`, headers);
  assert.equal((await dashboard.send('GET', `${session.path}/`, headers)).status, 200);
  revokeToken(dataFolder, 'second');
  assert.match((await live).text, /event: over\n/);
  assert.equal((await dashboard.send('GET', `${session.path}/`, headers)).status, 401);

  const owner = await signIn(dashboard);
  const out = await dashboard.send(
    'POST',
    `${owner.path}/sign-out`,
    { ...dashboard.own, cookie: owner.cookie },
    { form: owner.form },
  );
  assert.equal(out.headers.location, '/');
  assert.match(out.headers['set-cookie']?.[0] ?? '', /Max-Age=0/);
  assert.equal((await dashboard.send('GET', `${owner.path}/`, { cookie: owner.cookie })).status, 401);
});

test('what else a page of another program, a link previewer or an old form can try comes to nothing', async (t) => {
  const dashboard = await startDashboard(t);
  const { own } = dashboard;
  const owner = await signIn(dashboard);
  const { path, cookie, form } = owner;
  const status = async (method: string, address: string, headers = {}, fields?: Readonly<Record<string, string>>) =>
    (await dashboard.send(method, address, headers, fields)).status;

  // A cookie of the same name from another port neither opens nor hides the session.
  for (const both of [`gmail-llm-session=planted; ${cookie}`, `${cookie}; gmail-llm-session=planted`]) {
    assert.equal(await status('GET', `${path}/`, { cookie: both }), 200, both);
  }
  const planted = { ...own, cookie: 'gmail-llm-session=planted' };
  const link = dashboard.link();
  const code = link.slice('/open/'.length);
  assert.equal(await status('HEAD', link), 200);
  assert.equal(await status('GET', link, { 'sec-purpose': 'prefetch;prerender' }), 200);
  assert.equal(await status('GET', `/open?code=${code}`), 404);
  assert.equal(await status('POST', '/open', { ...own, origin: 'https://evil.example' }, { code }), 403);
  const opened = await dashboard.send('POST', '/open', planted, { code });
  assert.equal(opened.status, 303, 'nothing before has used the link up');
  assert.doesNotMatch(String(opened.headers['set-cookie']), /planted/);
  assert.notEqual(opened.headers.location, `${path}/`, 'a session is never one that was there before');

  // Ways to other files, with the session and without it.
  const ups = ['/../', '/%2e%2e/', '/..%2f', '/%2e%2e%2f', '/..\\', '//'];
  for (const up of ups.flatMap((each) => [
    `${path}${each}data/token`,
    `/static${each}data/token`,
    `/open${each}data/token`,
  ])) {
    const reply = await dashboard.send('GET', up, { cookie });
    assert.ok([200, 401, 404].includes(reply.status), `${up}: ${reply.status}`);
    assert.ok(!reply.text.includes(ownerToken(dashboard.assembly.home.dataFolder)), up);
  }
  assert.ok([400, 404].includes(await status('GET', `${path}/mail/x/..%2f..%2fdata/frame`, { cookie })));

  // Names that lead here by DNS, whatever the browser says of the page.
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80']) {
    assert.equal(await status('GET', `${path}/`, { cookie, host }), 403, host);
    const headers = { ...own, origin: `http://${host}`, cookie, host };
    assert.equal(await status('POST', `${path}/sign-out`, headers, { form }), 403, host);
  }
  const forwarded = { cookie, 'x-forwarded-host': 'evil.example', 'x-original-url': `${path}/sign-out` };
  assert.equal(await status('GET', `${path}/`, forwarded), 200);

  // A change is a POST of a form and nothing else.
  for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const headers = { ...own, cookie, 'x-http-method-override': 'POST' };
    assert.ok((await status(method, `${path}/sign-out?form=${form}`, headers)) >= 400, method);
  }
  for (const type of ['text/plain', 'multipart/form-data; boundary=x', 'application/json']) {
    assert.equal(await status('POST', `${path}/sign-out`, { ...own, cookie, 'content-type': type }), 400, type);
  }
  const twice = { ...own, cookie, origin: `${dashboard.url}, https://evil.example` };
  assert.equal(await status('POST', `${path}/sign-out`, twice, { form }), 403);
  assert.equal(await status('GET', `${path}/`, { cookie }), 200, 'the session is as it was');

  // What a browser offers to send again after signing out.
  const target = `${path}/tokens/create`;
  assert.equal(await status('POST', `${path}/sign-out`, { ...own, cookie }, { form }), 303);
  assert.equal(await status('POST', target, { ...own, cookie }, { form, name: 'late', grants: 'read' }), 401);
  assert.equal(await status('GET', `${path}/live`, { cookie }), 401);
  assert.deepEqual(listTokens(dashboard.assembly.home.dataFolder), []);
});

test('every answer forbids frames, foreign content and inline scripts, and is not kept', async (t) => {
  const dashboard = await startDashboard(t);
  const { path, cookie } = await signIn(dashboard);
  const opened = await dashboard.send('POST', '/open', dashboard.own, {
    code: dashboard.link().slice('/open/'.length),
  });
  const replies: [string, IncomingHttpHeaders][] = [['redirect', opened.headers]];
  for (const address of ['/', '/nowhere', `${path}/`, `${path}/nowhere`, `/s/${'x'.repeat(22)}/`, dashboard.link()]) {
    replies.push([address, (await dashboard.send('GET', address, { cookie })).headers]);
  }
  for (const [address, headers] of replies) {
    const policy = headers['content-security-policy'] ?? '';
    assert.match(String(policy), /default-src 'none'.*frame-ancestors 'none'/, address);
    assert.doesNotMatch(String(policy), /unsafe/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['referrer-policy'], 'same-origin');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  }
  const foreign = await dashboard.send('GET', '/', { host: 'evil.example' });
  assert.equal(foreign.status, 403, 'a name that is not ours is refused as on every server');
});
