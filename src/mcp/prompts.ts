import { INVALID_PARAMS, ProtocolError, type Server } from '@modelcontextprotocol/server';
import type { GetPromptResult, Prompt } from '@modelcontextprotocol/server';
import type { Grant } from '../core/grants.ts';
import { rightsOf, type Principal } from '../safety/tokens/check-token.ts';
import type { OperationReader } from './operation-reader.ts';
import { refuseCursor } from './refuse-cursor.ts';

type Arguments = Readonly<Record<string, string>>;

/** A task that a person can start: what the model shall do, and the mail that it needs for it. */
interface MailPrompt extends Prompt {
  readonly grants: readonly Grant[];
  readonly operation: string;
  readonly input: (given: Arguments) => Readonly<Record<string, unknown>>;
  readonly task: (given: Arguments) => string;
}

const account = { name: 'account', description: 'If several are connected.' } as const;
const id = { name: 'id', description: 'Id of the thread, or of one of its messages.', required: true } as const;

/** Messages that are looked through at once. */
const triagedMessages = 25;

const prompts: readonly MailPrompt[] = [
  {
    name: 'triage_inbox',
    title: 'Triage the inbox',
    description: 'Sort unread mail: what needs an answer, what is worth knowing, what can be archived.',
    arguments: [{ name: 'label', description: 'Another label than INBOX.' }, account],
    grants: ['read'],
    operation: 'search_messages',
    input: ({ label = 'INBOX' }) => ({
      q: `label:"${label.replaceAll('"', ' ')}" is:unread`,
      maxResults: triagedMessages,
    }),
    task: () =>
      [
        'Below is my unread mail. Sort it into three groups: needs an answer from me (say what, and by when), worth knowing, can be archived.',
        'Read a message with read_message where its first words do not decide it. One line for each message, with its id.',
        'Change nothing yet: propose what to archive or label, and wait for my word.',
      ].join('\n'),
  },
  {
    name: 'summarize_thread',
    title: 'Summarize a thread',
    description: 'What was said, decided and left open in a conversation.',
    arguments: [id, account],
    grants: ['read'],
    operation: 'read_thread',
    input: ({ id: thread }) => ({ id: thread }),
    task: () =>
      [
        'Summarize the conversation below: what it is about, what was decided, what is open and with whom, dates and amounts as they are given.',
        'Name who said what where it matters. Say so where a part was left out that the summary would need.',
      ].join('\n'),
  },
  {
    name: 'draft_reply',
    title: 'Draft a reply',
    description: 'Write an answer to a conversation as a draft; nothing is sent.',
    arguments: [id, { name: 'wish', description: 'What the reply should say.' }, account],
    grants: ['read', 'draft'],
    operation: 'read_thread',
    input: ({ id: thread }) => ({ id: thread }),
    task: ({ wish = '' }) =>
      [
        'Write a reply to the newest message of the conversation below, in its language and tone, and save it with create_draft (replyTo: the id of that message). Do not send it.',
        'Use what is said below and what I tell you; ask me for what is missing instead of making it up.',
        ...(wish.trim() === '' ? [] : [`What the reply should say: ${wish.trim()}`]),
      ].join('\n'),
  },
];

function withoutEmpty(given: Arguments): Arguments {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}

/** The error for a prompt that the caller does not have: the grants that it needs, or those that there are. */
function noPrompt(name: string, offered: readonly MailPrompt[]): ProtocolError {
  const closed = prompts.find((prompt) => prompt.name === name);
  const names = offered.map((prompt) => prompt.name).join(', ');
  const reason =
    closed === undefined ? `expected ${names || 'none'}` : `it needs the grants ${closed.grants.join(', ')}`;
  return new ProtocolError(INVALID_PARAMS, `No such prompt: ${reason}.`);
}

/** Offers tasks of everyday mail. Their texts are ours; the mail that comes along is fenced like every answer. */
export function servePrompts(server: Server, principal: () => Principal, reader: OperationReader): void {
  const offered = () => {
    const { grants } = principal();
    return prompts.filter((prompt) => prompt.grants.every((grant) => grants.has(grant)));
  };
  server.setRequestHandler('prompts/list', ({ params }) => {
    refuseCursor(params);
    const listed = offered().map(({ name, title, description, arguments: taken }) => ({
      name,
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      ...(taken === undefined ? {} : { arguments: taken }),
    }));
    return { prompts: listed };
  });
  server.setRequestHandler('prompts/get', ({ params }, { mcpReq }): Promise<GetPromptResult> => {
    const prompt = offered().find(({ name }) => name === params.name);
    if (prompt === undefined) throw noPrompt(params.name, offered());
    const given = withoutEmpty(params.arguments ?? {});
    const taken = prompt.arguments ?? [];
    const missing = taken.find(({ name, required }) => required === true && given[name] === undefined);
    if (missing !== undefined) {
      const what = missing.description === undefined ? '' : `: ${missing.description}`;
      throw new ProtocolError(INVALID_PARAMS, `${prompt.name} needs the argument ${missing.name}${what}`);
    }
    if (Object.keys(given).some((name) => !taken.some((one) => one.name === name))) {
      const names = taken.map(({ name }) => name).join(', ');
      throw new ProtocolError(INVALID_PARAMS, `Unknown argument: ${prompt.name} takes ${names} alone.`);
    }
    const input = { ...prompt.input(given), ...(given.account === undefined ? {} : { account: given.account }) };
    const caller = { ...rightsOf(principal()), signal: mcpReq.signal };
    return reader.read(prompt.operation, input, caller, async (answer) => ({
      ...(prompt.description === undefined ? {} : { description: prompt.description }),
      messages: [{ role: 'user', content: { type: 'text', text: `${prompt.task(given)}\n\n${await answer.text()}` } }],
    }));
  });
}
