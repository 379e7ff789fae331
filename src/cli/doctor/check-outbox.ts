import { localTime } from '../../core/local-time.ts';
import type { Check, Finding } from './finding.ts';
import { withHomeStores } from './with-home-stores.ts';

const name = 'outbox';

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

/** Messages that wait for a person, failed, or are of an unknown end; and what leaves later. */
export const checkOutbox: Check = {
  name,
  needs: ['home', 'store'],
  run(patient) {
    return withHomeStores(patient, async ({ safety }) => {
      if (!safety.hasOutbox()) return [];
      const outbox = safety.outbox();
      const { parked = 0, failed = 0, unknown = 0, waiting = 0 } = await outbox.count();
      const findings: Finding[] = [];
      const warn = (count: number, found: string, fix: string): void => {
        if (count > 0) findings.push({ name, state: 'warning', found: `${messages(count)} ${found}`, fix });
      };
      warn(parked, 'waiting for approval.', 'Read and decide: gmail-llm open, or gmail-llm outbox');
      warn(failed, 'not sent, by an error.', 'Read why: gmail-llm outbox. Then gmail-llm outbox retry ID');
      warn(unknown, 'of which nobody knows yet whether it was sent.', 'A running server finds out: gmail-llm up');
      if (findings.length > 0) return findings;
      const next = (await outbox.listToDo()).map(({ sendsAtMs }) => sendsAtMs).filter((ms) => ms !== undefined);
      const when = next.length === 0 ? '' : `, the next at ${localTime(Math.min(...next))} if a server runs then`;
      return [{ name, state: 'ok', found: waiting === 0 ? 'nothing waits' : `${messages(waiting)} scheduled${when}` }];
    });
  },
};
