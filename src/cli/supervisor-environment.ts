import { variables } from '../core/configuration.ts';

/** The environment with every variable of ours that has a default, so that `supervisord.conf` can name them. */
export function supervisorEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const defaults = Object.entries(variables).flatMap(([name, { fallback }]) =>
    fallback === undefined ? [] : [[name, fallback] as const],
  );
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  const whole: Record<string, string | undefined> = Object.fromEntries([...defaults, ...given]);
  const host = whole.GMAIL_HOST ?? '';
  // `supervisord.conf` puts the host into URLs, where an IPv6 address stands in brackets.
  return host.includes(':') && !host.startsWith('[') ? { ...whole, GMAIL_HOST: `[${host}]` } : whole;
}
