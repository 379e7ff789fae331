import { suite } from 'node:test';
import { testDeleting } from './conformance/deleting.ts';
import { testDrafts } from './conformance/drafts.ts';
import { testFilters } from './conformance/filters.ts';
import { testImporting } from './conformance/importing.ts';
import { testLabels } from './conformance/labels.ts';
import type { OpenMailbox } from './conformance/mailbox-under-test.ts';
import { withMailIn } from './conformance/mailbox-under-test.ts';
import { testReading } from './conformance/reading.ts';
import { testSearching } from './conformance/searching.ts';
import { testSending } from './conformance/sending.ts';
import { testSettings } from './conformance/settings.ts';
import { testThreadSearch } from './conformance/thread-search.ts';

/** What every backend does alike. */
export function testMailboxConformance(backend: string, open: OpenMailbox): void {
  const withMail = withMailIn(open);
  suite(`mailbox conformance: ${backend}`, () => {
    testReading(withMail);
    testSearching(withMail);
    testThreadSearch(withMail);
    testDeleting(withMail);
    testImporting(withMail);
    testDrafts(withMail);
    testSending(withMail);
    testLabels(withMail);
    testFilters(withMail);
    testSettings(withMail);
  });
}
