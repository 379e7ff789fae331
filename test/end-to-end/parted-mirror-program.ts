// Run apart by parted-mirror.test.ts: the hosts are network namespaces, whose links lose packets one way, which is the worse.
import { runCleaned } from '../support/run-cleaned.ts';
import { startPostgres } from '../support/postgres.ts';
import { partedHosts } from './absent-hosts.ts';
import { beOvertaken } from './mirror-away.ts';

await runCleaned(async (context) => {
  await beOvertaken({
    // It is there before the servers, which come after the hosts.
    async hosts(wanted) {
      const hosts = partedHosts(wanted);
      (await startPostgres(context, { isOnNetwork: true })).create('mail');
      return hosts;
    },
    address: 'postgres://postgres@127.0.0.1:5432/mail',
    ways: ['answers', 'requests'],
    say: (line) => console.log(line),
  });
});
