import { suite } from 'node:test';
import { exerciseBytes } from './exercise-bytes.ts';
import { exerciseDeliveries } from './exercise-deliveries.ts';
import { exerciseDrafts } from './exercise-drafts.ts';
import { exerciseHistory } from './exercise-history.ts';
import { exerciseLabels } from './exercise-labels.ts';
import { exerciseMessages } from './exercise-messages.ts';
import { exerciseSearch } from './exercise-search.ts';
import { exerciseThreads } from './exercise-threads.ts';
import { exerciseTransactions } from './exercise-transactions.ts';
import { exerciseValues } from './exercise-values.ts';
import type { OpenStore } from './store-under-test.ts';

/** What every store of mail does alike. */
export function exerciseMailStore(engine: string, open: OpenStore): void {
  suite(`mail store: ${engine}`, () => {
    exerciseLabels(open);
    exerciseMessages(open);
    exerciseBytes(open);
    exerciseThreads(open);
    exerciseHistory(open);
    exerciseValues(open);
    exerciseDrafts(open);
    exerciseDeliveries(open);
    exerciseSearch(open);
    exerciseTransactions(open);
  });
}
