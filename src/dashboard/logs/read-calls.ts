import { textIn } from '../../core/json-object.ts';
import { loggedPrograms, readLogs, type LogLine } from './read-log.ts';

/** A call of an operation, as its server has logged it: nothing of its input and its answer. */
export interface LoggedCall {
  readonly timeMs: number;
  readonly operation: string;
  /** `OK`, or the code of its error. */
  readonly code: string;
  readonly ms: number;
  readonly transport: string;
  readonly tokenName: string | undefined;
  readonly requestId: string | undefined;
}

function callOf({ timeMs, message, facts, requestId }: LogLine): readonly LoggedCall[] {
  const operation = textIn(facts, 'operation');
  const code = textIn(facts, 'code');
  if (message !== 'call' || operation === undefined || code === undefined || typeof facts.ms !== 'number') return [];
  const transport = textIn(facts, 'transport') ?? '';
  return [{ timeMs, operation, code, ms: facts.ms, transport, tokenName: textIn(facts, 'tokenName'), requestId }];
}

/** Calls of agents and programs that the ends of the logs still hold, the newest first; not those of the page itself. */
export async function readCalls(folder: string): Promise<readonly LoggedCall[]> {
  const programs = (await loggedPrograms(folder)).filter(
    (name) => name !== 'gmail-dashboard' && name !== 'supervisord',
  );
  return (await readLogs(folder, programs)).flatMap(callOf);
}
