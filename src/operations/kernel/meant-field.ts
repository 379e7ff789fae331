import { nearestWord } from '../../core/did-you-mean.ts';

/** What other mail APIs and models call fields that are named otherwise here, in lower case without separators. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  attachmentid: ['attachment'],
  bodytext: ['body'],
  content: ['body', 'text'],
  count: ['maxResults', 'limit'],
  cursor: ['pageToken', 'after'],
  draftid: ['id'],
  email: ['account', 'to'],
  format: ['body'],
  html: ['body'],
  id: ['ids', 'messageId'],
  inreplyto: ['replyTo'],
  labelid: ['addLabelIds', 'id'],
  labelids: ['addLabelIds'],
  labels: ['addLabelIds'],
  limit: ['maxResults'],
  message: ['body'],
  messageid: ['id', 'ids'],
  messageids: ['ids'],
  page: ['pageToken'],
  pagesize: ['maxResults', 'limit'],
  query: ['q'],
  recipient: ['to'],
  recipients: ['to'],
  search: ['q'],
  text: ['body'],
  threadid: ['id', 'ids'],
  user: ['account'],
  userid: ['account'],
};

/** The field that an unknown name most likely stands for: another API's word for it, or one that is written alike. */
export function meantField(name: string, known: readonly string[]): string | undefined {
  const plain = name.toLowerCase().replaceAll(/[_-]/g, '');
  const others = Object.hasOwn(otherNames, plain) ? (otherNames[plain] ?? []) : [];
  return others.find((field) => known.includes(field)) ?? nearestWord(name, known);
}
