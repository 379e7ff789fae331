import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { childEnvironment } from '../support/child-environment.ts';
import { cuttableWay } from '../support/cuttable-postgres.ts';
import { endOf } from '../support/end-of.ts';
import { hosts, startServer, type Environment, type Server } from '../support/hosts.ts';
import { bin } from '../support/installation.ts';
import { makeHosts, type Partition } from '../support/namespaces.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';

/** Hosts on one PostgreSQL, each told by its place among them. */
export interface RoundHosts {
  readonly postgres: TestPostgres;
  /** The database, as this process reaches it. */
  readonly address: string;
  /** What a command of each host is run with in this process, which is never parted from the database. */
  readonly environments: readonly Environment[];
  readonly start: (place: number) => Promise<Server>;
  readonly startImport: (place: number, words: readonly string[]) => ChildProcess;
  /** Parts a host from others, and returns what ends that. */
  readonly part: (place: number, how: Partition | 'network') => () => void;
}

/** Starts a PostgreSQL and makes hosts: each a network namespace, or two homes of which one reaches the database by a proxy. */
export async function roundHosts(
  context: Pick<TestContext, 'after'>,
  options: { readonly namespaces: number; readonly hasDisks: boolean; readonly variables: Environment },
): Promise<RoundHosts> {
  const namespaces = options.namespaces === 0 ? undefined : makeHosts(options.namespaces);
  const { hasDisks } = options;
  const isOnNetwork = namespaces !== undefined;
  const postgres = await startPostgres(context, { isDurable: true, isOnNetwork, hasDisks });
  const local = postgres.create('mail');
  postgres.create('admin');
  const address = namespaces === undefined ? local : 'postgres://postgres@127.0.0.1:5432/mail';
  const way = namespaces === undefined ? await cuttableWay(context, address) : undefined;
  const environments = (await hosts(context, address, namespaces?.length ?? 2)).map((host) => ({
    ...host,
    ...options.variables,
  }));

  /** What the programs of a host are started with, and by. */
  function programs(place: number) {
    const host = namespaces?.[place];
    const more: Environment = {
      ...(host === undefined ? {} : { GMAIL_HOST: host.address }),
      ...(way === undefined || place === 0 ? {} : { GMAIL_STORE: way.address }),
    };
    return { environment: { ...environments[place], ...more }, within: host?.within ?? [] };
  }

  return {
    postgres,
    address,
    environments,
    start(place) {
      const { environment, within } = programs(place);
      return startServer(context, 'gmail-api-server', environment, within);
    },
    startImport(place, words) {
      const { environment, within } = programs(place);
      const [first = '', ...others] = [...within, process.execPath, join(bin, 'gmail-llm.js'), 'import', ...words];
      const child = spawn(first, others, { env: { ...childEnvironment, ...environment }, stdio: 'ignore' });
      context.after(() => endOf(child, 'SIGKILL'));
      return child;
    },
    part(place, how) {
      if (how !== 'network') return namespaces?.[place]?.part(how) ?? (() => undefined);
      way?.cut();
      return () => way?.heal();
    },
  };
}
