import { isJsonObject } from '../../core/json-object.ts';
import { plural } from '../html/parts.ts';
import { shortLine } from './short-line.ts';

const shownItems = 3;
const sentenceCharacters = 160;

/** A value of the log in a few words: `2 ids`, `addLabelIds STARRED`. */
function inWords(value: unknown, name = ''): string {
  if (Array.isArray(value)) {
    if (value.length > shownItems || name === 'ids')
      return plural(value.length, name === '' ? 'item' : name.replace(/s$/, ''));
    return `${name} ${value.map((item) => inWords(item)).join(', ')}`.trim();
  }
  if (isJsonObject(value)) {
    const facts = Object.entries(value).map(([key, inner]) => inWords(inner, key));
    return facts.join(' · ');
  }
  return `${name} ${String(value)}`.trim();
}

function listOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** What becomes of messages by the labels that they get and lose. */
function labelSentence({ ids, addLabelIds, removeLabelIds }: Readonly<Record<string, unknown>>): string {
  const [added, removed] = [listOf(addLabelIds), listOf(removeLabelIds)];
  const messages = plural(listOf(ids).length, 'message');
  if (added.includes('TRASH')) return `Move ${messages} to the trash`;
  if (removed.includes('TRASH')) return `Take ${messages} out of the trash`;
  if (added.length === 0 && removed.join() === 'UNREAD') return `Mark ${messages} as read`;
  if (removed.length === 0 && added.join() === 'UNREAD') return `Mark ${messages} as unread`;
  if (added.length === 0 && removed.join() === 'INBOX') return `Archive ${messages}`;
  const parts = [
    ...(added.length > 0 ? [`add ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`remove ${removed.join(', ')}`] : []),
  ];
  const [first = '', ...others] = parts;
  return `${[first.charAt(0).toUpperCase() + first.slice(1), ...others].join(' and ')} on ${messages}`;
}

/** By which field of its target a thing is called, the first that is there. */
const names = ['name', 'subject', 'url', 'email'];
/** What only the page of a change shows. */
const unsaid = new Set(['outboxId', 'contentHash', 'newContentHash']);

/** The words of a method's name: `createSendAs` is "Create send as". */
function spoken(method: string): string {
  const words = method.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replace(/^update\b/, 'change');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a change does, as a sentence without its outcome: `Mark 2 messages as read`, `Create label “Work”: …`. */
export function changeSentence(method: string, target: unknown): string {
  if (!isJsonObject(target)) return spoken(method);
  if (method === 'modifyMessages') return labelSentence(target);
  const name = names.find((each) => typeof target[each] === 'string');
  const subject = name === undefined ? spoken(method) : `${spoken(method)} “${String(target[name])}”`;
  const others = Object.entries(target).filter(
    ([key, value]) => key !== name && !unsaid.has(key) && !(Array.isArray(value) && value.length === 0),
  );
  const facts = inWords(Object.fromEntries(others));
  return shortLine(facts === '' ? subject : `${subject}: ${facts}`, sentenceCharacters);
}
