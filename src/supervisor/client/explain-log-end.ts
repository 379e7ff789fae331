import { asText, type ProcessAnswer } from './answers.ts';
import { FaultAnswer } from '../../core/supervisor/rpc-client.ts';
import type { VerbContext } from './verb.ts';

/** Tells a person `what` has become of a process, and the last lines of its log where it has one. */
export async function explainLogEnd(context: VerbContext, process: ProcessAnswer, what: string): Promise<void> {
  const channel = process.fields.stderr_logfile === '' ? 'Stdout' : 'Stderr';
  const name = `${process.group}:${process.name}`;
  try {
    const log = await context.client.call(`supervisor.readProcess${channel}Log`, name, -800, 0);
    const lines = asText(log).trimEnd().split('\n').slice(-5);
    context.explain(`${what}; ${process.logFile} ends with:`);
    for (const line of lines) context.explain(`  ${line}`);
  } catch (error) {
    // No log yet: its command could not be executed, as its line says.
    if (!(error instanceof FaultAnswer)) throw error;
  }
}
