import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configureEgress } from '../../src/core/egress/egress-settings.ts';
import { authorityFile, startProxy, startSecure } from '../core/egress/egress-servers.ts';
import { answer, apiRequest, asCall, openParts } from './channel-parts.ts';

const script: Parameters<typeof startSecure>[1] = (request, response) =>
  request.url === '/token'
    ? answer(response, 200, { access_token: 'token-1', expires_in: 3600, token_type: 'Bearer' })
    : answer(response, 200, { labels: [] });

test('a certificate that is not accepted is said as such, by the API and by the token endpoint, and not tried again', async (t) => {
  const { port, connections } = await startSecure(t, script);
  const rootUrl = `https://localhost:${port}/`;
  const hint = /Check the clock of this machine\. .*GMAIL_CA_FILE/;
  const withToken = await openParts(t, rootUrl, { configuration: { accessToken: 'given' } });
  await assert.rejects(
    asCall({}, () => withToken.channel.send(apiRequest(rootUrl))),
    (error: Error & { code: string; details: { hint: string } }) => {
      assert.equal(error.code, 'UNAVAILABLE');
      assert.match(error.message, /^Gmail could not be asked for labels\.list: the certificate is not accepted: /);
      assert.match(error.details.hint, hint);
      return true;
    },
  );
  assert.equal(connections(), 1);
  const { channel } = await openParts(t, rootUrl);
  await assert.rejects(
    asCall({}, () => channel.send(apiRequest(rootUrl))),
    (error: Error & { details: { hint: string } }) => hint.test(error.details.hint),
  );
  assert.equal(connections(), 2);
});

test('token and API are asked through the proxy, under the authority that is given', async (t) => {
  const { port } = await startSecure(t, script);
  const proxy = await startProxy(t);
  configureEgress({ HTTPS_PROXY: proxy.url, GMAIL_CA_FILE: authorityFile });
  t.after(() => configureEgress({}));
  const rootUrl = `https://localhost:${port}/`;
  const { channel } = await openParts(t, rootUrl);
  assert.equal((await asCall({}, () => channel.send(apiRequest(rootUrl)))).status, 200);
  assert.deepEqual(proxy.asked, [`localhost:${port}`]);
});
