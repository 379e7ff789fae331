// npm run soak:kills [-- --rounds 200] [--seed 1] [--minutes N] [--only network,sleeper] [--namespaces 3] [--live]: servers of two
// hosts on one PostgreSQL import, send and change labels, and in each round something is killed with `kill -9` (a server, an import,
// a process of PostgreSQL, PostgreSQL itself), or a host is cut off from the database, the database takes no changes for a while or
// has no room on its disks (needs root), or a server sleeps longer than its leases last. Then everything has to be whole: nothing
// that was acknowledged is lost, nothing was sent twice, the feed has led to what is there. With --namespaces each host is one with a
// network of its own (needs root), and is parted from others by its links; with --live the mail is that of a live account, on the
// emulator. The tests have short forms.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { TestContext } from 'node:test';
import { done, runCommand } from '../cli/command-harness.ts';
import { numbersFrom } from '../fuzz/mutate.ts';
import { mbox, type Server } from '../support/hosts.ts';
import { isApart, partitions, skipWithoutNamespaces, spawnApart } from '../support/namespaces.ts';
import { skipWithoutDisks } from '../support/small-disk.ts';
import { runCleaned } from '../support/run-cleaned.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { roundHosts } from './round-hosts.ts';
import { liveMail, localMail, ownMessages } from './round-mail.ts';
import { befall, longestPartMs, victims, type Victim } from './round-victims.ts';
import { me, roundWork, type Counts } from './round-work.ts';

interface RoundsOptions {
  readonly rounds: number;
  readonly seed: number;
  /** What befalls, in turn, as far as it can. Default: everything. */
  readonly only?: readonly Victim[];
  /** How many hosts are network namespaces; this process has to be in a network apart. Default: none. */
  readonly namespaces?: number;
  /** Whether the mail is that of a live account. Nothing is imported then. Default: no. */
  readonly isLive?: boolean;
  /** No round is begun after it. */
  readonly endMs?: number;
  /** The longest that a host is parted from others, or that a disk is full. */
  readonly longestPartMs?: number;
  /** Whether the end waits until all sends are settled, which may take minutes. */
  readonly settles: boolean;
  readonly say: (line: string) => void;
}

interface RoundsResult extends Readonly<Counts> {
  readonly rounds: number;
  readonly imported: number;
}

const archive = 'archive@example.org';
const importedPerRound = 100;
/** How long a caller waits after a send that was not acknowledged: each is repeated in the end. */
const refusedMs = 500;

