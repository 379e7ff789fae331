import { RpcFault } from './faults.ts';
import type { XmlRpcValue } from '../../core/supervisor/xml-rpc.ts';

type Kind = 'string' | 'int' | 'boolean';

/** A method: what it takes (a `?` marks what may be left out), what it answers and what it does. */
export interface RpcMethod {
  readonly takes: readonly (Kind | `${Kind}?`)[];
  readonly answers: 'string' | 'int' | 'boolean' | 'array' | 'struct';
  readonly help: string;
  readonly run: (parameters: Parameters) => XmlRpcValue | Promise<XmlRpcValue>;
}

/** Parameters that have been checked against what a method takes. */
interface Parameters {
  text(index: number): string;
  number(index: number): number;
  /** `true` where it is left out, as all of supervisord's flags are. */
  flag(index: number): boolean;
}

function checkedParameters(method: RpcMethod, given: readonly XmlRpcValue[]): Parameters {
  const required = method.takes.filter((kind) => !kind.endsWith('?')).length;
  if (given.length < required || given.length > method.takes.length) throw new RpcFault('INCORRECT_PARAMETERS');
  const typeNames = { string: 'string', int: 'number', boolean: 'boolean' } as const;
  for (const [index, value] of given.entries()) {
    const kind = method.takes[index]?.replace('?', '');
    const isFlag = kind === 'boolean' && typeof value === 'number';
    const isFitting =
      kind === 'string' || kind === 'int' || kind === 'boolean' ? typeof value === typeNames[kind] : false;
    if (!isFitting && !isFlag) throw new RpcFault('INCORRECT_PARAMETERS');
  }
  return {
    text: (index) => {
      const value = given[index];
      return typeof value === 'string' ? value : '';
    },
    number: (index) => Number(given[index]),
    flag: (index) => given[index] === undefined || Boolean(given[index]),
  };
}

/** Calls a method by its full name, the `system.` ones included. Throws `RpcFault`. */
export async function callMethod(
  methods: ReadonlyMap<string, RpcMethod>,
  isEnding: () => boolean,
  name: string,
  given: readonly XmlRpcValue[],
): Promise<XmlRpcValue> {
  const named = (text: XmlRpcValue | undefined): RpcMethod => {
    const found = typeof text === 'string' ? methods.get(text) : undefined;
    if (found === undefined) throw new RpcFault('SIGNATURE_UNSUPPORTED');
    return found;
  };
  const systemMethods: Readonly<Record<string, () => XmlRpcValue | Promise<XmlRpcValue>>> = {
    'system.listMethods': () => [...Object.keys(systemMethods), ...methods.keys()].toSorted(),
    'system.methodHelp': () =>
      typeof given[0] === 'string' && Object.hasOwn(systemMethods, given[0]) ? 'Introspection.' : named(given[0]).help,
    'system.methodSignature': () => {
      const { answers, takes } = named(given[0]);
      return [answers, ...takes.map((kind) => kind.replace('?', ''))];
    },
    'system.multicall': async () => {
      const calls: XmlRpcValue = given[0] ?? [];
      if (!Array.isArray(calls)) throw new RpcFault('INCORRECT_PARAMETERS');
      const results: XmlRpcValue[] = [];
      for (const call of calls) results.push(await callOfMany(call));
      return results;
    },
  };
  const callOfMany = async (call: unknown): Promise<XmlRpcValue> => {
    try {
      const isCall = typeof call === 'object' && call !== null && 'methodName' in call;
      const methodName = isCall ? String(call.methodName) : '';
      if (!isCall || methodName === 'system.multicall')
        throw new RpcFault('INCORRECT_PARAMETERS', 'recursive system.multicall forbidden');
      const parameters = 'params' in call && Array.isArray(call.params) ? call.params : [];
      return await callMethod(methods, isEnding, methodName, parameters);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      return { faultCode: error.code, faultString: error.message };
    }
  };
  const system = Object.hasOwn(systemMethods, name) ? systemMethods[name] : undefined;
  if (system !== undefined) return system();
  const method = methods.get(name);
  if (method === undefined) throw new RpcFault('UNKNOWN_METHOD');
  if (isEnding()) throw new RpcFault('SHUTDOWN_STATE');
  return method.run(checkedParameters(method, given));
}
