import type { DomElement } from '../dom/dom-element.ts';
import type { CompoundSelector } from '../selectors/selector.ts';
import type { StyleRule } from './style-rules.ts';

/** Rules by what their last compound needs, so that an element is compared with few of them. */
export interface RuleIndex {
  readonly byId: ReadonlyMap<string, readonly StyleRule[]>;
  readonly byClass: ReadonlyMap<string, readonly StyleRule[]>;
  readonly byTag: ReadonlyMap<string, readonly StyleRule[]>;
  readonly others: readonly StyleRule[];
}

/** Sorts rules into an index. */
export function indexRules(rules: readonly StyleRule[]): RuleIndex {
  const byId = new Map<string, StyleRule[]>();
  const byClass = new Map<string, StyleRule[]>();
  const byTag = new Map<string, StyleRule[]>();
  const others: StyleRule[] = [];
  for (const rule of rules) {
    for (const compound of alternatives(rule.selector.compounds.at(-1))) {
      const [id] = compound.ids;
      const [className] = compound.classes;
      if (id !== undefined) push(byId, id.toLowerCase(), rule);
      else if (className !== undefined) push(byClass, className.toLowerCase(), rule);
      else if (compound.tag !== undefined) push(byTag, compound.tag.toLowerCase(), rule);
      else others.push(rule);
    }
  }
  return { byId, byClass, byTag, others };
}

/** A compound that is nothing but `:is()` of simple ones counts as each of these. */
function alternatives(compound: CompoundSelector | undefined): readonly CompoundSelector[] {
  if (compound === undefined) return [];
  const [pseudo] = compound.pseudos;
  const isAlone = compound.ids.length === 0 && compound.classes.length === 0 && compound.tag === undefined;
  if (!isAlone || pseudo?.kind !== 'is') return [compound];
  return pseudo.list.flatMap((selector) => selector.compounds.at(-1) ?? []);
}

function push(map: Map<string, StyleRule[]>, key: string, rule: StyleRule): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [rule]);
  else if (list.at(-1) !== rule) list.push(rule);
}

/** The rules that may match an element; a rule can be among them twice. */
export function* candidates(element: DomElement, index: RuleIndex): Generator<StyleRule> {
  yield* index.others;
  yield* index.byTag.get(element.name.toLowerCase()) ?? [];
  for (const name of element.classes) yield* index.byClass.get(name.toLowerCase()) ?? [];
  if (element.id !== undefined) yield* index.byId.get(element.id.toLowerCase()) ?? [];
}
