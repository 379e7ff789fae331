/** What of a mailbox has an address of its own. */
type MailPlace =
  | { readonly kind: 'inbox' }
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'thread'; readonly id: string }
  | { readonly kind: 'attachment'; readonly messageId: string; readonly attachment: string }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'person'; readonly address: string }
  | { readonly kind: 'search'; readonly q: string };

export interface MailUri {
  readonly place: MailPlace;
  /** Without it the account is meant that calls without one mean. */
  readonly account?: string;
}

/** `gmail://messages/1a2b?account=ann%40example.org` */
export function formatMailUri({ place, account }: MailUri): string {
  const query = account === undefined ? '' : `?account=${encodeURIComponent(account)}`;
  return `gmail://${pathOf(place).map(encodeURIComponent).join('/')}${query}`;
}

function pathOf(place: MailPlace): readonly string[] {
  switch (place.kind) {
    case 'inbox':
      return ['inbox'];
    case 'message':
      return ['messages', place.id];
    case 'thread':
      return ['threads', place.id];
    case 'attachment':
      return ['messages', place.messageId, 'attachments', place.attachment];
    case 'label':
      return ['labels', place.label];
    case 'person':
      return ['people', place.address];
    case 'search':
      return ['search', place.q];
  }
}

/** The place that a URI names; undefined where it names none, or has another parameter than `account`. */
export function parseMailUri(uri: string): MailUri | undefined {
  const [, path = '', query = ''] = /^gmail:\/\/([^?#]*)(?:\?([^#]*))?$/.exec(uri) ?? [];
  const parts = path.split('/').map(decoded);
  const place = placeOf(parts.filter((part) => part !== undefined && part !== ''));
  if (place === undefined || parts.some((part) => part === undefined || part === '')) return undefined;
  const parameters = new URLSearchParams(query);
  if (parameters.size > 1 || [...parameters.keys()].some((name) => name !== 'account')) return undefined;
  const account = parameters.get('account');
  return account === null || account === '' ? { place } : { place, account };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function placeOf(parts: readonly (string | undefined)[]): MailPlace | undefined {
  const [kind = '', first, second, third] = parts;
  if (kind === 'inbox' && parts.length === 1) return { kind };
  if (first === undefined) return undefined;
  if (kind === 'messages' && second === 'attachments' && third !== undefined && parts.length === 4) {
    return { kind: 'attachment', messageId: first, attachment: third };
  }
  if (parts.length !== 2) return undefined;
  switch (kind) {
    case 'messages':
      return { kind: 'message', id: first };
    case 'threads':
      return { kind: 'thread', id: first };
    case 'labels':
      return { kind: 'label', label: first };
    case 'people':
      return { kind: 'person', address: first };
    case 'search':
      return { kind: 'search', q: first };
    default:
      return undefined;
  }
}
