import type { Condition } from '../../../mail/condition.ts';
import { isLedByIndex } from '../../../mail/is-led-by-index.ts';
import type { SearchRows } from '../../../mail/search-rows.ts';
import { integerOf } from '../../../columns.ts';
import type { Database } from '../../database.ts';
import { countKeys, findCountedKeys, findKeys, isMatch, type Counted } from './find-keys.ts';
import { findThreads } from './find-threads.ts';
import { planCondition } from './plan-condition.ts';
import type { PlannedCondition } from './planned-condition.ts';
import { readSearchFacts } from './search-facts.ts';

/** Searches of a mailbox: conditions are planned by what the mailbox holds, then compiled to SQL. */
export function openSearch(database: Database): SearchRows {
  const plan = (condition: Condition): PlannedCondition => planCondition(condition, readSearchFacts(database));
  return {
    keys: async (condition, { belowKey, limit }) => findKeys(database, plan(condition), belowKey, limit),
    async countedKeys(condition, { limit, count, besides }) {
      const facts = readSearchFacts(database);
      const counted = (wanted: Condition): Counted => ({
        condition: planCondition(wanted, facts),
        isLed: isLedByIndex(wanted, facts.totals),
      });
      return {
        ...(await findCountedKeys(database, counted(condition), limit, count)),
        besides: besides === undefined ? undefined : await countKeys(database, counted(besides), count),
      };
    },
    threads: async (condition, slice) => findThreads(database, plan(condition), slice),
    async matches(conditions, messageKey) {
      const facts = readSearchFacts(database);
      return conditions.map((condition) => isMatch(database, planCondition(condition, facts), messageKey));
    },
    async newestKey() {
      const row = database.get('SELECT coalesce(max(id), 0) AS newest FROM message');
      return row === undefined ? 0 : integerOf(row, 'newest');
    },
  };
}
