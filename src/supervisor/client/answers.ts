import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';
import { processStates, type ProcessState } from '../process/process-state.ts';

/** A struct as it came over the wire. */
export type Struct = Readonly<Record<string, XmlRpcValue>>;

function unexpected(what: string): never {
  throw new Error(`The supervisor answered something else than ${what}.`);
}

function isStruct(value: XmlRpcValue): value is Struct {
  return typeof value === 'object' && !Array.isArray(value);
}

export function asStruct(value: XmlRpcValue): Struct {
  return isStruct(value) ? value : unexpected('a struct');
}

export function asList(value: XmlRpcValue | undefined): readonly XmlRpcValue[] {
  return Array.isArray(value) ? value : unexpected('an array');
}

export function asText(value: XmlRpcValue): string {
  return typeof value === 'string' ? value : unexpected('a text');
}

export function textOf(struct: Struct, name: string): string {
  const value = struct[name];
  return typeof value === 'string' ? value : unexpected(`a text for ${name}`);
}

export function numberOf(struct: Struct, name: string): number {
  const value = struct[name];
  return typeof value === 'number' ? value : unexpected(`a number for ${name}`);
}

/** A process as the status verbs see it. */
export interface ProcessAnswer {
  readonly name: string;
  readonly group: string;
  readonly state: ProcessState;
  readonly description: string;
  readonly pid: number;
  readonly logFile: string;
  /** The whole answer. */
  readonly fields: Struct;
}

function isState(text: string): text is ProcessState {
  return Object.hasOwn(processStates, text);
}

export function asProcess(value: XmlRpcValue): ProcessAnswer {
  const fields = asStruct(value);
  const state = textOf(fields, 'statename');
  return {
    name: textOf(fields, 'name'),
    group: textOf(fields, 'group'),
    state: isState(state) ? state : 'UNKNOWN',
    description: textOf(fields, 'description'),
    pid: numberOf(fields, 'pid'),
    logFile: textOf(fields, 'stderr_logfile') || textOf(fields, 'stdout_logfile'),
    fields,
  };
}
