/** What a check of a sender came to (RFC 8601 section 2.7). */
type CheckResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'policy' | 'temperror' | 'permerror';

/** What the server that received a message found out about its sender. */
export interface Verdict {
  readonly spf?: CheckResult;
  readonly dkim?: CheckResult;
  readonly dmarc?: CheckResult;
}

type Headers = readonly { readonly name: string; readonly value: string }[];

const results = new Set<string>(['pass', 'fail', 'softfail', 'neutral', 'none', 'policy', 'temperror', 'permerror']);

/** Results of more methods than this are of no server. */
const maxCharacters = 10_000;

/** The name under which Gmail writes its results. */
const gmailServer = 'mx.google.com';

/** Host names of Gmail's own servers, as its `Received` fields have them. */
const gmailHost = /^(?:mx\.google\.com|(?:[\w-]+\.)+google\.com|[\da-f]*:[\da-f:]+)$/i;

/**
 * What the receiving server says of the sender; undefined where it says nothing. Only its own results count: anybody can
 * write an `Authentication-Results` field into a message. A server puts its fields on top of what it receives, so its own
 * results are the first, and above every `Received` field of another server.
 *
 * `isGmail` is for messages that Gmail gives itself. Others count where the first results are named after the server of
 * the topmost `Received` field.
 */
export function readVerdict(headers: Headers, isGmail: boolean): Verdict | undefined {
  const at = headers.findIndex(({ name }) => name === 'authentication-results');
  const field = headers[at];
  if (field === undefined) return undefined;
  const text = field.value.slice(0, maxCharacters);
  const server = /^[\w.-]+/.exec(text.trim())?.[0].toLowerCase() ?? '';
  const receivers = headers.flatMap(({ name, value }, index) =>
    name === 'received' ? [{ index, host: receivingHost(value) }] : [],
  );
  return isOfReceiver(server, at, receivers, isGmail) ? resultsOf(text) : undefined;
}

/**
 * Whether a verdict leaves open whom a message is from: DMARC decides where the sender's domain has it, else one of the
 * others has to hold. Where nothing is said, nothing is wrong.
 */
export function isUnverified({ spf, dkim, dmarc }: Verdict = {}): boolean {
  if (dmarc !== undefined && dmarc !== 'none') return dmarc !== 'pass';
  return (spf !== undefined || dkim !== undefined) && spf !== 'pass' && dkim !== 'pass';
}

interface Receiver {
  readonly index: number;
  readonly host: string;
}

function isOfReceiver(server: string, at: number, receivers: readonly Receiver[], isGmail: boolean): boolean {
  const above = receivers.filter(({ index }) => index < at);
  if (server === gmailServer) {
    const isThroughGmail = isGmail || above.length > 0;
    return isThroughGmail && above.every(({ host }) => gmailHost.test(host));
  }
  if (isGmail) return false;
  // On top of everything, and named after the server that was the last to receive it.
  const [last] = receivers;
  return above.length === 0 && last !== undefined && isSameDomain(server, last.host);
}

/** `by mx.example.org` of a `Received` field (RFC 5321 section 4.4). */
function receivingHost(value: string): string {
  return /\bby\s+([\w.:-]+)/i.exec(value.slice(0, maxCharacters))?.[1]?.toLowerCase() ?? '';
}

function isSameDomain(one: string, other: string): boolean {
  if (!one.includes('.') || !other.includes('.')) return false;
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);
}

function resultsOf(text: string): Verdict {
  const withoutComments = text.replaceAll(/\([^()]*\)/g, ' ');
  const found = new Map<string, CheckResult>();
  for (const part of withoutComments.split(';').slice(1)) {
    const [, method = '', result = ''] = /^\s*(spf|dkim|dmarc)\s*(?:\/\s*\d+\s*)?=\s*(\w+)/i.exec(part) ?? [];
    const [check, outcome] = [method.toLowerCase(), result.toLowerCase()];
    if (!isResult(outcome)) continue;
    // One signature that holds is enough (RFC 6376 section 6.1).
    if (!found.has(check) || outcome === 'pass') found.set(check, outcome);
  }
  const [spf, dkim, dmarc] = [found.get('spf'), found.get('dkim'), found.get('dmarc')];
  return {
    ...(spf === undefined ? {} : { spf }),
    ...(dkim === undefined ? {} : { dkim }),
    ...(dmarc === undefined ? {} : { dmarc }),
  };
}

function isResult(text: string): text is CheckResult {
  return results.has(text);
}
