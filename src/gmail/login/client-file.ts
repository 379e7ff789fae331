import { AppError } from '../../core/errors.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';
import { readJsonFile } from './read-json-file.ts';

/** The OAuth client of a desktop application, with which people log in. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How a person comes by a client that works here. */
export const howToGetClient =
  'In the Google Cloud console, under "APIs & Services", "Credentials": "Create credentials", "OAuth client ID", ' +
  'application type "Desktop app"; then "Download JSON". docs/login.md shows each step.';

/**
 * The client in the `client_secret_….json` that Google's console gives for a desktop application. Throws `INVALID_INPUT`
 * for any other file, saying which it is and what to create instead.
 */
export function readClientFile(path: string): OAuthClient {
  const file = readJsonFile(path, '--client');
  if (isJsonObject(file.web)) {
    throw new AppError(
      'INVALID_INPUT',
      `${path} is an OAuth client of type "Web application", which cannot log in here.`,
      {
        field: '--client',
        expected: 'a client of type "Desktop app"',
        got: 'web',
        hint: howToGetClient,
      },
    );
  }
  if (file.type === 'service_account') {
    throw new AppError('INVALID_INPUT', `${path} is the key of a service account, not an OAuth client.`, {
      field: '--client',
      expected: 'a client of type "Desktop app"',
      got: 'service_account',
      hint: `Give it as: gmail-llm login --service-account ${path} --account ADDRESS`,
    });
  }
  const { installed } = file;
  const clientId = isJsonObject(installed) ? textIn(installed, 'client_id') : undefined;
  const clientSecret = isJsonObject(installed) ? textIn(installed, 'client_secret') : undefined;
  if (clientId !== undefined && clientSecret !== undefined) return { clientId, clientSecret };
  throw new AppError('INVALID_INPUT', `${path} is not an OAuth client of a desktop application.`, {
    field: '--client',
    expected: '{"installed": {"client_id": …, "client_secret": …}}',
    got: isJsonObject(installed) ? 'no client_id or no client_secret' : 'no "installed"',
    hint: howToGetClient,
  });
}
