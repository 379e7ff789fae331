import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gmail, type gmail_v1 } from '@googleapis/gmail';
import { OAuth2Client } from 'google-auth-library';
import { startEmulator } from '../src/emulator/start-emulator.ts';
import { fillDemoMailbox } from '../src/local/demo/fill-demo-mailbox.ts';
import { benchLargeMirror } from './live/large-mirror.ts';
import { costOf, emailAddress, untilJustAsked, withServer, type Cost, type Server } from './live/live-server.ts';

/** Time that the emulator takes for every answer. */
const latencyMs = 50;
/** Requests that the careful ones of the other servers have under way at once. */
const patternConcurrency = 5;

const say = (line = '') => process.stdout.write(`${line}\n`);

/** Runs `work` on every item, so many at a time. */
async function mapLimited<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}

/** The pattern of the other servers: list, then one call for each hit. */
function plainPattern(api: gmail_v1.Gmail, limit: number) {
  const userId = 'me';
  const idsOf = (messages: readonly gmail_v1.Schema$Message[] = []) => messages.flatMap(({ id }) => id ?? []);
  async function search(q: string, maxResults: number): Promise<readonly string[]> {
    const { data } = await api.users.messages.list({ userId, q, maxResults });
    const ids = idsOf(data.messages);
    await mapLimited(ids, limit, (id) => api.users.messages.get({ userId, id, format: 'metadata' }));
    return ids;
  }
  return {
    search,
    async thread(threadId: string) {
      const { data } = await api.users.threads.get({ userId, id: threadId, format: 'minimal' });
      await mapLimited(idsOf(data.messages), limit, (id) => api.users.messages.get({ userId, id, format: 'full' }));
    },
    async markRead(ids: readonly string[]) {
      const requestBody = { removeLabelIds: ['UNREAD'] };
      await mapLimited(ids, limit, (id) => api.users.messages.modify({ userId, id, requestBody }));
    },
    async attachment(q: string, maxResults: number) {
      const [messageId = ''] = await search(q, maxResults);
      const { data } = await api.users.messages.get({ userId, id: messageId, format: 'full' });
      const id = data.payload?.parts?.find(({ filename }) => filename)?.body?.attachmentId ?? '';
      await api.users.messages.attachments.get({ userId, messageId, id });
    },
  };
}

interface Question {
  readonly name: string;
  /** What has been asked before, on both sides, and is not counted. */
  readonly before?: (server: Server) => Promise<unknown>;
  readonly ours: (server: Server) => Promise<void>;
  readonly theirs: (pattern: ReturnType<typeof plainPattern>) => Promise<unknown>;
}

function idsIn(answer: unknown): readonly string[] {
  return (answer as { messages: readonly { id: string }[] }).messages.map(({ id }) => id);
}

function questions(threadId: string, unread: readonly string[]): readonly Question[] {
  const search = (q: string, maxResults: number) => `/api/messages?maxResults=${maxResults}&q=${encodeURIComponent(q)}`;
  return [
    {
      name: 'the last 10',
      ours: async ({ get }) => void (await get(search('', 10))),
      theirs: (pattern) => pattern.search('', 10),
    },
    {
      name: 'the last 50',
      ours: async ({ get }) => void (await get(search('', 50))),
      theirs: (pattern) => pattern.search('', 50),
    },
    {
      name: 'a thread of six',
      ours: async ({ get }) => void (await get(`/api/threads/${threadId}`)),
      theirs: (pattern) => pattern.thread(threadId),
    },
    {
      name: '40 hits marked as read',
      before: ({ get }) => get(search('is:unread', 40)),
      ours: async ({ post }) => void (await post('/api/messages/modify', { ids: unread, removeLabelIds: ['UNREAD'] })),
      theirs: (pattern) => pattern.markRead(unread),
    },
    {
      name: 'search, read attachment',
      ours: async ({ get }) => {
        const [id = ''] = idsIn(await get(search('has:attachment', 10)));
        await get(`/api/messages/${id}/attachments/a1`);
      },
      theirs: (pattern) => pattern.attachment('has:attachment', 10),
    },
  ];
}