/** Runs rounds of kills and asserts after each that all is whole. */
export async function killRounds(
  context: Pick<TestContext, 'after'>,
  { rounds, seed, only = victims, namespaces = 0, isLive = false, endMs = Infinity, ...options }: RoundsOptions,
): Promise<RoundsResult> {
  const random = numbersFrom(seed);
  const impossible: readonly Victim[] = [
    ...(namespaces === 0 ? partitions : (['network'] as const)),
    ...(isLive ? (['import'] as const) : []),
    ...(skipWithoutDisks === false ? [] : (['disk'] as const)),
  ];
  const chosen = only.filter((victim) => !impossible.includes(victim));
  assert.ok(chosen.length > 0, `none of ${only.join()} can befall here`);
  const mail = isLive ? await liveMail(context) : localMail(context);
  const hosts = await roundHosts(context, {
    namespaces,
    hasDisks: chosen.includes('disk'),
    variables: mail.variables,
  });
  const [environment = {}] = hosts.environments;
  const folder = temporaryFolder(context);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  await mail.fill(environment);
  // All rounds send more than a mailbox does in an hour.
  const policy = { sending: 'direct', limits: { perHour: 100_000, perDay: 100_000 } };
  await done(['policy', 'set', file('policy.json', JSON.stringify(policy))], environment);
  const token = (await done(['token'], environment)).trim();
  const servers: Server[] = await Promise.all(hosts.environments.map((_, place) => hosts.start(place)));
  const found = await roundWork(servers, { token, random, ids: [] }).find(me, 'quaternion');
  const ids = found.map(({ id }) => String(id));
  assert.equal(ids.length, ownMessages);
  const work = roundWork(servers, { token, random, ids });

  let round = 0;
  for (; round < rounds && Date.now() < endMs; round += 1) {
    const startedMs = performance.now();
    const victim = chosen[round % chosen.length] ?? 'server';
    let isOver = false;
    const messages = mbox(importedPerRound).replaceAll('@example.org>\nDate', `.${round}@example.org>\nDate`);
    const imported = ['--account', archive, file(`${round}.mbox`, messages)];
    const importing = isLive ? undefined : hosts.startImport(0, imported);
    const sending = async (lane: number): Promise<void> => {
      for (let count = 0; !isOver; count += 1) {
        const isSent = await work.send(`${round}-${lane}-${count}`);
        if (!isSent) await delay(refusedMs);
      }
    };
    const labelling = async (): Promise<void> => {
      while (!isOver && (await work.label()));
    };
    const working: readonly Promise<void>[] = [...servers.map((_, lane) => sending(lane)), labelling()];
    await delay(200 + random() * 1200);
    const turn = Math.floor(round / chosen.length);
    await befall(victim, { hosts, servers, importing, longestPartMs, turn, ...options, random });
    isOver = true;
    await Promise.all(working);
    if (importing?.exitCode === null && importing.signalCode === null) await once(importing, 'exit');

    await work.settleLabels();
    if (importing !== undefined) {
      const isDone = async () => (await runCommand(['import', ...imported], environment)).code === 0;
      await work.until('the import', isDone);
    }
    // A send that a killed process held waits for a later round.
    for (const key of work.open.keys()) await work.send(key);
    const refused = [...work.open.values()].filter((answer) => answer.startsWith('{"status":4'));
    assert.deepEqual(refused, [], `round ${round}: a send is refused after the ${victim}`);
    const starred = (await work.find(me, 'is:starred')).map(({ id }) => String(id));
    assert.deepEqual(new Set(starred), new Set(work.starred()), `round ${round}: labels after the ${victim}`);
    await work.settleFeed();
    await done(['check', '--quick'], environment);
    if (importing !== undefined) {
      const { messagesTotal } = await work.read(`/profile?account=${archive}`);
      assert.equal(messagesTotal, (round + 1) * importedPerRound, `round ${round}: imported messages`);
    }
    const { sends, labelChanges, repeated } = work.counts;
    options.say(
      `round ${round + 1} (${victim}), ${((performance.now() - startedMs) / 1000).toFixed(0)} s: ${sends} sends, ${work.open.size} open, ${labelChanges} changes of labels, ${repeated} repeated`,
    );
  }

  if (options.settles) await work.settleSends();
  await work.settleArrivals(() => mail.arrived(work));
  await done(['check'], environment);
  return { rounds: round, imported: isLive ? 0 : round * importedPerRound, ...work.counts };
}

async function main(): Promise<void> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: {
      rounds: text('200'),
      seed: text('1'),
      minutes: text('1000'),
      only: text(victims.join()),
      namespaces: text('0'),
      live: { type: 'boolean', default: false },
      'longest-part': text(String(longestPartMs)),
      unsettled: { type: 'boolean', default: false },
    },
  });
  const namespaces = Number(values.namespaces);
  if (namespaces > 0 && !isApart) {
    if (skipWithoutNamespaces !== false) throw new Error(skipWithoutNamespaces);
    const child = spawnApart([process.execPath, ...process.argv.slice(1)], 'inherit');
    // Ctrl-C reaches the child by itself; it cleans up, and this process only has to outlive it.
    process.on('SIGINT', () => undefined);
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    const [code] = await once(child, 'exit');
    process.exitCode = typeof code === 'number' ? code : 1;
    return;
  }
  const named = values.only.split(',');
  await runCleaned(async (context) => {
    const result = await killRounds(context, {
      rounds: Number(values.rounds),
      seed: Number(values.seed),
      settles: !values.unsettled,
      namespaces,
      isLive: values.live,
      longestPartMs: Number(values['longest-part']),
      only: victims.filter((victim) => named.includes(victim)),
      endMs: Date.now() + Number(values.minutes) * 60_000,
      say: (line) => console.log(line),
    });
    console.log(JSON.stringify(result));
  });
}

if (import.meta.main) await main();
