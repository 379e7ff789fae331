import { join } from 'node:path';
import { variables } from '../core/variables.ts';
import { packageFolder } from '../core/home.ts';
import { installationVariables } from '../core/process-configuration.ts';
import { derivedVariable, ownEnvironment, type Environment } from '../core/settings.ts';

/**
 * The environment with every variable of ours that the settings or a default give, so that `supervisord.conf` can name
 * them. Those are listed in `GMAIL_DERIVED`, and the programs read them again when they start.
 */
export function supervisorEnvironment(
  environment: Environment,
  shell: Environment,
): Record<string, string | undefined> {
  const defaults = Object.entries(variables).flatMap(([name, { fallback }]) =>
    fallback === undefined ? [] : [[name, fallback] as const],
  );
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const own = ownEnvironment(shell);
  const installation = [
    [installationVariables.node, process.execPath],
    [installationVariables.binFolder, join(packageFolder(), 'bin')],
  ] as const;
  const derived = [...defaults, ...given, ...installation]
    .map(([name]) => name)
    .filter((name) => name.startsWith('GMAIL_') && own[name] === undefined);
  const whole: Record<string, string | undefined> = Object.fromEntries([
    ...defaults,
    ...given,
    ...installation,
    [derivedVariable, [...new Set(derived)].join(',')],
  ]);
  const host = whole.GMAIL_HOST ?? '';
  // `supervisord.conf` puts the host into URLs, where an IPv6 address stands in brackets.
  return host.includes(':') && !host.startsWith('[') ? { ...whole, GMAIL_HOST: `[${host}]` } : whole;
}
