import { bodyText } from '../text/body-text.ts';
import type { Address, Label, MessageSummary, MailContent } from '../message.ts';
import type { QueryNode, TextField } from './query.ts';
import { tokenizeText } from '../text/tokenize-text.ts';

/** A message with everything that a query can ask of it. */
export interface EvaluatedMessage {
  readonly summary: MessageSummary;
  readonly content: MailContent;
  /** Every label of the mailbox. */
  readonly labels: readonly Label[];
}

/**
 * Whether a message matches a query, found out by looking at the message alone, as slowly and plainly as possible: the
 * oracle for every backend that is faster. That spam and trash are left out is a rule of the search, not of its query.
 */
export function evaluateQuery(node: QueryNode, message: EvaluatedMessage): boolean {
  const { summary, content, labels } = message;
  switch (node.kind) {
    case 'all':
    case 'anywhere':
      return true;
    case 'and':
      return node.nodes.every((child) => evaluateQuery(child, message));
    case 'or':
      return node.nodes.some((child) => evaluateQuery(child, message));
    case 'not':
      return !evaluateQuery(node.node, message);
    case 'text': {
      const words = node.words.flatMap(tokenizeText);
      const { near } = node;
      const others = near?.words.flatMap(tokenizeText) ?? [];
      return searchedTexts(content, node.field).some((text) => {
        const all = tokenizeText(text);
        if (near === undefined) return hasPhrase(all, words);
        return areNear(placesOf(all, words), placesOf(all, others), near.within);
      });
    }
    case 'label': {
      const ids = labels.filter(({ id, name }) => id === node.label || comparable(name) === comparable(node.label));
      return ids.some(({ id }) => summary.labelIds.includes(id));
    }
    case 'userLabels':
      return labels.some(({ id, type }) => type === 'user' && summary.labelIds.includes(id));
    case 'attachment':
      return summary.attachmentNames.length > 0;
    case 'date':
      return isBetween(Number(summary.internalDate), node.fromMs, node.beforeMs);
    case 'size':
      return isBetween(summary.sizeEstimate, node.minBytes, node.belowBytes);
    case 'messageId':
      return content.messageId === node.messageId;
  }
}

/** `to:` finds every recipient. A phrase is found within one field, where addresses stand one behind another. */
function searchedTexts(content: MailContent, field: TextField): string[] {
  const texts: Record<Exclude<TextField, 'anywhere'>, string[]> = {
    from: [addressText(content.from)],
    to: [addressText(content.to), addressText(content.cc), addressText(content.bcc)],
    cc: [addressText(content.cc)],
    bcc: [addressText(content.bcc)],
    subject: [content.subject],
    filename: [content.attachments.map(({ filename }) => filename).join(', ')],
    list: [content.listId],
    deliveredto: [content.deliveredTo.join(', ')],
  };
  return field === 'anywhere' ? [...Object.values(texts).flat(), bodyText(content).text] : texts[field];
}

function addressText(addresses: readonly Address[]): string {
  return addresses.map(({ name, address }) => `${name} ${address}`).join(', ');
}

function standsAt(phrase: readonly string[], words: readonly string[], start: number): boolean {
  return phrase.length > 0 && phrase.every((word, offset) => words[start + offset] === word);
}

function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_word, start) => standsAt(phrase, words, start));
}

/** First and last word of each place where a phrase stands. */
type Places = readonly (readonly [first: number, last: number])[];

function placesOf(words: readonly string[], phrase: readonly string[]): Places {
  return words.flatMap((_word, start) =>
    standsAt(phrase, words, start) ? [[start, start + phrase.length - 1] as const] : [],
  );
}

function areNear(some: Places, others: Places, within: number): boolean {
  return some.some(([first, last]) =>
    others.some(([otherFirst, otherLast]) => Math.max(otherFirst - last, first - otherLast) <= within),
  );
}

function isBetween(value: number, from: number | undefined, before: number | undefined): boolean {
  return (from === undefined || value >= from) && (before === undefined || value < before);
}

/** Label names in a query have `-` for a space and for `/`. */
function comparable(label: string): string {
  return label.toLowerCase().replaceAll(/[\s/]/g, '-');
}