async function benchQuestions(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-bench-'));
  const emulator = await startEmulator({ accounts: [{ emailAddress, folder }] });
  try {
    const mailbox = emulator.mailbox();
    await fillDemoMailbox(mailbox, new Date());
    const all = await mailbox.searchMessages({ query: { kind: 'all' }, maxResults: 100, includeSpamTrash: false });
    const ids = all.messages.map(({ id }) => id);
    const threads = await Promise.all(
      [...new Set(all.messages.map(({ threadId }) => threadId))].map(mailbox.getThread),
    );
    const thread = threads.find(({ messages }) => messages.length === 6);
    if (thread === undefined) throw new Error('the demo mailbox has no thread of six');
    // Exactly these are unread, so that a search for unread mail finds them.
    await mailbox.modifyMessages({ ids, addLabelIds: [], removeLabelIds: ['UNREAD'] });
    const unread = ids.slice(0, 40);
    const auth = new OAuth2Client();
    auth.setCredentials({ access_token: emulator.accounts[0]?.accessToken ?? '' });
    const api = gmail({ version: 'v1', auth, rootUrl: emulator.rootUrl, retry: false });
    await api.users.getProfile({ userId: 'me' });

    say(`Gmail calls (HTTP requests), quota units and time at ${latencyMs} ms for each answer of Gmail\n`);
    const columns = [
      '1 + N, one by one',
      `1 + N, ${patternConcurrency} at once`,
      'ours',
      'ours, second time',
      'mirror',
      'mirror, second time',
    ];
    say(`${''.padEnd(24)}${columns.map((column) => column.padStart(27)).join('')}   of the pattern's time, units`);
    for (const question of questions(thread.id, unread)) {
      const fresh = async (): Promise<void> => {
        emulator.settings.change({ latencyMs: 0 });
        await mailbox.modifyMessages({ ids: unread, addLabelIds: ['UNREAD'], removeLabelIds: [] });
        // Every question has the whole quota of a minute.
        emulator.clock.advance(61_000);
        emulator.settings.change({ latencyMs });
      };
      const costs: Cost[] = [];
      for (const limit of [1, patternConcurrency]) {
        await fresh();
        costs.push(await costOf(emulator, () => question.theirs(plainPattern(api, limit))));
      }
      for (const isMirrored of [false, true]) {
        await fresh();
        emulator.settings.change({ latencyMs: 0 });
        await withServer(emulator, { isMirrored }, async (server) => {
          await question.before?.(server);
          for (let time = 0; time < 2; time += 1) {
            if (isMirrored) await untilJustAsked(emulator);
            emulator.settings.change({ latencyMs });
            costs.push(await costOf(emulator, () => question.ours(server)));
            emulator.settings.change({ latencyMs: 0 });
          }
        });
      }
      const cells = costs.map(({ calls, requests, units, ms }) =>
        ` ${calls} (${requests})  ${units} u  ${ms.toFixed(0)} ms`.padStart(27),
      );
      const [sequential, parallel, ours] = costs;
      const ratio = (cost: Cost | undefined) =>
        ours === undefined || cost === undefined ? '' : (ours.ms / cost.ms).toFixed(2);
      const units = ours === undefined || sequential === undefined ? '' : (ours.units / sequential.units).toFixed(2);
      say(`${question.name.padEnd(24)}${cells.join('')}   ${ratio(sequential)} and ${ratio(parallel)}, ${units}`);
    }
    say(
      '\naim: at most 0.5 of the time, at most 1.00 of the units, nothing the second time and of a mirror (a change is made each time)',
    );
  } finally {
    await emulator.close();
    rmSync(folder, { recursive: true });
  }
}

await benchQuestions();
await benchLargeMirror(say);
