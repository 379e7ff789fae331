import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { hammer } from './hammer.ts';
import { openMailbox } from './temporary-mailbox.ts';

suite('several processes on one mailbox', () => {
  test('lose no change and never find it locked', async (t) => {
    const reports = await hammer(temporaryFolder(t), 3);
    for (const { changes, reads } of reports) assert.ok(changes > 10 && reads > 10, JSON.stringify(reports));
  });

  test('make and open it at the same moment', async (t) => {
    for (let round = 0; round < 3; round += 1) {
      const folder = temporaryFolder(t);
      const workers = Array.from({ length: 3 }, () => fork(new URL('add-worker.ts', import.meta.url), [folder, '1']));
      t.after(() => workers.map((worker) => worker.kill('SIGKILL')));
      const limit = { signal: AbortSignal.timeout(60_000) };
      await Promise.all(workers.map(async (worker) => Promise.race([once(worker, 'message', limit), failure(worker)])));
      for (const worker of workers) worker.kill('SIGKILL');
      const { messagesTotal } = await openMailbox(t, folder).getProfile();
      assert.equal(messagesTotal, 25, 'three processes added the same messages, each once');
    }
  });
});

async function failure(worker: ReturnType<typeof fork>): Promise<never> {
  const [code] = await once(worker, 'exit');
  return assert.fail(`a worker ended with ${code}`);
}
