import { AppError } from '../../core/errors.ts';
import type { QueryNode, TextField, TextNode } from '../../mail/query/query.ts';
import { tokenizeText } from '../../mail/text/tokenize-text.ts';
import { withoutNul } from '../../mail/text/without-nul.ts';
import type { Condition, IndexedField } from '../../store/mail/condition.ts';
import { allOf, anyOf, notOf } from '../../store/mail/condition.ts';
import type { LabelRow } from '../../store/mail/label-rows.ts';

/** Deeper queries are refused: SQLite's FTS5 refuses expressions of more than 256 levels. */
const maxDepth = 120;

/** Where a field of the query looks; `to:` finds every recipient, as Gmail does. */
const fields: Readonly<Record<Exclude<TextField, 'anywhere'>, readonly IndexedField[]>> = {
  from: ['sender'],
  to: ['recipients', 'cc', 'bcc'],
  cc: ['cc'],
  bcc: ['bcc'],
  subject: ['subject'],
  filename: ['filename'],
  list: ['list'],
  deliveredto: ['deliveredTo'],
};

/** How the words of a text were stored: each way that is in use in a mailbox. */
export type Tokenizers = readonly ((text: string) => string[])[];

/** Looks up what a query names in a mailbox, whose words are stored in these ways. Throws `INVALID_INPUT` for a query nested too deep to be answered. */
export function resolveQuery(
  node: QueryNode,
  labels: readonly LabelRow[],
  tokenizers: Tokenizers = [tokenizeText],
  depth = 0,
): Condition {
  if (depth > maxDepth) {
    throw new AppError('INVALID_INPUT', 'The query is nested too deep.', {
      field: 'q',
      expected: `at most ${maxDepth} levels`,
      hint: 'Remove parentheses that are not needed, or ask in several searches.',
    });
  }
  const resolve = (child: QueryNode): Condition => resolveQuery(child, labels, tokenizers, depth + 1);
  switch (node.kind) {
    case 'all':
    case 'anywhere':
      return { kind: 'all' };
    case 'and':
      return allOf(node.nodes.map(resolve));
    case 'or':
      return anyOf(node.nodes.map(resolve));
    case 'not':
      return notOf(resolve(node.node));
    case 'text':
      return resolveText(node, tokenizers);
    case 'label': {
      const name = foldForQuery(node.label);
      const keys = labels.filter((label) => foldForQuery(label.name) === name).map(({ key }) => key);
      return keys.length === 0 ? { kind: 'none' } : { kind: 'label', keys };
    }
    case 'userLabels':
      return { kind: 'userLabel' };
    case 'attachment':
    case 'date':
    case 'size':
      return node;
    case 'messageId':
      return { ...node, messageId: withoutNul(node.messageId) };
  }
}

/** A phrase without any word matches nothing: left out, it would widen the search. */
function resolveText({ field, words: typed, near }: TextNode, tokenizers: Tokenizers): Condition {
  const wordings = new Map<string, Condition>();
  for (const tokenize of tokenizers) {
    const words = typed.flatMap(tokenize);
    const others = near?.words.flatMap(tokenize) ?? [];
    if (words.length === 0 || (near !== undefined && others.length === 0)) continue;
    wordings.set([...words, '', ...others].join(' '), {
      kind: 'text',
      words,
      ...(field === 'anywhere' ? {} : { fields: fields[field] }),
      ...(near === undefined ? {} : { near: { words: others, within: near.within } }),
      ...(tokenizers.length === 1 ? {} : { asStoredBefore: true }),
    });
  }
  return anyOf([...wordings.values()]);
}

/** In a query a label is written without case, and `-` stands for spaces and `/` of its name. */
function foldForQuery(name: string): string {
  return name.toLowerCase().replaceAll(/[\s/]/g, '-');
}
