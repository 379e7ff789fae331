import { systemCode } from '../errors.ts';

/** Codes of Node.js and OpenSSL for a certificate that is not accepted (nodejs.org/api/tls.html, X509 certificate error codes). */
const meanings: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet'],
  ['CERT_REVOKED', 'it was revoked'],
  ['CERT_UNTRUSTED', 'its authority is not trusted'],
  ['CERT_REJECTED', 'its authority is not trusted'],
  ['CERT_SIGNATURE_FAILURE', 'its signature is wrong'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is signed by nobody but itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its authority is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its authority is not known'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its authority is not known'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its authority is not known'],
  ['CERT_CHAIN_TOO_LONG', 'its chain is too long'],
  ['INVALID_CA', 'its authority may not be one'],
  ['INVALID_PURPOSE', 'it is not meant for servers'],
  ['HOSTNAME_MISMATCH', 'it is for another name'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another name'],
]);

/** What is wrong with a server's certificate, in words, or undefined for an error that is about something else. */
export function certificateFault(error: unknown): string | undefined {
  const meaning = meanings.get(systemCode(error) ?? '');
  return meaning === undefined ? undefined : `the certificate is not accepted: ${meaning} (${systemCode(error)})`;
}
