import { assemble, type Assembly } from '../server/assemble.ts';
import type { CommandContext } from './command.ts';

/** Assembles what touches mail for the length of a command; it logs errors only, on standard error. */
export async function withServices<T>(
  environment: CommandContext['environment'],
  work: (assembly: Assembly) => T | Promise<T>,
): Promise<T> {
  const assembly = await assemble({ program: 'gmail-llm', environment, logTo: 2, logLevel: 'error' });
  try {
    return await work(assembly);
  } finally {
    await assembly.close();
  }
}
