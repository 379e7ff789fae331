import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { Client, SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions, ElicitResult, Transport } from '@modelcontextprotocol/client';
import { startDoorOnHome } from './door-on-home.ts';
import type { DoorOnHome } from './door-on-home.ts';
import { modernSend } from './modern-call.ts';

interface Era {
  readonly name: string;
  readonly options: ClientOptions;
  readonly transport: (url: URL, headers: Record<string, string>) => Transport;
}

const streamable = (url: URL, headers: Record<string, string>): Transport =>
  new StreamableHTTPClientTransport(url, { requestInit: { headers } });

const eras: readonly Era[] = [
  { name: '2026-07-28', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } }, transport: streamable },
  { name: '2025-11-25 over Streamable HTTP', options: {}, transport: streamable },
  {
    name: 'HTTP+SSE',
    options: {},
    transport: (url, headers) =>
      new SSEClientTransport(url, {
        requestInit: { headers },
        eventSourceInit: {
          fetch: (input, init) => fetch(input, { ...init, headers: { ...headers, accept: 'text/event-stream' } }),
        },
      }),
  },
];

const mail = {
  to: ['Ann <ann@example.org>', 'cid@example.org'],
  bcc: 'eve@example.org',
  subject: 'Lunch',
  body: 'Shall we?\nTo: nobody@example.org',
  attachments: [{ filename: 'menu.txt', mimeType: 'text/plain', contentBase64: 'c291cA==' }],
};

interface Asking {
  readonly client: Client;
  readonly questions: readonly string[];
}

/** A client whose person answers so; without an answer it cannot ask anybody. */
async function connect(
  t: TestContext,
  { url, token }: DoorOnHome,
  era: Era,
  answer?: () => ElicitResult | Promise<ElicitResult>,
): Promise<Asking> {
  const capabilities = answer === undefined ? {} : { elicitation: { form: {} } };
  const client = new Client({ name: 'test', version: '1' }, { ...era.options, capabilities });
  const questions: string[] = [];
  if (answer !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message);
      return answer();
    });
  }
  await client.connect(era.transport(url, { authorization: `Bearer ${token}` }));
  t.after(() => client.close());
  return { client, questions };
}

async function send(client: Client, more: object = {}): Promise<{ text: string; isError: boolean }> {
  const { content, isError } = await client.callTool({ name: 'send_message', arguments: { ...mail, ...more } });
  return { text: (content[0] as { text: string }).text, isError: isError === true };
}

async function sentSubjects({ mailbox }: DoorOnHome): Promise<readonly string[]> {
  const query = { kind: 'label', label: 'SENT' } as const;
  const { messages } = await mailbox.searchMessages({ query, maxResults: 50, includeSpamTrash: true });
  return messages.map(({ subject }) => subject);
}

const statesOf = async ({ safety }: DoorOnHome): Promise<readonly string[]> =>
  (await safety.outboxStore().list({ limit: 10 })).map(({ state }) => state);

