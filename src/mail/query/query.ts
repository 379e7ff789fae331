/** The places of a message that a word can be looked for in. */
export const textFields = [
  'anywhere',
  'from',
  'to',
  'cc',
  'bcc',
  'subject',
  'filename',
  'list',
  'deliveredto',
] as const;
export type TextField = (typeof textFields)[number];

/** `words` in this order, next to each other, in one field. `to` looks in To, Cc and Bcc. Words are as typed. */
export interface TextNode {
  readonly kind: 'text';
  readonly field: TextField;
  readonly words: readonly string[];
  /** Other words, before or behind them, at most so many words away: 1 is next to each other. */
  readonly near?: { readonly words: readonly string[]; readonly within: number };
}

/**
 * A Gmail query as a tree. The same tree is evaluated on a message, compiled to SQL, and printed back fully braced
 * for the live API, so that precedence and time zones cannot make two backends disagree.
 */
export type QueryNode =
  /** Every message: the empty query. */
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'or'; readonly nodes: readonly QueryNode[] }
  | { readonly kind: 'not'; readonly node: QueryNode }
  | TextNode
  /** A label: a system label's id, or a user label's name as typed (compared without case, `-` for space and `/`). */
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'attachment' }
  | { readonly kind: 'userLabels' }
  /** Received at or after `fromMs`, before `beforeMs` (milliseconds since 1970). */
  | { readonly kind: 'date'; readonly fromMs?: number; readonly beforeMs?: number }
  /** Size of the whole message: at least `minBytes`, below `belowBytes`. */
  | { readonly kind: 'size'; readonly minBytes?: number; readonly belowBytes?: number }
  /** The Message-ID header, without angle brackets. */
  | { readonly kind: 'messageId'; readonly messageId: string }
  /** `in:anywhere`: matches everything, and takes spam and trash into the search. */
  | { readonly kind: 'anywhere' };

/** Whether a query itself asks for spam or trash, so that they are not left out of its answer. */
export function asksForSpamOrTrash(node: QueryNode): boolean {
  switch (node.kind) {
    case 'anywhere':
      return true;
    case 'label':
      return node.label === 'SPAM' || node.label === 'TRASH';
    case 'and':
    case 'or':
      return node.nodes.some(asksForSpamOrTrash);
    // A negated `in:spam` does not ask for spam.
    case 'not':
    case 'all':
    case 'text':
    case 'attachment':
    case 'userLabels':
    case 'date':
    case 'size':
    case 'messageId':
      return false;
  }
}
