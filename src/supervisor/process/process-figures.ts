import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** What a process uses. */
export interface ProcessFigures {
  readonly rssBytes: number;
  /** User and system time since its start. */
  readonly cpuSeconds: number;
}

/** Linux reports times to programs in hundredths of a second, whatever the kernel's own tick (`USER_HZ`). */
const ticksPerSecond = 100;

function fromProc(pid: number): ProcessFigures {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rssKilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  // Fields 14 and 15 of proc_pid_stat(5); the first one here is field 3.
  return {
    rssBytes: Number(rssKilobytes ?? 0) * 1024,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  };
}

/** `ps` writes times as `[[days-]hours:]minutes:seconds`. */
function secondsOf(time: string): number {
  return time.split(/[-:]/).reduce((sum, part, index, parts) => {
    const isDays = time.includes('-') && index === 0;
    return (sum + Number(part)) * (index === parts.length - 1 ? 1 : isDays ? 24 : 60);
  }, 0);
}

/** The figures of a process of this machine, or undefined once it is gone. */
export async function processFigures(pid: number): Promise<ProcessFigures | undefined> {
  try {
    if (process.platform === 'linux') return fromProc(pid);
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=,time=', '-p', String(pid)]);
    const [rss, time] = stdout.trim().split(/\s+/);
    return { rssBytes: Number(rss) * 1024, cpuSeconds: secondsOf(time ?? '0') };
  } catch {
    return undefined;
  }
}
