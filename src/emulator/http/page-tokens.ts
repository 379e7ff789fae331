import { createHash } from 'node:crypto';
import type { LocalMailbox } from '../../local/open-local-mailbox.ts';
import { invalidArgument } from './google-errors.ts';

/** Tokens remembered for each mailbox; the oldest goes first. */
const maxTokens = 100_000;

const tokensOf = new WeakMap<LocalMailbox, Map<string, string>>();

/** The mailbox's own token in Gmail's form, 20 decimal digits. It is good for as long as the emulator runs. */
export function toGmailPageToken(mailbox: LocalMailbox, token: string): string {
  const tokens = tokensOf.get(mailbox) ?? new Map<string, string>();
  tokensOf.set(mailbox, tokens);
  const digest = createHash('sha256').update(token).digest();
  const digits = String(digest.readBigUInt64BE()).padStart(20, '0');
  tokens.delete(digits);
  tokens.set(digits, token);
  const [oldest] = tokens.keys();
  if (tokens.size > maxTokens && oldest !== undefined) tokens.delete(oldest);
  return digits;
}

/** The mailbox's own token again. Throws Gmail's 400 for one that was never given out. */
export function fromGmailPageToken(mailbox: LocalMailbox, digits: string): string {
  const token = tokensOf.get(mailbox)?.get(digits);
  if (token === undefined) throw invalidArgument('Invalid pageToken');
  return token;
}
