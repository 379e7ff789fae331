import { messageOf } from '../../core/errors.ts';
import { emptyLog } from '../logs/log-file.ts';
import { sampleStructs } from './sample-structs.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { signalNumber } from '../process/signals.ts';
import type { Member, MemberResult } from './members.ts';
import type { Supervisor } from '../supervisor.ts';
import { RpcFault } from './faults.ts';
import { readLog, tailLog } from './log-methods.ts';
import { configInfo, processInfo, processStatus } from './process-info.ts';
import type { RpcMethod } from './rpc-method.ts';
import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';

/** The version of supervisord's interface, which `supervisorctl` asks for first. */
const apiVersion = '3.0';
/** The supervisord whose behaviour this is. */
const supervisordVersion = '4.2.5';

const structs = (results: readonly MemberResult[]): XmlRpcValue => results.map((result) => ({ ...result }));

function readSignal(text: string): number {
  const number = signalNumber(text);
  if (number === undefined) throw new RpcFault('BAD_SIGNAL', text);
  return number;
}

function clearLogs(process: ManagedProcess, name: string): void {
  try {
    process.logs.clear();
  } catch (error) {
    throw new RpcFault('FAILED', `${name}: ${messageOf(error)}`);
  }
}

function method(
  takes: RpcMethod['takes'],
  answers: RpcMethod['answers'],
  help: string,
  run: RpcMethod['run'],
): RpcMethod {
  return { takes, answers, help, run };
}

/** The answer has to be on its way before the socket closes. */
function endAfterAnswer(supervisor: Supervisor, state: 'SHUTDOWN' | 'RESTARTING'): void {
  setImmediate(() => supervisor.end(state));
}

