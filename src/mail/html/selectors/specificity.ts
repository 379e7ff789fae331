import type { CompoundSelector, PseudoClass, SelectorList, Specificity } from './selector.ts';

const none: Specificity = [0, 0, 0];

function sum([a, b, c]: Specificity, [d, e, f]: Specificity): Specificity {
  return [a + d, b + e, c + f];
}

/** Negative where `one` is the weaker. */
export function compareSpecificity(one: Specificity, other: Specificity): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}

function strongest(list: SelectorList): Specificity {
  return list.map(({ specificity }) => specificity).reduce((a, b) => (compareSpecificity(a, b) < 0 ? b : a), none);
}

function pseudoSpecificity(pseudo: PseudoClass): Specificity {
  switch (pseudo.kind) {
    case 'is':
      return pseudo.isWeightless ? none : strongest(pseudo.list);
    case 'not':
    case 'has':
      return strongest(pseudo.list);
    case 'nth':
      return sum([0, 1, 0], strongest(pseudo.of ?? []));
    case 'simple':
    case 'language':
    case 'direction':
    case 'unknown':
      return [0, 1, 0];
  }
}

/** Selectors Level 4, section 17. */
export function specificityOf(compounds: readonly CompoundSelector[], hasPseudoElement: boolean): Specificity {
  let total: Specificity = [0, 0, hasPseudoElement ? 1 : 0];
  for (const { tag, ids, classes, attributes, pseudos } of compounds) {
    total = sum(total, [ids.length, classes.length + attributes.length, tag === undefined ? 0 : 1]);
    for (const pseudo of pseudos) total = sum(total, pseudoSpecificity(pseudo));
  }
  return total;
}
