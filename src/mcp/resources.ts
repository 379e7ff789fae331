import { INVALID_PARAMS, ProtocolError, type Server } from '@modelcontextprotocol/server';
import type { ReadResourceResult, Resource, ResourceTemplateType } from '@modelcontextprotocol/server';
import type { Answer } from '../operations/kernel/operation.ts';
import { parseMailUri, type MailUri } from '../operations/kernel/mail-uri.ts';
import { mediaTypeOfFile } from '../operations/messages/media-type-of-file.ts';
import { rightsOf, type Principal } from '../safety/tokens/check-token.ts';
import type { OperationReader } from './operation-reader.ts';
import { refuseCursor } from './refuse-cursor.ts';

/** More of a file than this is not sent in one piece: the most that Gmail lets anybody attach. */
const maxFileBytes = 25_000_000;

/** Messages in a resource that is a list. */
const listedMessages = 20;

const text = 'text/plain';

const resources: readonly Resource[] = [
  { uri: 'gmail://inbox', name: 'inbox', title: 'Inbox', description: 'The newest messages.', mimeType: text },
];

const templates: readonly ResourceTemplateType[] = [
  {
    uriTemplate: 'gmail://messages/{id}{?account}',
    name: 'message',
    title: 'Message',
    description: 'One message as text.',
    mimeType: text,
  },
  {
    uriTemplate: 'gmail://threads/{id}{?account}',
    name: 'thread',
    title: 'Thread',
    description: 'A conversation, each passage once.',
    mimeType: text,
  },
  {
    uriTemplate: 'gmail://messages/{messageId}/attachments/{attachment}{?account}',
    name: 'attachment',
    title: 'Attachment',
    description: 'The bytes of a file, by its handle (a1, a2, …).',
  },
  {
    uriTemplate: 'gmail://labels/{label}{?account}',
    name: 'label',
    title: 'Messages with a label',
    description: 'The newest messages with a label.',
    mimeType: text,
  },
  {
    uriTemplate: 'gmail://people/{address}{?account}',
    name: 'person',
    title: 'Messages of a person',
    description: 'The newest messages from an address or to it.',
    mimeType: text,
  },
  {
    uriTemplate: 'gmail://search/{q}{?account}',
    name: 'search',
    title: 'Messages that match a query',
    description: 'The newest messages that match a Gmail query.',
    mimeType: text,
  },
];

/** What a URI can look like, for whoever has another. */
const forms = [...resources.map(({ uri }) => uri), ...templates.map(({ uriTemplate }) => uriTemplate)].join(', ');

/** A query that names an address cannot be widened by it. */
const plainAddress = /^[\w.+'%-]{1,64}@[\w.-]{1,255}$/;

type Reading = readonly [operation: string, input: Readonly<Record<string, unknown>>];

function list(q: string): Reading {
  return ['search_messages', { q, maxResults: listedMessages }];
}

/** The operation that reads a place, with its input. */
function readingOf({ place }: MailUri): Reading {
  switch (place.kind) {
    case 'inbox':
      return list('in:inbox');
    case 'label':
      return list(`label:"${place.label.replaceAll('"', ' ')}"`);
    case 'person':
      if (!plainAddress.test(place.address))
        throw new ProtocolError(INVALID_PARAMS, 'That is no mail address: expected gmail://people/name@example.org.');
      return list(`{from:${place.address} to:${place.address}}`);
    case 'search':
      return list(place.q);
    case 'message':
      return ['read_message', { id: place.id }];
    case 'thread':
      return ['read_thread', { id: place.id }];
    case 'attachment':
      return ['read_attachment', { messageId: place.messageId, attachment: place.attachment }];
  }
}

/** Words of a mail stand in a fence; bytes are bytes, and their type is one of ours. */
async function contentsOf(uri: string, answer: Answer): Promise<ReadResourceResult> {
  if (answer.kind === 'json') return { contents: [{ uri, mimeType: text, text: await answer.text() }] };
  const { content } = answer.file;
  if (content.byteLength > maxFileBytes) {
    throw new ProtocolError(
      INVALID_PARAMS,
      `The file has ${content.byteLength} bytes, at most ${maxFileBytes} are sent.`,
    );
  }
  const blob = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('base64');
  return { contents: [{ uri, mimeType: mediaTypeOfFile(answer.file), blob }] };
}

/** Makes messages, threads, attachments and lists readable as resources. */
export function serveResources(server: Server, principal: () => Principal, reader: OperationReader): void {
  const mayRead = () => principal().grants.has('read');
  server.setRequestHandler('resources/list', ({ params }) => {
    refuseCursor(params);
    return { resources: mayRead() ? [...resources] : [] };
  });
  server.setRequestHandler('resources/templates/list', ({ params }) => {
    refuseCursor(params);
    return { resourceTemplates: mayRead() ? [...templates] : [] };
  });
  server.setRequestHandler('resources/read', async ({ params: { uri } }, { mcpReq }) => {
    const parsed = parseMailUri(uri);
    if (parsed === undefined) throw new ProtocolError(INVALID_PARAMS, `No such resource: expected ${forms}.`);
    const [name, input] = readingOf(parsed);
    const account = parsed.account === undefined ? {} : { account: parsed.account };
    const caller = { ...rightsOf(principal()), signal: mcpReq.signal };
    // A search for a label that there is not finds nothing, which says something else.
    if (parsed.place.kind === 'label')
      await reader.read('get_label', { id: parsed.place.label, ...account }, caller, () => undefined);
    return reader.read(name, { ...input, ...account }, caller, (answer) => contentsOf(uri, answer));
  });
}
