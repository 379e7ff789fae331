import type { QueryNode } from './query.ts';
import { systemLabelTerms } from '../system-labels.ts';

/**
 * A query tree as Gmail text with every bracket written and every date as seconds since 1970, so that neither the
 * precedence of OR nor a time zone can change its meaning. `parseQuery` of it gives the same tree back for every tree
 * that `parseQuery` makes.
 */
export function printQuery(node: QueryNode): string {
  return node.kind === 'and' ? printNodes(node.nodes) : printTerm(node);
}

function printNodes(nodes: readonly QueryNode[]): string {
  return nodes.map(printTerm).join(' ');
}

function printTerm(node: QueryNode): string {
  switch (node.kind) {
    case 'all':
      return '';
    case 'and':
      return `(${printNodes(node.nodes)})`;
    case 'or':
      return `{${printNodes(node.nodes)}}`;
    case 'not':
      return node.node.kind === 'not' ? `-(${printTerm(node.node)})` : `-${printTerm(node.node)}`;
    case 'text':
      // In quotes Gmail would ask for the order of the words too.
      if (node.near !== undefined)
        return `(${node.words.join('-')} AROUND ${node.near.within} ${node.near.words.join('-')})`;
      // Always in quotes: a bare word could be a keyword, and Gmail may look for other forms of it.
      return `${node.field === 'anywhere' ? '' : `${node.field}:`}"${node.words.join(' ')}"`;
    case 'label':
      return printLabel(node.label);
    case 'attachment':
      return 'has:attachment';
    case 'userLabels':
      return 'has:userlabels';
    case 'date':
      return printBounds(['after', node.fromMs], ['before', node.beforeMs], printSeconds);
    case 'size':
      return printBounds(['size', node.minBytes], ['smaller', node.belowBytes], String);
    case 'messageId':
      return `rfc822msgid:"${node.messageId}"`;
    case 'anywhere':
      return 'in:anywhere';
  }
}

function printLabel(label: string): string {
  const term = systemLabelTerms.find((candidate) => candidate.label === label);
  return term === undefined ? `label:"${label}"` : `${term.operator}:${term.value}`;
}

function printBounds(
  [lowName, low]: readonly [string, number | undefined],
  [highName, high]: readonly [string, number | undefined],
  print: (value: number) => string,
): string {
  const terms = [
    ...(low === undefined ? [] : [`${lowName}:${print(low)}`]),
    ...(high === undefined ? [] : [`${highName}:${print(high)}`]),
  ];
  return terms.length === 1 ? terms.join('') : `(${terms.join(' ')})`;
}

/** With zeros in front, so that an early instant is not taken for a year. */
function printSeconds(instantMs: number): string {
  return String(Math.floor(instantMs / 1000)).padStart(10, '0');
}