for (const era of eras) {
  describe(`a send that a person has to approve, from a client of ${era.name}`, () => {
    it('leaves once the person accepts, having seen who gets what', async (t) => {
      const door = await startDoorOnHome(t, { sending: 'confirm' });
      const { client, questions } = await connect(t, door, era, () => ({ action: 'accept', content: {} }));
      const { text, isError } = await send(client);
      assert.ok(
        !isError && text.includes('\nTo: ann@example.org, cid@example.org\nBcc: eve@example.org\nSubject: Lunch\n'),
        text,
      );
      const [entry] = await door.safety.outboxStore().list({ limit: 10 });
      assert.deepEqual(questions, [
        [
          'Send this message?',
          'From: me@example.org',
          'To: ann@example.org, cid@example.org',
          'Bcc: eve@example.org',
          'Subject: Lunch',
          'Attachments: menu.txt (text/plain, 4 bytes)',
          'Note: First mail to ann@example.org, cid@example.org, eve@example.org.',
          '| Shall we?',
          '| To: nobody@example.org',
          `Outbox entry ${entry?.id}, content SHA-256 ${entry?.contentHash}`,
        ].join('\n'),
      ]);
      assert.deepEqual(await sentSubjects(door), ['Lunch']);
      assert.deepEqual(await statesOf(door), ['sent']);
    });

    it('is dropped once the person declines, and stays dropped', async (t) => {
      const door = await startDoorOnHome(t, { sending: 'confirm' });
      const { client } = await connect(t, door, era, () => ({ action: 'decline' }));
      const key = { idempotencyKey: 'k' };
      for (const { text, isError } of [await send(client, key), await send(client, key)]) {
        assert.ok(
          isError &&
            text.startsWith('FORBIDDEN: ') &&
            text.includes('\nA person looked at this message and rejected it.'),
          text,
        );
      }
      assert.deepEqual(await sentSubjects(door), []);
      assert.deepEqual(await statesOf(door), ['rejected']);
    });

    it('stays parked when the person does not decide', async (t) => {
      const door = await startDoorOnHome(t, { sending: 'confirm' });
      const { client, questions } = await connect(t, door, era, () => ({ action: 'cancel' }));
      const { text, isError } = await send(client);
      assert.ok(!isError && text.startsWith('Not sent: ') && text.includes('\nTo: ann@example.org'), text);
      assert.equal(questions.length, 1);
      assert.deepEqual(await sentSubjects(door), []);
      assert.deepEqual(await statesOf(door), ['parked']);
    });

    it('stays parked when the client cannot ask', async (t) => {
      const door = await startDoorOnHome(t, { sending: 'confirm' });
      const { client } = await connect(t, door, era);
      const { text } = await send(client);
      const [entry] = await door.safety.outboxStore().list({ limit: 10 });
      assert.match(text, new RegExp(`\`gmail-llm outbox approve ${entry?.id}\` sends it`));
      assert.deepEqual(await statesOf(door), ['parked']);
    });

    it('is told as it is when somebody approves it elsewhere while the person is asked', async (t) => {
      const door = await startDoorOnHome(t, { sending: 'confirm' });
      const { client } = await connect(t, door, era, async () => {
        const outbox = door.safety.outbox();
        const [entry] = await door.safety.outboxStore().list({ limit: 1 });
        assert.ok(entry);
        const actor = { transport: 'cli', requestId: 'test' } as const;
        await outbox.approve(entry.id, entry.contentHash, {
          mailbox: door.mailbox,
          reader: door.mailbox,
          actor,
          operation: 'approve_send',
        });
        return { action: 'accept', content: {} };
      });
      const { text } = await send(client);
      assert.ok(text.startsWith('Sent: ') && text.includes('\nTo: ann@example.org'), text);
      assert.deepEqual(await sentSubjects(door), ['Lunch']);
    });

    it('is not asked about where the policy does not ask for it', async (t) => {
      const door = await startDoorOnHome(t, {});
      const { client, questions } = await connect(t, door, era, () => ({ action: 'decline' }));
      const { text } = await send(client);
      assert.ok(text.startsWith('Sent: ') && text.includes('\nTo: ann@example.org'), text);
      assert.deepEqual(questions, []);
    });
  });
}

describe('an answer of a 2026-07-28 client', () => {
  const capabilities = { elicitation: { form: {} } };
  const inputResponses = { send: { action: 'accept', content: {} } };

  it('to a question that it was not asked approves nothing', async (t) => {
    const door = await startDoorOnHome(t, { sending: 'confirm' });
    const forged = Buffer.from('{"callId":"x"}').toString('base64url');
    for (const more of [{ inputResponses }, { inputResponses, requestState: forged }]) {
      const result = await modernSend(door, { id: 1, mail, capabilities, more });
      assert.equal(result.resultType, 'input_required', JSON.stringify(result));
    }
    assert.deepEqual(await sentSubjects(door), []);
  });

  it('approves the message that was asked about and no other', async (t) => {
    const door = await startDoorOnHome(t, { sending: 'confirm' });
    const asked = await modernSend(door, { id: 1, mail, capabilities });
    const more = { inputResponses, requestState: asked.requestState };
    const other = { ...mail, to: 'stranger@evil.example' };
    const askedAgain = await modernSend(door, { id: 2, mail: other, capabilities, more });
    assert.equal(askedAgain.resultType, 'input_required', JSON.stringify(askedAgain));
    assert.match(JSON.stringify(askedAgain.inputRequests), /To: stranger@evil\.example/);
    assert.deepEqual(await sentSubjects(door), []);
    const sent = await modernSend(door, { id: 3, mail, capabilities, more });
    assert.match(JSON.stringify(sent.content), /To: ann@example\.org/);
    assert.deepEqual(await sentSubjects(door), ['Lunch']);
    assert.deepEqual((await statesOf(door)).toSorted(), ['parked', 'sent']);
  });
});

describe('a 2025 client that fails to ask', () => {
  it('leaves the message parked, and the answer says so', async (t) => {
    const door = await startDoorOnHome(t, { sending: 'confirm' });
    const [, era] = eras;
    assert.ok(era);
    const { client } = await connect(t, door, era, () => {
      throw new Error('no window');
    });
    const { text, isError } = await send(client);
    assert.ok(!isError && text.startsWith('Not sent'), text);
    assert.deepEqual(await statesOf(door), ['parked']);
  });
});

describe('a client that can only open pages', () => {
  it('is not asked: the message stays parked', async (t) => {
    const door = await startDoorOnHome(t, { sending: 'confirm' });
    const result = await modernSend(door, { id: 1, mail, capabilities: { elicitation: { url: {} } } });
    assert.match(JSON.stringify(result.content), /Not sent/);
    assert.deepEqual(await statesOf(door), ['parked']);
  });
});
