import { setTimeout as wait } from 'node:timers/promises';
import { faultCodes } from '../control/faults.ts';
import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';
import { namespec } from '../control/namespec.ts';
import { asList, asProcess, asStruct, asText, numberOf, textOf } from './answers.ts';
import { FaultAnswer, NoSupervisor } from '../../core/supervisor/rpc-client.ts';
import { statusLines } from './status-verbs.ts';
import { exitCodes, type Verb, type VerbContext } from './verb.ts';

/** How often a supervisor that is coming or going is looked at, and for how long. */
const lookEveryMs = 20;
const lookForMs = 120_000;

/** A verb without words; others are refused as supervisorctl does. */
function plainVerb(name: string, usage: string, run: (context: VerbContext) => Promise<number>): Verb {
  return {
    usage: [usage],
    run: async (context) => {
      if (context.words.length === 0) return run(context);
      context.print(`Error: ${name} accepts no arguments`);
      context.print(usage);
      return exitCodes.generic;
    },
  };
}

/** Prints what a fault means, for those that supervisorctl has words for; others are thrown on. */
function printFault({ print }: VerbContext, error: unknown, words: Readonly<Record<number, string>>): void {
  const line = error instanceof FaultAnswer ? words[error.code] : undefined;
  if (line === undefined) throw error;
  print(line);
}

const names = (list: XmlRpcValue | undefined): readonly string[] => asList(list).map(asText);

async function reload({
  client,
}: VerbContext): Promise<Readonly<Record<'added' | 'changed' | 'removed', readonly string[]>>> {
  const [changes] = asList(await client.call('supervisor.reloadConfig'));
  const [added, changed, removed] = asList(changes);
  return { added: names(added), changed: names(changed), removed: names(removed) };
}

export const rereadVerb = plainVerb(
  'reread',
  "reread \t\t\tReload the daemon's configuration files without add/remove",
  async (context) => {
    try {
      const { added, changed, removed } = await reload(context);
      const lines = [
        ...added.map((name) => `${name}: available`),
        ...changed.map((name) => `${name}: changed`),
        ...removed.map((name) => `${name}: disappeared`),
      ];
      if (lines.length === 0) context.print('No config updates to processes');
      for (const line of lines.toSorted()) context.print(line);
      return exitCodes.success;
    } catch (error) {
      printFault(context, error, {
        [faultCodes.SHUTDOWN_STATE]: 'ERROR: supervisor shutting down',
        [faultCodes.CANT_REREAD]: `ERROR: ${error instanceof Error ? error.message : ''}`,
      });
      return exitCodes.generic;
    }
  },
);

export const updateVerb: Verb = {
  usage: [
    'update\t\t\tReload config and add/remove as necessary, and will restart affected programs',
    'update all\t\tReload config and add/remove as necessary, and will restart affected programs',
    'update <gname> [...]\tUpdate specific groups',
  ],
  run: async (context) => {
    const { client, print, words } = context;
    let changes: Awaited<ReturnType<typeof reload>>;
    try {
      changes = await reload(context);
    } catch (error) {
      printFault(context, error, {
        [faultCodes.SHUTDOWN_STATE]: 'ERROR: already shutting down',
        [faultCodes.CANT_REREAD]: `ERROR: ${error instanceof Error ? error.message : ''}`,
      });
      return exitCodes.generic;
    }
    let exitCode: number = exitCodes.success;
    const wanted = words.includes('all') ? [] : words;
    const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
    if (wanted.length > 0) {
      const active = asList(await client.call('supervisor.getAllProcessInfo')).map((item) => asProcess(item).group);
      for (const name of wanted) {
        if (active.includes(name) || changes.added.includes(name)) continue;
        print(`ERROR: no such group: ${name}`);
        exitCode = exitCodes.generic;
      }
    }
    for (const name of changes.removed.filter(isWanted)) {
      await client.call('supervisor.stopProcessGroup', name);
      print(`${name}: stopped`);
      await client.call('supervisor.removeProcessGroup', name);
      print(`${name}: removed process group`);
    }
    for (const name of changes.changed.filter(isWanted)) {
      await client.call('supervisor.stopProcessGroup', name);
      print(`${name}: stopped`);
      await client.call('supervisor.removeProcessGroup', name);
      await client.call('supervisor.addProcessGroup', name);
      print(`${name}: updated process group`);
    }
    for (const name of changes.added.filter(isWanted)) {
      await client.call('supervisor.addProcessGroup', name);
      print(`${name}: added process group`);
    }
    return exitCode;
  },
};

