import type { GroupConfiguration } from '../configuration/supervisor-configuration.ts';
import { faultCodes, RpcFault } from './faults.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import { namespec } from './namespec.ts';

/** A group at work. */
export interface Group {
  readonly configuration: GroupConfiguration;
  readonly processes: readonly ManagedProcess[];
}

/** A process with its group's priority, which orders before its own. */
export interface Member {
  readonly group: Group;
  readonly process: ManagedProcess;
}

/** What became of one process in a verb for many; `status` is a fault code, `SUCCESS` among them. */
export interface MemberResult {
  readonly name: string;
  readonly group: string;
  readonly status: number;
  readonly description: string;
}

/** What became of one process in a restart. */
export interface RestartResult extends MemberResult {
  /** Ascends with the priority; equal for equal ones. */
  readonly rank: number;
  /** Whether it was up, so that it was stopped, too. */
  readonly wasActive: boolean;
  /** Whether it failed and the process from before serves on. */
  readonly isKept: boolean;
}

function order(a: Member, b: Member): number {
  const byGroup = a.group.configuration.priority - b.group.configuration.priority;
  return byGroup === 0 ? a.process.configuration.priority - b.process.configuration.priority : byGroup;
}

/** Members of equal priority together, ascending. */
export function inBatches(members: readonly Member[]): readonly (readonly Member[])[] {
  const batches: Member[][] = [];
  for (const member of members.toSorted(order)) {
    const last = batches.at(-1);
    if (last?.[0] !== undefined && order(last[0], member) === 0) last.push(member);
    else batches.push([member]);
  }
  return batches;
}

/** Those without a readiness check let the next start at once; so does one that has failed. */
export function untilNextMayStart(process: ManagedProcess): Promise<void> {
  if (process.configuration.extra.readyUrl === undefined) return Promise.resolve();
  return process.until((state) => state !== 'STARTING' && state !== 'STOPPING');
}

/** What became of a member. */
export function result(
  { group, process }: Member,
  status: number = faultCodes.SUCCESS,
  description = 'OK',
): MemberResult {
  return { name: process.configuration.name, group: group.configuration.name, status, description };
}

/** What becomes of a member when `work` is done with it. */
export async function resultOf(member: Member, work: (name: string) => Promise<void>): Promise<MemberResult> {
  try {
    await work(namespec(member.group.configuration.name, member.process.configuration.name));
    return result(member);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    return result(member, error.code, error.message);
  }
}
