import { parseHeadersOnly } from '../../mail/mime/parse-mime.ts';
import type { ApiCall } from '../http/api-call.ts';
import { invalidArgument } from '../http/google-errors.ts';
import { rewriteDraft, rewriteSent, type Taking } from './rewrite-headers.ts';

type Taker = Pick<ApiCall, 'mailbox' | 'nowMs'>;

/** A message that is to be a draft, as Gmail takes it. Throws 400 for a recipient that is no address. */
export async function takeDraft(raw: Uint8Array, call: Taker): Promise<Uint8Array> {
  const header = faultyHeader(raw);
  // The words of drafts are in lower case, those of sends are not (as recorded).
  if (header !== undefined) throw invalidArgument(`Invalid ${header.toLowerCase()} header`);
  return rewriteDraft(raw, await takingOf(call));
}

/** A message that is to be sent, as Gmail takes it. Throws 400 for a recipient that is no address. */
export async function takeToSend(raw: Uint8Array, call: Taker): Promise<Uint8Array> {
  const header = faultyHeader(raw);
  if (header !== undefined) throw invalidArgument(`Invalid ${header} header`);
  return rewriteSent(raw, await takingOf(call));
}

async function takingOf({ mailbox, nowMs }: Taker): Promise<Taking> {
  const known = await mailbox.listSendAs();
  const ownAddresses = new Set(known.map(({ sendAsEmail }) => sendAsEmail.toLowerCase()));
  return { emailAddress: mailbox.emailAddress, ownAddresses, nowMs };
}

/** The header that names a recipient who cannot have mail: without a domain of at least two parts. */
function faultyHeader(raw: Uint8Array): string | undefined {
  const { to, cc, bcc } = parseHeadersOnly(raw);
  const lists = Object.entries({ To: to, Cc: cc, Bcc: bcc });
  return lists.find(([, list]) =>
    list.some(({ address }) => !/^[^\s@<>,;]+@[^\s@<>,;.]+(?:\.[^\s@<>,;.]+)+\.?$/.test(address)),
  )?.[0];
}
