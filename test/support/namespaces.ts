import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { endOf } from './end-of.ts';

/** A host that is a network namespace, on a link to its services and on another to its clients. */
export interface NamespacedHost {
  /** What a program is started with so that it runs there. */
  readonly within: readonly string[];
  /** Where its clients reach what listens there. */
  readonly address: string;
  /** Breaks its network in one way, and returns what makes it whole. */
  readonly part: (how: Partition) => () => void;
}

/**
 * Ways in which a host is parted from others: its link to the services is down; both its links are, on its side, so that it
 * has no route to anybody; what the services answer is lost; what it asks them is lost; what it answers its clients is lost.
 */
export const partitions = ['link', 'unplugged', 'answers', 'requests', 'clients'] as const;
export type Partition = (typeof partitions)[number];

const isThere = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

/** Lets addresses of a loopback be on a link. */
const routeLocalnet = '/proc/sys/net/ipv4/conf/all/route_localnet';
/** What {@link makeHosts} does, in a namespace that is gone with the shell. */
const attempt = `echo 1 > ${routeLocalnet}; ip link add bridge0 type bridge; ip link add one type veth peer name other`;

/** Why hosts cannot be namespaces here, with the command that changes it; false where they can. */
export const skipWithoutNamespaces: string | false =
  process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'needs Linux and root'
    : !isThere('ip') || !isThere('unshare')
      ? 'needs network namespaces: run apt-get install iproute2 util-linux'
      : spawnSync('unshare', ['--net', '--mount', 'sh', '-ec', attempt]).status !== 0 &&
        'needs the right to make namespaces, a bridge and virtual links';

/** Tells a program that it was started by {@link spawnApart}. */
const mark = 'GMAIL_LLM_TEST_NETWORK';
/** Whether this process has a network of its own, from which nothing of the machine's is reached. */
export const isApart = process.env[mark] === 'apart';

/** What a program is started by so that it gets a signal when this process ends, however that is. */
const outlivesNot = (signal: 'TERM' | 'KILL') => ['setpriv', '--pdeathsig', signal] as const;

/** Runs a program to its end like {@link spawnApart}; it has to succeed. Returns what it printed. */
export async function runApart(
  t: { readonly after: (clean: () => Promise<void>) => void },
  words: readonly string[],
): Promise<string> {
  const child = spawnApart([process.execPath, ...words], ['ignore', 'pipe', 'pipe']);
  t.after(() => endOf(child, 'SIGTERM'));
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, `${stderr}${stdout}`);
  return stdout;
}

/**
 * Starts a program with a network and names of namespaces of its own: what it makes there is gone when its processes have ended,
 * however that was, and two of them know nothing of each other. It is told to end when this process has ended.
 */
export function spawnApart(words: readonly string[], stdio: StdioOptions): ChildProcess {
  const [first, ...others] = [...outlivesNot('TERM'), 'unshare', '--net', '--mount', ...words];
  return spawn(first, others, { stdio, env: { ...process.env, [mark]: 'apart' } });
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Nobody has it: a packet to it is on the way for good. */
const nobody = '02:00:00:00:00:01';
/** Where `ip netns` has its names: as a mount of this process's own they are gone with it. */
const names = '/run/netns';

/**
 * Makes so many hosts, each with a pair of virtual links to this process's network, which has to be {@link isApart}. Here are
 * their services and clients: what listens on 127.0.0.1 is reached by all of them, at this address.
 *
 * The addresses are those of a loopback, which here are not one (`route_localnet`): the emulator listens on no other, no
 * program would give a login to it elsewhere, and no test may reach anything else. What is sent to them goes through the
 * links as any packet does.
 */
export function makeHosts(count: number): readonly NamespacedHost[] {
  if (!isApart) throw new Error('hosts are made in a network apart');
  mkdirSync(names, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'none', names]);
  writeFileSync(routeLocalnet, '1');
  ip('link', 'set', 'lo', 'up');
  ip('address', 'flush', 'dev', 'lo');
  const bridges = { services: '127.0.0', clients: '127.0.1' } as const;
  for (const [bridge, network] of Object.entries(bridges)) {
    ip('link', 'add', 'name', bridge, 'type', 'bridge');
    ip('address', 'add', `${network}.1/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
  }
  return Array.from({ length: count }, (_, index) => {
    const name = `host${index}`;
    const number = index + 2;
    ip('netns', 'add', name);
    const within = [...outlivesNot('KILL'), 'ip', 'netns', 'exec', name];
    execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', `echo 1 > ${routeLocalnet}`]);
    for (const [bridge, network] of Object.entries(bridges)) {
      ip('link', 'add', `${bridge}${number}`, 'type', 'veth', 'peer', 'name', bridge, 'netns', name);
      ip('link', 'set', `${bridge}${number}`, 'master', bridge, 'up');
      ip('-n', name, 'address', 'add', `${network}.${number}/24`, 'dev', bridge);
      ip('-n', name, 'link', 'set', bridge, 'up');
    }

    const down = (...link: readonly string[]) => {
      ip(...link, 'down');
      return () => ip(...link, 'up');
    };
    /** What is sent to an address over a link is lost. */
    const lose = (address: string, link: string, ...where: readonly string[]) => {
      ip(...where, 'neighbour', 'replace', address, 'lladdr', nobody, 'dev', link, 'nud', 'permanent');
      return () => ip(...where, 'neighbour', 'del', address, 'dev', link);
    };
    const { services, clients } = bridges;
    const part = (how: Partition): (() => void) => {
      switch (how) {
        case 'link':
          return down('link', 'set', `services${number}`);
        case 'unplugged': {
          const ups = Object.keys(bridges).map((bridge) => down('-n', name, 'link', 'set', bridge));
          return () => ups.forEach((up) => up());
        }
        case 'answers':
          return lose(`${services}.${number}`, 'services');
        case 'requests':
          return lose(`${services}.1`, 'services', '-n', name);
        case 'clients':
          return lose(`${clients}.1`, 'clients', '-n', name);
      }
    };
    return { within, address: `${clients}.${number}`, part };
  });
}
