import { invalidFields } from './server-errors.ts';

/** What a `fields` parameter selects: the fields of an object, each whole or with a selection of its own. */
export type FieldSelection = ReadonlyMap<string, FieldSelection | 'all'>;

type MutableSelection = Map<string, FieldSelection | 'all'>;

/** Every name of a field in an answer of the API (`@googleapis/gmail` 22); any other is a mistake of the caller. */
const knownFields: ReadonlySet<string> = new Set(
  `accessWindow action addLabelIds attachmentId autoExpunge backgroundColor body classificationLabelValues color
  criteria cseIdentities cseKeyPairs data delegateEmail delegates description disableTime displayLanguage
  displayName disposition drafts emailAddress enableAutoReply enabled enablementState encryptedKeyPassword
  encryptionKeyPairId endTime excludeChats expiration expungeBehavior fieldId fields filename filter forward
  forwardingAddresses forwardingEmail from hardwareKeyMetadata hasAttachment headers history historyId host id
  internalDate isDefault isPrimary issuerCn kaclsData kaclsKeyMetadata kaclsUri keyPairId labelId labelIds
  labelListVisibility labels labelsAdded labelsRemoved maxFolderSize message messageListVisibility messages
  messagesAdded messagesDeleted messagesTotal messagesUnread mimeType name negatedQuery nextPageToken partId
  parts password payload pem pkcs12 pkcs7 port primaryKeyPairId privateKeyMetadata privateKeyMetadataId query
  raw removeLabelIds replyToAddress responseBodyHtml responseBodyPlainText responseSubject restrictToContacts
  restrictToDomain resultSizeEstimate securityMode selection sendAs sendAsEmail signAndEncryptKeyPairs signature
  signingKeyPairId size sizeComparison sizeEstimate smimeInfo smtpMsa snippet startTime subject
  subjectEmailAddresses textColor threadId threads threadsTotal threadsUnread to treatAsAlias type username
  value verificationStatus`.split(/\s+/),
);

/**
 * Reads a `fields` parameter: `a,b/c,d(e,f/g),*` (developers.google.com/workspace/gmail/api/guides/performance, "Partial
 * response"). Throws `GoogleError` (400) for what is no selection, and for a field that no answer has.
 */
export function parseFields(text: string): FieldSelection {
  const tokens = text.match(/[\w-]+|\S/g) ?? [];
  let position = 0;

  function list(): FieldSelection {
    const selection: MutableSelection = new Map();
    do field(selection);
    while (tokens[position] === ',' && (position += 1) > 0);
    return selection;
  }

  function field(into: MutableSelection): void {
    const name = tokens[position] ?? '';
    if (name !== '*' && !knownFields.has(name)) throw invalidFields(name === '' ? text : name);
    position += 1;
    merge(into, name, below());
  }

  function below(): FieldSelection | 'all' {
    if (tokens[position] === '/') {
      position += 1;
      const single: MutableSelection = new Map();
      field(single);
      return single;
    }
    if (tokens[position] !== '(') return 'all';
    position += 1;
    const inner = list();
    if (tokens[position] !== ')') throw invalidFields(text);
    position += 1;
    return inner;
  }

  const selection = list();
  if (position < tokens.length) throw invalidFields(text);
  return selection;
}

/** `a/b,a/c` selects both; what is selected whole stays whole. */
function merge(into: MutableSelection, name: string, more: FieldSelection | 'all'): void {
  const known = into.get(name);
  if (known === undefined) {
    into.set(name, more);
  } else if (known === 'all' || more === 'all') {
    into.set(name, 'all');
  } else {
    const both: MutableSelection = new Map(known);
    for (const [inner, selection] of more) merge(both, inner, selection);
    into.set(name, both);
  }
}

/** The selected fields of a value; of a list, those of each entry. */
export function selectFields(value: unknown, selection: FieldSelection | 'all'): unknown {
  if (selection === 'all' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => selectFields(entry, selection));
  const wildcard = selection.get('*');
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const chosen = selection.get(name) ?? wildcard;
      // Nothing lies below a text or a number.
      const isThere = chosen === 'all' || (chosen !== undefined && typeof inner === 'object' && inner !== null);
      return isThere ? [[name, selectFields(inner, chosen)]] : [];
    }),
  );
}
