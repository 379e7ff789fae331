import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { createChannel } from '../../src/gmail/channel/create-channel.ts';
import { openSharedState } from '../gmail/open-shared-state.ts';
import { openCredentialStore } from '../../src/gmail/credentials/open-credential-store.ts';
import { openGmailMailbox } from '../../src/gmail/open-gmail-mailbox.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { answer, scriptedServer } from '../gmail/channel-parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readExchange, type Exchange } from './read-samples.ts';
import { owner } from './replay-world.ts';

const path = '/gmail/v1/users/me';

/** A live mailbox whose every request to Google is answered by one recorded exchange, or by what has to go before it. */
export interface RecordedMailbox {
  readonly mailbox: Mailbox;
  /** How often the recorded exchange was asked for. */
  readonly hits: () => number;
}

/** Opens it. `hasCache`: whether it remembers what it reads. */
export async function openRecorded(t: TestContext, name: string, hasCache: boolean): Promise<RecordedMailbox> {
  const exchange = readExchange(name);
  let hits = 0;
  const server = await scriptedServer(t, (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const isRecorded = isOf(exchange, request.method ?? '', pathname);
    if (isRecorded) hits += 1;
    if (pathname.startsWith('/batch')) {
      const parts = Array.from(request.text.matchAll(/^GET (\S+)/gm), ([, target = '']) =>
        besides(target.split('?')[0] ?? ''),
      );
      const body = parts.map(
        (json, index) =>
          `--b\r\nContent-Type: application/http\r\nContent-ID: <response-m${index}>\r\n\r\n` +
          `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(json)}\r\n`,
      );
      response.writeHead(200, { 'content-type': 'multipart/mixed; boundary=b' }).end(`${body.join('')}--b--\r\n`);
    } else if (!isRecorded) answer(response, 200, besides(pathname));
    else if (exchange.response === '') response.writeHead(exchange.status).end();
    else answer(response, exchange.status, Object(exchange.response));
  });
  const folder = temporaryFolder(t);
  const configuration = parseConfiguration({
    GMAIL_BACKEND: 'gmail',
    GMAIL_API_ROOT_URL: server.rootUrl,
    GMAIL_OAUTH_ROOT_URL: server.rootUrl,
    GMAIL_ACCESS_TOKEN: 'recorded',
  });
  const store = openCredentialStore(folder, configuration);
  const state = openSharedState(folder);
  const channel = createChannel({ account: owner, store, state, configuration });
  const cache = { file: `${folder}/cache.db`, key: randomBytes(32), maxBytes: 1_000_000 };
  const mailbox = openGmailMailbox({
    emailAddress: owner,
    channel,
    apiRootUrl: server.rootUrl,
    cache: hasCache ? cache : undefined,
  });
  t.after(async () => {
    mailbox.close();
    await state.close();
    store.close();
  });
  return { mailbox, hits: () => hits };
}

/** The list of threads was recorded without its request. */
function isOf({ request }: Exchange, method: string, pathname: string): boolean {
  const { method: recordedMethod, path: recordedPath } = request ?? { method: 'GET', path: `${path}/threads` };
  return method === recordedMethod && pathname === recordedPath.split('?')[0];
}

/** What Google says of everything else: enough to come to the request that was recorded. */
function besides(pathname: string): object {
  const [, kind, id = ''] = /\/me\/(\w+)(?:\/([^/]+))?/.exec(pathname) ?? [];
  const message = {
    id,
    threadId: id,
    labelIds: ['DRAFT'],
    historyId: '1',
    internalDate: '0',
    payload: { headers: [] },
  };
  switch (kind ?? '') {
    case 'labels': {
      const { labels } = Object(readExchange('labels').response);
      return { labels: [...labels, ...['Label_5', 'Label_6'].map((id) => ({ id, name: id, type: 'user' }))] };
    }
    case 'drafts':
      return { id, message };
    case 'threads':
      return { id, messages: [message] };
    case 'messages':
      return message;
    case 'history':
      return { historyId: '1' };
    default:
      return { emailAddress: owner, messagesTotal: 0, threadsTotal: 0, historyId: '1' };
  }
}