/** supervisord's methods on `supervisor`, under their full names, and those of `gmail_llm.`, which are ours. */
export function rpcMethods(supervisor: Supervisor): ReadonlyMap<string, RpcMethod> {
  const { configuration, logger } = supervisor;
  const start = async (name: string, wait: boolean): Promise<XmlRpcValue> => {
    const found = supervisor.find(name);
    if (!('process' in found))
      return structs(await supervisor.startMembers(supervisor.membersOf(found.configuration.name), wait));
    await supervisor.startProcess(found.process, name, wait);
    return true;
  };
  const stop = async (name: string, wait: boolean): Promise<XmlRpcValue> => {
    const found = supervisor.find(name);
    if (!('process' in found))
      return structs(await supervisor.stopMembers(supervisor.membersOf(found.configuration.name), wait));
    await supervisor.stopProcess(found.process, name, wait);
    return true;
  };
  const signalMany = async (members: readonly Member[], text: string): Promise<XmlRpcValue> => {
    const running = members.filter(({ process }) => process.pid !== 0);
    return structs(
      await supervisor.eachMember(running, (process, name) =>
        supervisor.signalProcess(process, name, readSignal(text)),
      ),
    );
  };
  const signal = async (name: string, text: string): Promise<XmlRpcValue> => {
    const found = supervisor.find(name);
    if (!('process' in found)) return signalMany(supervisor.membersOf(found.configuration.name), text);
    supervisor.signalProcess(found.process, name, readSignal(text));
    return true;
  };
  const lexical = (): readonly ManagedProcess[] =>
    supervisor
      .members()
      .map(({ process }) => process)
      .toSorted((a, b) => compare(a.groupName, b.groupName) || compare(a.configuration.name, b.configuration.name));
  const readOf = (channel: 'stdout' | 'stderr') =>
    method(['string', 'int', 'int'], 'string', `Part of the ${channel} log of a process: name, offset, length.`, (p) =>
      readLog(supervisor.findProcess(p.text(0)).logs.paths[channel], p.number(1), p.number(2)),
    );
  const tailOf = (channel: 'stdout' | 'stderr') =>
    method(['string', 'int', 'int'], 'array', `What the ${channel} log of a process has grown by.`, (p) =>
      tailLog(supervisor.findProcess(p.text(0)).logs.paths[channel], p.number(1), p.number(2)),
    );
  const apiVersionMethod = method([], 'string', 'The version of this interface.', () => apiVersion);
  const readMainLog = method(['int', 'int'], 'string', 'Part of the main log: offset, length.', (p) =>
    readLog(configuration.logFile, p.number(0), p.number(1)),
  );
  const clearOne = method(['string'], 'boolean', 'Empties the logs of a process.', (p) => {
    clearLogs(supervisor.findProcess(p.text(0)), p.text(0));
    return true;
  });

  const own: Readonly<Record<string, RpcMethod>> = {
    getAPIVersion: apiVersionMethod,
    getVersion: apiVersionMethod,
    getSupervisorVersion: method(
      [],
      'string',
      'The version of supervisord that this behaves as.',
      () => supervisordVersion,
    ),
    getIdentification: method([], 'string', 'The identifier of this supervisor.', () => configuration.identifier),
    getState: method([], 'struct', 'The state of this supervisor.', () => ({ statecode: 1, statename: 'RUNNING' })),
    getPID: method([], 'int', 'The pid of this supervisor.', () => process.pid),
    readLog: readMainLog,
    readMainLog,
    clearLog: method([], 'boolean', 'Empties the main log.', () => {
      emptyLog(configuration.logFile);
      return true;
    }),
    shutdown: method([], 'boolean', 'Stops everything and ends.', () => {
      endAfterAnswer(supervisor, 'SHUTDOWN');
      return true;
    }),
    restart: method([], 'boolean', 'Stops everything, reads the configuration and starts again.', () => {
      // A file that cannot be read must not cost the programs that run by the old one.
      supervisor.reread();
      endAfterAnswer(supervisor, 'RESTARTING');
      return true;
    }),
    reloadConfig: method([], 'array', 'Reads the configuration: [[added, changed, removed]], names of groups.', () => {
      const { added, changed, removed } = supervisor.reread();
      for (const warning of supervisor.available.warnings) logger.warn(warning);
      return [[added, changed, removed]];
    }),
    addProcessGroup: method(['string'], 'boolean', 'Puts a group of the configuration to work.', (p) => {
      supervisor.addGroup(p.text(0));
      return true;
    }),
    removeProcessGroup: method(['string'], 'boolean', 'Takes a stopped group off work.', (p) => {
      supervisor.removeGroup(p.text(0));
      return true;
    }),
    startProcess: method(['string', 'boolean?'], 'boolean', 'Starts a process, or `group:*`.', (p) =>
      start(p.text(0), p.flag(1)),
    ),
    startProcessGroup: method(['string', 'boolean?'], 'array', 'Starts all processes of a group.', async (p) =>
      structs(await supervisor.startMembers(supervisor.membersOf(p.text(0)), p.flag(1))),
    ),
    startAllProcesses: method(['boolean?'], 'array', 'Starts all processes.', async (p) =>
      structs(await supervisor.startMembers(supervisor.members(), p.flag(0))),
    ),
    stopProcess: method(['string', 'boolean?'], 'boolean', 'Stops a process, or `group:*`.', (p) =>
      stop(p.text(0), p.flag(1)),
    ),
    stopProcessGroup: method(['string', 'boolean?'], 'array', 'Stops all processes of a group.', async (p) =>
      structs(await supervisor.stopMembers(supervisor.membersOf(p.text(0)), p.flag(1))),
    ),
    stopAllProcesses: method(['boolean?'], 'array', 'Stops all processes.', async (p) =>
      structs(await supervisor.stopMembers(supervisor.members(), p.flag(0))),
    ),
    signalProcess: method(['string', 'string'], 'boolean', 'Sends a signal to a process.', (p) =>
      signal(p.text(0), p.text(1)),
    ),
    signalProcessGroup: method(['string', 'string'], 'array', 'Sends a signal to all processes of a group.', (p) =>
      signalMany(supervisor.membersOf(p.text(0)), p.text(1)),
    ),
    signalAllProcesses: method(['string'], 'array', 'Sends a signal to all processes.', (p) =>
      signalMany(supervisor.members(), p.text(0)),
    ),
    getAllConfigInfo: method([], 'array', 'The configuration of every process.', () =>
      supervisor.available.groups
        .flatMap((group) => group.processes.map((process) => ({ group, process })))
        .toSorted((a, b) => compare(a.process.name, b.process.name))
        .map(({ group, process }) => configInfo(group, process, supervisor.groups.has(group.name))),
    ),
    getProcessInfo: method(['string'], 'struct', 'The state of a process.', (p) =>
      processInfo(supervisor.findProcess(p.text(0)), Date.now()),
    ),
    getAllProcessInfo: method([], 'array', 'The state of every process.', () =>
      lexical().map((process) => processInfo(process, Date.now())),
    ),
    readProcessStdoutLog: readOf('stdout'),
    readProcessLog: readOf('stdout'),
    readProcessStderrLog: readOf('stderr'),
    tailProcessStdoutLog: tailOf('stdout'),
    tailProcessLog: tailOf('stdout'),
    tailProcessStderrLog: tailOf('stderr'),
    clearProcessLogs: clearOne,
    clearProcessLog: clearOne,
    clearAllProcessLogs: method([], 'array', 'Empties the logs of every process.', async () =>
      structs(await supervisor.eachMember(supervisor.members(), clearLogs)),
    ),
    sendProcessStdin: method(['string', 'string'], 'boolean', 'Writes to the standard input of a process.', (p) => {
      const process = supervisor.findProcess(p.text(0));
      if (process.pid === 0 || process.state === 'STOPPING') throw new RpcFault('NOT_RUNNING', p.text(0));
      if (!process.writeInput(p.text(1))) throw new RpcFault('NO_FILE', p.text(0));
      return true;
    }),
    sendRemoteCommEvent: method(
      ['string', 'string'],
      'boolean',
      'For event listeners, which are not run here.',
      () => true,
    ),
  };
  const methods = new Map(Object.entries(own).map(([name, item]) => [`supervisor.${name}`, item]));
  const restart = async (members: readonly Member[]): Promise<XmlRpcValue> =>
    (await supervisor.restartMembers(members)).map((item) => ({ ...item }));
  methods.set(
    'gmail_llm.restartProcess',
    method(['string'], 'array', 'Restarts a process, or `group:*`, refusing nobody where its socket is held.', (p) => {
      const found = supervisor.find(p.text(0));
      return restart('process' in found ? [found] : supervisor.membersOf(found.configuration.name));
    }),
  );
  methods.set(
    'gmail_llm.restartAllProcesses',
    method([], 'array', 'Restarts all processes, each when the one before is up.', () => restart(supervisor.members())),
  );
  methods.set(
    'gmail_llm.waitUntilStarted',
    method([], 'boolean', 'Answers when what starts by itself is up or has failed for the first time.', async () => {
      await supervisor.started;
      return true;
    }),
  );
  methods.set(
    'gmail_llm.getAllProcessStatus',
    method([], 'array', 'The state of every process with readiness, figures and deaths.', () =>
      Promise.all(lexical().map((process) => processStatus(process, Date.now()))),
    ),
  );
  methods.set(
    'gmail_llm.getSamples',
    method(
      [],
      'array',
      'What every process used over the last hour: a value every ten seconds, none while it did not run.',
      () => sampleStructs(supervisor.samples),
    ),
  );
  return methods;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
