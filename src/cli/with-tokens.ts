import type { Awaitable } from '../core/awaitable.ts';
import { fileTokens, type Tokens } from '../safety/tokens/tokens.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';

/**
 * The tokens of a home for the length of a command. Those in files are for whoever can read them, and work with no setting
 * at all; those of a store are asked from there. `now` is the clock by which they expire.
 */
export async function withTokens<T>(
  { environment, home }: Pick<CommandContext, 'environment' | 'home'>,
  work: (tokens: Tokens, now: () => number) => Awaitable<T>,
): Promise<T> {
  if ((environment.GMAIL_STORE ?? '') === '') return work(fileTokens(home.dataFolder), Date.now);
  return withServices(environment, ({ services }) => work(services.safety.tokens, services.now));
}
