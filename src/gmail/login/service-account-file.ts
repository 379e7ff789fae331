import { createPrivateKey } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { isJsonObject, textIn } from '../../core/json-object.ts';
import { readJsonFile } from './read-json-file.ts';

/** A service account's key, as Google's console gives it once. */
export interface ServiceAccountKey {
  readonly clientEmail: string;
  /** PEM. */
  readonly privateKey: string;
  /** The number by which an administrator allows it to act for people. */
  readonly clientId: string;
}

function refuse(field: string, path: string, what: string, got: string, hint: string): never {
  throw new AppError('INVALID_INPUT', `${path} ${what}.`, {
    field,
    expected: 'the JSON key of a service account',
    got,
    hint,
  });
}

const howToGetKey =
  'In the Google Cloud console, under "IAM & Admin", "Service Accounts": the account, "Keys", "Add key", "JSON".';

function isRsaKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa';
  } catch {
    return false;
  }
}

/** The key in a file that `field` names. Throws `INVALID_INPUT` for any other file, saying which it is. */
export function readServiceAccountFile(path: string, field = '--service-account'): ServiceAccountKey {
  const file = readJsonFile(path, field);
  if (isJsonObject(file.installed) || isJsonObject(file.web)) {
    refuse(
      field,
      path,
      'is an OAuth client, not the key of a service account',
      'an OAuth client',
      `Give it as: gmail-llm login --client ${path}`,
    );
  }
  if (file.type !== 'service_account') {
    refuse(
      field,
      path,
      'is not the key of a service account',
      `type ${JSON.stringify(file.type) ?? 'missing'}`,
      howToGetKey,
    );
  }
  const clientEmail = textIn(file, 'client_email');
  const privateKey = textIn(file, 'private_key');
  const clientId = textIn(file, 'client_id');
  if (clientEmail === undefined || privateKey === undefined || clientId === undefined) {
    return refuse(field, path, 'is not whole', 'no client_email, no client_id or no private_key', howToGetKey);
  }
  if (!isRsaKey(privateKey))
    refuse(field, path, 'holds no usable private key', 'another private_key than RSA in PEM', howToGetKey);
  return { clientEmail, privateKey, clientId };
}
