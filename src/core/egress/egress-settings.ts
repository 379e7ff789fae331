import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { AppError, messageOf } from '../errors.ts';

/** Variables of the environment that name a proxy, as most programs read them; the names in lower case count too. */
const proxyNames = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'] as const;
type ProxyName = (typeof proxyNames)[number];

/** How everything that leaves this process goes out. */
interface EgressSettings {
  /** The variables that name a proxy; empty without one. */
  readonly proxyEnvironment: Readonly<Partial<Record<ProxyName, string>>>;
  /** Certificates of authorities, in PEM; undefined for those that Node.js trusts by itself. */
  readonly authorities?: readonly string[];
}

let configured: Readonly<Record<string, string | undefined>> = {};
let settings: EgressSettings | undefined;

/**
 * Takes the proxy of an environment (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`), and the certificates in the file that
 * `GMAIL_CA_FILE` names, which are trusted beside the usual ones, for everything that goes out from now on. Reads nothing
 * yet.
 */
export function configureEgress(environment: Readonly<Record<string, string | undefined>>): void {
  configured = environment;
  settings = undefined;
}

/** The settings of this process. Throws `UNAVAILABLE` for a file that cannot be read or holds no certificate. */
export function egressSettings(): EgressSettings {
  settings ??= readSettings(configured);
  return settings;
}

/** Whether anything that goes out goes through a proxy. */
export function hasProxy(): boolean {
  return Object.keys(egressSettings().proxyEnvironment).length > 0;
}

/** The variables of an environment that name a proxy. */
function proxyVariables(environment: Readonly<Record<string, string | undefined>>): EgressSettings['proxyEnvironment'] {
  const named: Partial<Record<ProxyName, string>> = {};
  for (const name of proxyNames) {
    const value = environment[name];
    if (value !== undefined && value !== '') named[name] = value;
  }
  return named;
}

function readSettings(environment: Readonly<Record<string, string | undefined>>): EgressSettings {
  const proxyEnvironment = proxyVariables(environment);
  const { GMAIL_CA_FILE: file } = environment;
  return { proxyEnvironment, ...(file === undefined || file === '' ? {} : { authorities: readAuthorities(file) }) };
}

function readAuthorities(file: string): readonly string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'UNAVAILABLE',
      `The certificates in ${file} cannot be read: ${messageOf(error)}.`,
      { field: 'GMAIL_CA_FILE', hint: 'Correct the path, give this user read access, or unset the variable.' },
      error,
    );
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new AppError('UNAVAILABLE', `The file ${file} holds no certificate.`, {
      field: 'GMAIL_CA_FILE',
      expected: 'certificates in PEM: -----BEGIN CERTIFICATE----- …',
    });
  }
  return [...getCACertificates('default'), text];
}
