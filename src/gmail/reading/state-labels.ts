import type { QueryNode } from '../../mail/query/query.ts';

/**
 * Labels that say in which state a message is. Google's search goes by an index that can lag behind them:
 * `in:spam is:unread` was seen to answer messages that had long been read.
 */
const stateLabels: ReadonlySet<string> = new Set([
  'INBOX',
  'SENT',
  'DRAFT',
  'SPAM',
  'TRASH',
  'UNREAD',
  'STARRED',
  'IMPORTANT',
]);

function stateOf(node: QueryNode): readonly string[] {
  return node.kind === 'label' && stateLabels.has(node.label) ? [node.label] : [];
}

/** A check of whether a message has the state that a query asks for of every hit; everything else is Google's to know. */
export function stateCheck(query: QueryNode): (message: { readonly labelIds: readonly string[] }) => boolean {
  const nodes = query.kind === 'and' ? query.nodes : [query];
  const wanted = nodes.flatMap(stateOf);
  const unwanted = nodes.flatMap((node) => (node.kind === 'not' ? stateOf(node.node) : []));
  return ({ labelIds }) => wanted.every((id) => labelIds.includes(id)) && !unwanted.some((id) => labelIds.includes(id));
}