export const addVerb: Verb = {
  usage: ['add <name> [...]\tActivates any updates in config for process/group'],
  run: async (context) => {
    let exitCode: number = exitCodes.success;
    for (const name of context.words) {
      try {
        await context.client.call('supervisor.addProcessGroup', name);
        context.print(`${name}: added process group`);
      } catch (error) {
        printFault(context, error, {
          [faultCodes.SHUTDOWN_STATE]: 'ERROR: shutting down',
          [faultCodes.ALREADY_ADDED]: 'ERROR: process group already active',
          [faultCodes.BAD_NAME]: `ERROR: no such process/group: ${name}`,
        });
        const isHarmless = error instanceof FaultAnswer && error.code === faultCodes.ALREADY_ADDED;
        if (!isHarmless) exitCode = exitCodes.generic;
      }
    }
    return exitCode;
  },
};

export const removeVerb: Verb = {
  usage: ['remove <name> [...]\tRemoves process/group from active config'],
  run: async (context) => {
    let exitCode: number = exitCodes.success;
    for (const name of context.words) {
      try {
        await context.client.call('supervisor.removeProcessGroup', name);
        context.print(`${name}: removed process group`);
      } catch (error) {
        printFault(context, error, {
          [faultCodes.STILL_RUNNING]: `ERROR: process/group still running: ${name}`,
          [faultCodes.BAD_NAME]: `ERROR: no such process/group: ${name}`,
        });
        exitCode = exitCodes.generic;
      }
    }
    return exitCode;
  },
};

export const availVerb = plainVerb(
  'avail',
  'avail\t\t\tDisplay all configured processes',
  async ({ client, print }) => {
    for (const item of asList(await client.call('supervisor.getAllConfigInfo'))) {
      const info = asStruct(item);
      const name = namespec(textOf(info, 'group'), textOf(info, 'name')).padEnd(32);
      const use = (info.inuse === true ? 'in use' : 'avail').padEnd(9);
      const start = (info.autostart === true ? 'auto' : 'manual').padEnd(9);
      print(`${name} ${use} ${start} ${numberOf(info, 'group_prio')}:${numberOf(info, 'process_prio')}`);
    }
    return exitCodes.success;
  },
);

export const reloadVerb = plainVerb('reload', 'reload \t\tRestart the remote supervisord.', async (context) => {
  try {
    await context.client.call('supervisor.restart');
    context.print('Restarted supervisord');
    return exitCodes.success;
  } catch (error) {
    printFault(context, error, {
      [faultCodes.SHUTDOWN_STATE]: 'ERROR: already shutting down',
      [faultCodes.CANT_REREAD]: `ERROR: ${error instanceof Error ? error.message : ''}`,
    });
    return exitCodes.generic;
  }
});

export const shutdownVerb = plainVerb('shutdown', 'shutdown \tShut the remote supervisord down.', async (context) => {
  const { client, print } = context;
  try {
    await client.call('supervisor.shutdown');
  } catch (error) {
    if (error instanceof NoSupervisor && error.kind !== 'failed') {
      print(`ERROR: ${error.message} (already shut down?)`);
      return exitCodes.generic;
    }
    printFault(context, error, { [faultCodes.SHUTDOWN_STATE]: 'ERROR: already shutting down' });
    return exitCodes.success;
  }
  await untilGone(context);
  print('Shut down');
  return exitCodes.success;
});

/** Resolves when nobody answers any more: everything has stopped. */
async function untilGone({ client }: VerbContext): Promise<void> {
  const deadline = performance.now() + lookForMs;
  while (performance.now() < deadline) {
    try {
      await client.call('system.listMethods');
    } catch (error) {
      if (error instanceof NoSupervisor) return;
      throw error;
    }
    await wait(lookEveryMs);
  }
}

export const versionVerb = plainVerb(
  'version',
  'version\t\t\tShow the version of the remote supervisord process',
  async ({ client, print }) => {
    print(asText(await client.call('supervisor.getSupervisorVersion')));
    return exitCodes.success;
  },
);

export const waitVerb = plainVerb(
  'wait',
  'wait\t\t\tWait for the supervisor and what it starts by itself; ends with 7 if something is not up',
  async ({ client, print }) => {
    const deadline = performance.now() + lookForMs;
    for (;;) {
      try {
        await client.call('gmail_llm.waitUntilStarted');
        break;
      } catch (error) {
        const isComing = error instanceof NoSupervisor && error.kind !== 'failed';
        if (!isComing || performance.now() > deadline) throw error;
      }
      await wait(lookEveryMs);
    }
    const processes = asList(await client.call('supervisor.getAllProcessInfo')).map(asProcess);
    const failed = processes.filter(({ state }) => state === 'BACKOFF' || state === 'FATAL');
    for (const line of statusLines(failed)) print(line);
    return failed.length === 0 ? exitCodes.success : exitCodes.notRunning;
  },
);
