import { join } from 'node:path';
import type { AccountCredentials, Emulator } from '../../src/emulator/emulator.ts';
import { startEmulator, type EmulatorOptions } from '../../src/emulator/start-emulator.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A test, or the hooks of a file (`{ after }`). */
interface CleaningContext {
  readonly after: (clean: () => void | Promise<void>) => void;
}

/** An emulator of this process; `account` is its first. */
export interface TestEmulator extends Emulator {
  readonly account: AccountCredentials;
  /** A request to the API with the account's token (or another, or none): status, headers and JSON, if it is JSON. */
  readonly call: (
    method: string,
    path: string,
    options?: {
      readonly body?: unknown;
      readonly token?: string | null;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ) => Promise<{ readonly status: number; readonly headers: Headers; readonly text: string; readonly json: unknown }>;
}

/**
 * Starts an emulator on folders of its own, with one empty account `me@example.org` unless others are named, and stops it
 * when the test is over.
 */
export async function startTestEmulator(
  context: CleaningContext,
  {
    emailAddresses = ['me@example.org'],
    ...options
  }: Omit<EmulatorOptions, 'accounts'> & { readonly emailAddresses?: readonly string[] } = {},
): Promise<TestEmulator> {
  const folder = temporaryFolder({ after: (clean) => context.after(clean as () => void) });
  const emulator = await startEmulator({
    ...options,
    accounts: emailAddresses.map((emailAddress) => ({ emailAddress, folder: join(folder, emailAddress) })),
  });
  context.after(() => emulator.close());
  const [account] = emulator.accounts;
  if (account === undefined) throw new Error('an emulator needs an account');
  return {
    ...emulator,
    account,
    async call(method, path, { body, token = account.accessToken, headers = {} } = {}) {
      const isPlain = typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(new URL(path, emulator.rootUrl), {
        method,
        redirect: 'manual',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined || isPlain ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: isPlain ? (body as string) : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson && text !== '' ? JSON.parse(text) : undefined,
      };
    },
  };
}
