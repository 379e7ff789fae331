import { parseArgs } from 'node:util';
import { grants as allGrants, type MailGrant } from '../../core/grants.ts';
import { listForm, readList } from '../../core/read-list.ts';
import { AppError, messageOf } from '../../core/errors.ts';
import { isAccountAddress } from '../../core/account-address.ts';

/** What `gmail-llm login` is asked for. */
export interface LoginOptions {
  /** In lower case. */
  readonly account: string | undefined;
  readonly grants: ReadonlySet<MailGrant> | undefined;
  /** Whether a login that covers less than was asked for is stored without asking. */
  readonly acceptsMissing: boolean;
  readonly way:
    | { readonly kind: 'serviceAccount'; readonly file: string; readonly account: string }
    | {
        readonly kind: 'browser';
        readonly clientFile: string | undefined;
        readonly port: number;
        readonly opensBrowser: boolean;
        readonly isPasted: boolean;
      };
}

const expected =
  'login [--account ADDRESS] [--client FILE] [--grants LIST] [--no-browser|--paste] [--port N] [--accept-missing], or ' +
  'login --service-account FILE --account ADDRESS [--grants LIST]';

/** The options by their names; docs/login.md has each. */
export const optionTypes = {
  account: { type: 'string' },
  client: { type: 'string' },
  'service-account': { type: 'string' },
  grants: { type: 'string' },
  port: { type: 'string' },
  paste: { type: 'boolean' },
  'no-browser': { type: 'boolean' },
  'accept-missing': { type: 'boolean' },
} as const;

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: optionTypes,
    }).values;
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected }, error);
  }
}

function parseGrants(text: string): ReadonlySet<MailGrant> {
  const { named, unknown } = readList(allGrants, text);
  const [got] = unknown;
  if (named.length > 0 && got === undefined) return new Set(named);
  throw new AppError('INVALID_INPUT', got === undefined ? 'A login needs grants.' : 'There is no such grant.', {
    field: '--grants',
    expected: listForm(allGrants),
    got: got ?? 'nothing',
  });
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  if (port >= 0 && port <= 65535) return port;
  throw new AppError('INVALID_INPUT', 'This is no port.', { field: '--port', expected: '0 to 65535', got: text });
}

function parseAccount(text: string): string {
  if (isAccountAddress(text)) return text.toLowerCase();
  throw new AppError('INVALID_INPUT', 'This is no e-mail address.', {
    field: '--account',
    expected: 'an address such as ann@gmail.com',
    got: text,
  });
}

/** The options in the words after `login`. Throws `INVALID_INPUT`. */
export function readLoginOptions(words: readonly string[]): LoginOptions {
  const values = parseWords(words);
  const account = values.account === undefined ? undefined : parseAccount(values.account);
  const common = {
    account,
    grants: values.grants === undefined ? undefined : parseGrants(values.grants),
    acceptsMissing: values['accept-missing'] === true,
  };
  const file = values['service-account'];
  if (file === undefined) {
    return {
      ...common,
      way: {
        kind: 'browser',
        clientFile: values.client,
        port: parsePort(values.port ?? '0'),
        opensBrowser: values['no-browser'] !== true && values.paste !== true,
        isPasted: values.paste === true,
      },
    };
  }
  const other = (['client', 'port', 'paste', 'no-browser'] as const).find((name) => values[name] !== undefined);
  if (other !== undefined) {
    throw new AppError('INVALID_INPUT', 'A service account logs in without a browser.', {
      field: `--${other}`,
      expected: 'login --service-account FILE --account ADDRESS',
      got: `--${other}`,
    });
  }
  if (account === undefined) {
    throw new AppError('INVALID_INPUT', 'Whose mail is the service account to work on?', {
      field: '--account',
      expected: 'the address of a user of its Workspace',
      got: 'nothing',
    });
  }
  return { ...common, way: { kind: 'serviceAccount', file, account } };
}
