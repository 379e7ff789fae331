import { localTime } from '../../core/local-time.ts';
import type { Configuration } from '../../core/configuration.ts';
import type { MailGrant } from '../../core/grants.ts';
import type { Credential } from '../../gmail/credential.ts';
import { grantsOfScopes } from '../../gmail/login/scopes.ts';

/** What cannot be done with a login that a grant does not cover. */
export const withoutGrant: Readonly<Record<MailGrant, string>> = {
  read: 'no mail can be read',
  organize: 'labels, archive and trash cannot be changed',
  draft: 'no drafts can be written',
  send: 'nothing can be sent',
  settings: 'filters, vacation replies and other settings cannot be changed',
  delete: 'nothing can be deleted for good',
};

/** Where the consent screen's publishing status is changed. */
export const audiencePage = 'https://console.cloud.google.com/auth/audience';

/** The page to open, and what happens then. */
export function formatAddress(url: string, isPasting: boolean, untilMs: number): string {
  const until = localTime(untilMs).slice(-5);
  const waiting = isPasting
    ? [
        'At its end the browser may say that it cannot reach 127.0.0.1: so it is, when it runs on another machine.',
        `Copy the whole address from its address bar, paste it here and press Enter (until ${until}; Ctrl-C stops):`,
      ]
    : [
        `Waiting for the answer until ${until}; Ctrl-C stops.`,
        'If the browser is on another machine, stop and run this with --paste.',
      ];
  return ['Open this address in a browser and allow what it asks for:', '', url, '', ...waiting, ''].join('\n');
}

/** What the person left out on the consent page, and what that means. */
export function formatLeftOut({ scopes }: Credential, missing: readonly MailGrant[]): string {
  return [
    'Left out on the consent page:',
    ...missing.map((grant) => `  ${grant}: ${withoutGrant[grant]}`),
    `What the login covers: ${grantsOfScopes(scopes).join(', ')}.`,
    '',
  ].join('\n');
}

/**
 * What a person is told of a stored login: what it covers, how long it lasts, how to use and how to check it. `asked` is
 * what the login was meant for.
 */
export function formatStored(
  credential: Credential,
  asked: ReadonlySet<MailGrant>,
  configuration: Configuration,
): string {
  const { emailAddress, scopes } = credential;
  const covered = grantsOfScopes(scopes);
  const allowed = [...configuration.grants];
  const lines = [
    `Connected: ${emailAddress}`,
    `  It covers ${covered.join(', ')}; the servers allow ${allowed.join(', ')} (GMAIL_GRANTS).`,
  ];
  if (credential.kind === 'oauth' && credential.refreshTokenExpiresMs !== undefined) {
    lines.push(
      `  It ends on ${localTime(credential.refreshTokenExpiresMs)}, as the OAuth client is in testing mode.`,
      `  Put the consent screen "In production" (${audiencePage}), then log in once more: that login lasts.`,
    );
  }
  const usable = covered.filter((grant) => asked.has(grant));
  const settings = [
    ...(configuration.backend === 'gmail' ? [] : ['GMAIL_BACKEND=gmail']),
    ...(usable.every((grant) => configuration.grants.has(grant)) ? [] : [`GMAIL_GRANTS=${usable.join(',')}`]),
  ];
  lines.push(
    '',
    settings.length === 0
      ? 'Servers that run use it from their next call on; nothing has to be restarted.'
      : `To use it, start the servers with: ${settings.join(' ')}`,
  );
  if (configuration.accessToken !== undefined) {
    lines.push('GMAIL_ACCESS_TOKEN is set and is used in place of stored logins: unset it.');
  }
  lines.push('To check it: gmail-llm doctor', '');
  return lines.join('\n');
}
