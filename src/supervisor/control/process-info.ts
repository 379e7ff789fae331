import type { ProcessConfiguration } from '../configuration/supervisor-configuration.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { processFigures } from '../process/process-figures.ts';
import { processStates } from '../process/process-state.ts';
import type { Group } from './members.ts';
import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';

type Struct = Readonly<Record<string, XmlRpcValue>>;

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
const two = (number: number): string => String(Math.floor(number)).padStart(2, '0');

/** `0:00:04`, `23:05:00`, `2 days, 1:00:00`: as Python writes a length of time. */
function formatUptime(uptimeSeconds: number): string {
  const days = Math.floor(uptimeSeconds / 86_400);
  const clock = `${Math.floor((uptimeSeconds % 86_400) / 3600)}:${two((uptimeSeconds % 3600) / 60)}:${two(uptimeSeconds % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Nov 22 09:05 AM`, in local time. */
function formatStopTime(time: number): string {
  const date = new Date(time);
  const hour = date.getHours() % 12 || 12;
  const half = date.getHours() < 12 ? 'AM' : 'PM';
  return `${months[date.getMonth()] ?? ''} ${two(date.getDate())} ${two(hour)}:${two(date.getMinutes())} ${half}`;
}

function describe(process: ManagedProcess, now: number): string {
  switch (process.state) {
    case 'RUNNING':
      return `pid ${process.pid}, uptime ${formatUptime(Math.max(0, seconds(now) - seconds(process.record.startedAt)))}`;
    case 'FATAL':
    case 'BACKOFF':
      return process.record.spawnError || `unknown error (try "tail ${process.configuration.name}")`;
    case 'STOPPED':
    case 'EXITED':
      return process.record.startedAt === 0 ? 'Not started' : formatStopTime(process.record.stoppedAt);
    case 'STARTING':
    case 'STOPPING':
    case 'UNKNOWN':
      return '';
    default:
      return process.state satisfies never;
  }
}

/** What `getProcessInfo` tells. */
export function processInfo(process: ManagedProcess, now: number): Struct {
  return {
    name: process.configuration.name,
    group: process.groupName,
    start: seconds(process.record.startedAt),
    stop: seconds(process.record.stoppedAt),
    now: seconds(now),
    state: processStates[process.state],
    statename: process.state,
    spawnerr: process.record.spawnError,
    exitstatus: process.record.exitStatus,
    logfile: process.logs.paths.stdout ?? '',
    stdout_logfile: process.logs.paths.stdout ?? '',
    stderr_logfile: process.logs.paths.stderr ?? '',
    pid: process.pid,
    description: describe(process, now),
  };
}

/** What `processInfo` tells and what supervisord has no field for; figures of a process that does not run are 0. */
export async function processStatus(process: ManagedProcess, now: number): Promise<Struct> {
  const figures = process.pid === 0 ? undefined : await processFigures(process.pid);
  const uptimeSeconds = process.pid === 0 ? 0 : Math.max(0, now - process.record.startedAt) / 1000;
  return {
    ...processInfo(process, now),
    ready: process.state === 'RUNNING',
    restarts: process.record.restarts,
    uptimeSeconds,
    cpuPercent: figures === undefined || uptimeSeconds === 0 ? 0 : (100 * figures.cpuSeconds) / uptimeSeconds,
    rssBytes: figures?.rssBytes ?? 0,
    deaths: process.record.deaths.map(({ time, reason }) => ({ time: new Date(time).toISOString(), reason })),
  };
}

/** What `getAllConfigInfo` tells of one process. */
export function configInfo(group: Group['configuration'], process: ProcessConfiguration, inUse: boolean): Struct {
  const log = (channel: 'stdout' | 'stderr'): Struct => {
    const { target, maximumBytes, backups, captureMaximumBytes, eventsEnabled, syslog } = process[channel];
    return {
      [`${channel}_capture_maxbytes`]: captureMaximumBytes,
      [`${channel}_events_enabled`]: eventsEnabled,
      [`${channel}_logfile`]: target.kind === 'file' ? target.path : target.kind,
      [`${channel}_logfile_backups`]: backups,
      [`${channel}_logfile_maxbytes`]: maximumBytes,
      [`${channel}_syslog`]: syslog,
    };
  };
  return {
    autostart: process.autostart,
    directory: process.directory ?? 'none',
    uid: process.user?.uid ?? 'none',
    command: process.command,
    exitcodes: process.exitCodes,
    group: group.name,
    group_prio: group.priority,
    inuse: inUse,
    killasgroup: process.killAsGroup,
    name: process.name,
    process_prio: process.priority,
    redirect_stderr: process.redirectStderr,
    startretries: process.startRetries,
    startsecs: process.startSeconds,
    stopsignal: process.stopSignal,
    stopwaitsecs: process.stopWaitSeconds,
    serverurl: process.serverUrl ?? 'none',
    ...log('stdout'),
    ...log('stderr'),
  };
}
