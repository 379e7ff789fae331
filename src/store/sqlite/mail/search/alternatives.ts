import { mentionsWords, planOf } from './choose-driver.ts';
import { conjunction, conjunctsOf, type PlannedCondition } from './planned-condition.ts';

/** With more alternatives, messages are walked once for all of them. */
const maxAlternatives = 32;

/**
 * The conditions that a search is made of, each searched for itself, of which no index knows all; undefined for a search
 * that is not better in parts.
 */
export function alternativesOf(condition: PlannedCondition): readonly PlannedCondition[] | undefined {
  const alternatives = takeApart(condition, maxAlternatives);
  return alternatives.length === 1 ? undefined : alternatives;
}

function takeApart(condition: PlannedCondition, most: number): readonly PlannedCondition[] {
  const conditions = conjunctsOf(condition);
  const { driver } = planOf(conditions);
  if (driver?.isShort === true) return [condition];
  const mixed = conditions.find(
    (each) => each.kind === 'or' && (driver === undefined || mentionsWords(each) || each.conditions.every(hasFew)),
  );
  if (mixed?.kind !== 'or' || mixed.conditions.length > most) return [condition];
  const others = conditions.filter((each) => each !== mixed);
  const mostOfEach = Math.floor(most / mixed.conditions.length);
  return mixed.conditions.flatMap((alternative) => takeApart(conjunction([alternative, ...others]), mostOfEach));
}

/** Whether an index leads to not many messages. */
function hasFew(condition: PlannedCondition): boolean {
  const { driver, taken } = planOf(conjunctsOf(condition));
  return driver?.isShort === true || (taken?.kind === 'column' && taken.index === 'message_by_size');
}
