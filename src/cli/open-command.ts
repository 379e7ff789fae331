import { AppError } from '../core/errors.ts';
import { parseConfiguration } from '../core/configuration.ts';
import { hashOf, ownerTokenName } from '../safety/tokens/owner-token.ts';
import { linkLifeMs } from '../safety/sessions/sign-in-links.ts';
import { probeUrl } from '../supervisor/process/probe-url.ts';
import type { CommandContext } from './command.ts';
import { withServices } from './with-services.ts';
import { hasDisplay, openBrowser } from './login/open-browser.ts';

const answerWithinMs = 2000;

/** Where a browser of this machine finds the page. */
function addressOf({ host, dashboardPort }: ReturnType<typeof parseConfiguration>): string {
  // A wildcard is an address to listen on, not one to go to.
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${dashboardPort}`;
}

/**
 * `gmail-llm open [--no-browser]`: prints a link that opens the owner's page once, and opens it where there is a desktop.
 * Throws `UNAVAILABLE` where nobody serves the page.
 */
export async function runOpen(context: CommandContext): Promise<number> {
  const { arguments: words, environment, stdout, stderr, signal } = context;
  const unknown = words.filter((word) => word !== '--no-browser');
  if (unknown.length > 0) {
    throw new AppError('INVALID_INPUT', 'Unexpected argument for `open`.', {
      expected: '--no-browser, or nothing',
      got: unknown.join(' '),
    });
  }
  const configuration = parseConfiguration(environment);
  const address = addressOf(configuration);
  const { ok, reason } = await probeUrl(`${address}/health/live`, answerWithinMs, signal);
  if (!ok) {
    throw new AppError('UNAVAILABLE', `Nobody serves the page at ${address}: ${reason}.`, {
      hint: 'Start it with: gmail-llm up. What is wrong with it: gmail-llm doctor.',
    });
  }
  const code = await withServices(environment, async ({ services: { safety, now } }) => {
    const tokenSha256 = hashOf(await safety.tokens.owner());
    return safety.signInLinks.create({ tokenName: ownerTokenName, tokenSha256 }, now());
  });
  const url = `${address}/open/${code}`;
  stdout.write(`${url}\n`);
  stderr.write(`It opens your page once, within ${linkLifeMs / 60_000} minutes.\n`);
  if (!words.includes('--no-browser') && hasDisplay(environment)) openBrowser(url, environment);
  return 0;
}
