import { expected } from './variable-forms.ts';

/** What the address of a PostgreSQL database says. What is undefined is left to the driver, which reads `PGHOST` and its like. */
export interface StoreAddress {
  /** A name, an address without brackets, or the folder of a socket. */
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  /** Undefined where the address does not say: then nothing is encrypted. */
  readonly encryption: 'off' | 'unchecked' | 'checked' | undefined;
  /** Files in PEM: who may have signed the server's certificate, and the client's own. */
  readonly authorityFile: string | undefined;
  readonly certificateFile: string | undefined;
  readonly keyFile: string | undefined;
  readonly applicationName: string | undefined;
  /** Settings of the session, as `-c name=value`. */
  readonly options: string | undefined;
}

/** Parameters of libpq, so that `pg_dump` understands the same address (postgresql.org/docs/current/libpq-connect.html). */
const parameters = [
  'host',
  'port',
  'user',
  'password',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'application_name',
  'options',
];

/**
 * libpq takes `require` and `verify-ca` without comparing names, and goes on in plain text with `prefer` and `allow`. Here
 * whoever asks for encryption gets it, and from the server that is meant.
 */
const encryptions: ReadonlyMap<string, StoreAddress['encryption']> = new Map([
  ['disable', 'off'],
  ['no-verify', 'unchecked'],
  ['require', 'checked'],
  ['verify-ca', 'checked'],
  ['verify-full', 'checked'],
]);

const form = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';

/** Throws what was expected, as the end of a sentence, without a word of the address: it may hold a password. */
export function parseStoreAddress(text: string): StoreAddress {
  const url = parseUrl(text);
  const path = url.pathname.slice(1);
  // The password with a / in it would be a part of what is shown.
  if (/[/@]/.test(path)) return expected(`${form}, with / and @ in a password written as %2F and %40`);
  const database = decoded(path);
  if (database === undefined) return expected(form);
  const names = [...url.searchParams.keys()];
  if (names.some((name) => !parameters.includes(name)) || new Set(names).size < names.length) {
    return expected(`${form}, and behind a ? no parameters but ${parameters.join(', ')}, each once`);
  }
  const value = (name: string) => url.searchParams.get(name) || undefined;
  const mode = url.searchParams.get('sslmode') ?? undefined;
  if (mode !== undefined && !encryptions.has(mode)) {
    return expected(`${form} with an sslmode of ${[...encryptions.keys()].join(', ')}`);
  }
  const host = value('host') ?? decoded(url.hostname)?.replace(/^\[(.+)\]$/, '$1');
  if (host?.includes(',') === true) return expected(`${form} with one host`);
  const port = value('port') ?? url.port;
  if (!/^(?:\d{1,5})?$/.test(port)) return expected(`${form} with a port from 1 to 65535`);
  const authorityFile = value('sslrootcert');
  return {
    database,
    host,
    port: port === '' ? undefined : Number(port),
    user: value('user') ?? decoded(url.username),
    password: value('password') ?? decoded(url.password),
    encryption: mode === undefined ? undefined : encryptions.get(mode),
    // libpq's word for the authorities that the system trusts.
    authorityFile: authorityFile === 'system' ? undefined : authorityFile,
    certificateFile: value('sslcert'),
    keyFile: value('sslkey'),
    applicationName: value('application_name'),
    options: value('options'),
  };
}

/** What may be shown of an address. */
export function nameOfStore({ host = '', port, database }: StoreAddress): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${shown}${port === undefined ? '' : `:${port}`}/${database}`;
}

/** The address as it is, where it is one. Throws as {@link parseStoreAddress} does. */
export function storeAddress(text: string): string {
  parseStoreAddress(text);
  return text;
}

function parseUrl(text: string): URL {
  // A user without a host, as libpq has it where a parameter names the folder of a socket, is no URL.
  const url = URL.parse(text.replace(/^(\w+:\/\/[^/?#@]*@)\//, '$1localhost/'));
  return url?.protocol === 'postgres:' || url?.protocol === 'postgresql:' ? url : expected(form);
}

/** The text behind its percent signs; undefined for none. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text) || undefined;
  } catch {
    return expected(`${form}, with two hexadecimal digits behind each %`);
  }
}
