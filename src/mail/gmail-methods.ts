/** The HTTP methods that the API knows. */
type GmailHttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Which of Google's quota tables counts: that of May 2026, or the one before, which older projects keep for a while. */
export type UnitsTable = '2026' | 'legacy';

/** One method of the Gmail v1 REST API, as Google's discovery document and quota table describe it. */
export interface GmailMethod {
  /** `gmail.users.messages.get`. */
  readonly id: string;
  readonly httpMethod: GmailHttpMethod;
  /** `/gmail/v1/users/{userId}/messages/{id}`. */
  readonly path: string;
  /** Any one of them is enough; full URLs. */
  readonly scopes: readonly string[];
  /** Quota units of one call, in the table of 2026 and in the one before. */
  readonly units: Readonly<Record<UnitsTable, number>>;
  /** Whether it also takes a message at `/upload/…`. */
  readonly takesUpload: boolean;
}

const scopePrefix = 'https://www.googleapis.com/auth/gmail.';

/** The scopes of the Gmail API (developers.google.com/workspace/gmail/api/auth/scopes). */
export const gmailScopes = {
  /** Everything, deletion for good included. */
  full: 'https://mail.google.com/',
  modify: `${scopePrefix}modify`,
  readonly: `${scopePrefix}readonly`,
  metadata: `${scopePrefix}metadata`,
  compose: `${scopePrefix}compose`,
  send: `${scopePrefix}send`,
  insert: `${scopePrefix}insert`,
  labels: `${scopePrefix}labels`,
  settingsBasic: `${scopePrefix}settings.basic`,
  settingsSharing: `${scopePrefix}settings.sharing`,
} as const;

const { full, modify, readonly, metadata, compose, send, insert, labels, settingsBasic, settingsSharing } = gmailScopes;
const addonCompose = `${scopePrefix}addons.current.action.compose`;
const addonAction = `${scopePrefix}addons.current.message.action`;
const addonMetadata = `${scopePrefix}addons.current.message.metadata`;
const addonRead = `${scopePrefix}addons.current.message.readonly`;

/** Sets of scopes as the methods share them. */
const allows = {
  delete: [full],
  modify: [full, modify],
  insert: [full, insert, modify],
  list: [full, metadata, modify, readonly],
  profile: [full, compose, metadata, modify, readonly],
  getMessage: [full, addonAction, addonMetadata, addonRead, metadata, modify, readonly],
  getAttachment: [full, addonAction, addonRead, modify, readonly],
  readDraft: [full, compose, modify, readonly],
  writeDraft: [full, addonCompose, compose, modify],
  send: [full, addonCompose, compose, modify, send],
  readLabel: [full, labels, metadata, modify, readonly],
  writeLabel: [full, labels, modify],
  readSetting: [full, modify, readonly, settingsBasic],
  writeSetting: [settingsBasic],
  share: [settingsSharing],
  readEncryption: [full, modify, readonly, settingsBasic, settingsSharing],
  writeEncryption: [settingsBasic, settingsSharing],
} as const;

type Row = readonly [
  name: string,
  httpMethod: GmailHttpMethod,
  path: string,
  scopes: keyof typeof allows,
  units2026: number,
  unitsLegacy: number,
  upload?: 'upload',
];

/**
 * Names, paths and scopes as in `@googleapis/gmail` 22; units from Google's usage limits page of May 2026 and of 2025.
 * Neither page has the units of S/MIME, client-side encryption, language and `labels.patch`; the 2026 page does not have
 * `threads.untrash` and the reading and deleting of delegates and of forwarding and send-as addresses. Those have the units
 * of the nearest method of their kind.
 */
const rows: readonly Row[] = [
  ['getProfile', 'GET', 'profile', 'profile', 1, 1],
  ['stop', 'POST', 'stop', 'list', 50, 50],
  ['watch', 'POST', 'watch', 'list', 100, 100],

  ['drafts.create', 'POST', 'drafts', 'writeDraft', 10, 10, 'upload'],
  ['drafts.delete', 'DELETE', 'drafts/{id}', 'writeDraft', 10, 10],
  ['drafts.get', 'GET', 'drafts/{id}', 'readDraft', 20, 5],
  ['drafts.list', 'GET', 'drafts', 'readDraft', 5, 5],
  ['drafts.send', 'POST', 'drafts/send', 'writeDraft', 100, 100, 'upload'],
  ['drafts.update', 'PUT', 'drafts/{id}', 'writeDraft', 15, 15, 'upload'],

  ['history.list', 'GET', 'history', 'list', 2, 2],

  ['labels.create', 'POST', 'labels', 'writeLabel', 5, 5],
  ['labels.delete', 'DELETE', 'labels/{id}', 'writeLabel', 5, 5],
  ['labels.get', 'GET', 'labels/{id}', 'readLabel', 1, 1],
  ['labels.list', 'GET', 'labels', 'readLabel', 1, 1],
  ['labels.patch', 'PATCH', 'labels/{id}', 'writeLabel', 5, 5],
  ['labels.update', 'PUT', 'labels/{id}', 'writeLabel', 5, 5],

  ['messages.attachments.get', 'GET', 'messages/{messageId}/attachments/{id}', 'getAttachment', 20, 5],
  ['messages.batchDelete', 'POST', 'messages/batchDelete', 'delete', 50, 50],
  ['messages.batchModify', 'POST', 'messages/batchModify', 'modify', 50, 50],
  ['messages.delete', 'DELETE', 'messages/{id}', 'delete', 10, 10],
  ['messages.get', 'GET', 'messages/{id}', 'getMessage', 20, 5],
  ['messages.import', 'POST', 'messages/import', 'insert', 25, 25, 'upload'],
  ['messages.insert', 'POST', 'messages', 'insert', 25, 25, 'upload'],
  ['messages.list', 'GET', 'messages', 'list', 5, 5],
  ['messages.modify', 'POST', 'messages/{id}/modify', 'modify', 5, 5],
  ['messages.send', 'POST', 'messages/send', 'send', 100, 100, 'upload'],
  ['messages.trash', 'POST', 'messages/{id}/trash', 'modify', 20, 5],
  ['messages.untrash', 'POST', 'messages/{id}/untrash', 'modify', 5, 5],

  ['threads.delete', 'DELETE', 'threads/{id}', 'delete', 20, 20],
  ['threads.get', 'GET', 'threads/{id}', 'getMessage', 40, 10],
  ['threads.list', 'GET', 'threads', 'list', 10, 10],
  ['threads.modify', 'POST', 'threads/{id}/modify', 'modify', 10, 10],
  ['threads.trash', 'POST', 'threads/{id}/trash', 'modify', 20, 10],
  ['threads.untrash', 'POST', 'threads/{id}/untrash', 'modify', 10, 10],

  ['settings.getAutoForwarding', 'GET', 'settings/autoForwarding', 'readSetting', 1, 1],
  ['settings.getImap', 'GET', 'settings/imap', 'readSetting', 1, 1],
  ['settings.getLanguage', 'GET', 'settings/language', 'readSetting', 1, 1],
  ['settings.getPop', 'GET', 'settings/pop', 'readSetting', 1, 1],
  ['settings.getVacation', 'GET', 'settings/vacation', 'readSetting', 1, 1],
  ['settings.updateAutoForwarding', 'PUT', 'settings/autoForwarding', 'share', 5, 5],
  ['settings.updateImap', 'PUT', 'settings/imap', 'writeSetting', 5, 5],
  ['settings.updateLanguage', 'PUT', 'settings/language', 'writeSetting', 5, 5],
  ['settings.updatePop', 'PUT', 'settings/pop', 'writeSetting', 100, 100],
  ['settings.updateVacation', 'PUT', 'settings/vacation', 'writeSetting', 5, 5],

  ['settings.delegates.create', 'POST', 'settings/delegates', 'share', 100, 100],
  ['settings.delegates.delete', 'DELETE', 'settings/delegates/{delegateEmail}', 'share', 5, 5],
  ['settings.delegates.get', 'GET', 'settings/delegates/{delegateEmail}', 'readSetting', 1, 1],
  ['settings.delegates.list', 'GET', 'settings/delegates', 'readSetting', 1, 1],

  ['settings.filters.create', 'POST', 'settings/filters', 'writeSetting', 5, 5],
  ['settings.filters.delete', 'DELETE', 'settings/filters/{id}', 'writeSetting', 5, 5],
  ['settings.filters.get', 'GET', 'settings/filters/{id}', 'readSetting', 1, 1],
  ['settings.filters.list', 'GET', 'settings/filters', 'readSetting', 1, 1],

  ['settings.forwardingAddresses.create', 'POST', 'settings/forwardingAddresses', 'share', 100, 100],
  ['settings.forwardingAddresses.delete', 'DELETE', 'settings/forwardingAddresses/{forwardingEmail}', 'share', 5, 5],
  ['settings.forwardingAddresses.get', 'GET', 'settings/forwardingAddresses/{forwardingEmail}', 'readSetting', 1, 1],
  ['settings.forwardingAddresses.list', 'GET', 'settings/forwardingAddresses', 'readSetting', 1, 1],

  ['settings.sendAs.create', 'POST', 'settings/sendAs', 'share', 100, 100],
  ['settings.sendAs.delete', 'DELETE', 'settings/sendAs/{sendAsEmail}', 'share', 5, 5],
  ['settings.sendAs.get', 'GET', 'settings/sendAs/{sendAsEmail}', 'readSetting', 1, 1],
  ['settings.sendAs.list', 'GET', 'settings/sendAs', 'readSetting', 1, 1],
  ['settings.sendAs.patch', 'PATCH', 'settings/sendAs/{sendAsEmail}', 'writeEncryption', 100, 100],
  ['settings.sendAs.update', 'PUT', 'settings/sendAs/{sendAsEmail}', 'writeEncryption', 100, 100],
  ['settings.sendAs.verify', 'POST', 'settings/sendAs/{sendAsEmail}/verify', 'share', 100, 100],

  [
    'settings.sendAs.smimeInfo.delete',
    'DELETE',
    'settings/sendAs/{sendAsEmail}/smimeInfo/{id}',
    'writeEncryption',
    5,
    5,
  ],
  ['settings.sendAs.smimeInfo.get', 'GET', 'settings/sendAs/{sendAsEmail}/smimeInfo/{id}', 'readEncryption', 1, 1],
  ['settings.sendAs.smimeInfo.insert', 'POST', 'settings/sendAs/{sendAsEmail}/smimeInfo', 'writeEncryption', 5, 5],
  ['settings.sendAs.smimeInfo.list', 'GET', 'settings/sendAs/{sendAsEmail}/smimeInfo', 'readEncryption', 1, 1],
  [
    'settings.sendAs.smimeInfo.setDefault',
    'POST',
    'settings/sendAs/{sendAsEmail}/smimeInfo/{id}/setDefault',
    'writeEncryption',
    5,
    5,
  ],

  ['settings.cse.identities.create', 'POST', 'settings/cse/identities', 'writeEncryption', 5, 5],
  ['settings.cse.identities.delete', 'DELETE', 'settings/cse/identities/{cseEmailAddress}', 'writeEncryption', 5, 5],
  ['settings.cse.identities.get', 'GET', 'settings/cse/identities/{cseEmailAddress}', 'readEncryption', 1, 1],
  ['settings.cse.identities.list', 'GET', 'settings/cse/identities', 'readEncryption', 1, 1],
  ['settings.cse.identities.patch', 'PATCH', 'settings/cse/identities/{emailAddress}', 'writeEncryption', 5, 5],
  ['settings.cse.keypairs.create', 'POST', 'settings/cse/keypairs', 'writeEncryption', 5, 5],
  ['settings.cse.keypairs.disable', 'POST', 'settings/cse/keypairs/{keyPairId}:disable', 'writeEncryption', 5, 5],
  ['settings.cse.keypairs.enable', 'POST', 'settings/cse/keypairs/{keyPairId}:enable', 'writeEncryption', 5, 5],
  ['settings.cse.keypairs.get', 'GET', 'settings/cse/keypairs/{keyPairId}', 'readEncryption', 1, 1],
  ['settings.cse.keypairs.list', 'GET', 'settings/cse/keypairs', 'readEncryption', 1, 1],
  ['settings.cse.keypairs.obliterate', 'POST', 'settings/cse/keypairs/{keyPairId}:obliterate', 'writeEncryption', 5, 5],
];

/** Every method of the API, 79. */
export const gmailMethods: readonly GmailMethod[] = rows.map(
  ([name, httpMethod, path, scopes, units2026, unitsLegacy, upload]) => ({
    id: `gmail.users.${name}`,
    httpMethod,
    path: `/gmail/v1/users/{userId}/${path}`,
    scopes: allows[scopes],
    units: { '2026': units2026, legacy: unitsLegacy },
    takesUpload: upload !== undefined,
  }),
);

const methodById = new Map(gmailMethods.map((method) => [method.id, method]));

/** Quota units of one call of a method. Throws for an id that is not of {@link gmailMethods}: the caller made it up. */
export function unitsOf(methodId: string, table: UnitsTable): number {
  const method = methodById.get(methodId);
  if (method === undefined) throw new Error(`Gmail has no method ${methodId}`);
  return method.units[table];
}

/** A method with what its path says, decoded: `userId`, `id`, … */
export interface MatchedMethod {
  readonly method: GmailMethod;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Template {
  readonly method: GmailMethod;
  readonly pattern: RegExp;
}

/** A parameter is one segment of the path, or its part before a `:verb`; an encoded slash belongs to it. */
function templateOf(method: GmailMethod): Template {
  const pattern = method.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { method, pattern: new RegExp(`^${pattern}$`) };
}

const templates: ReadonlyMap<string, readonly Template[]> = Map.groupBy(
  gmailMethods.map(templateOf),
  ({ method }): string => method.httpMethod,
);

const uploadPrefix = '/upload';

/**
 * The method that an HTTP method and a path name (`/gmail/v1/…`, or `/upload/gmail/v1/…` where the method takes uploads),
 * or undefined.
 */
export function matchGmailMethod(httpMethod: string, pathname: string): MatchedMethod | undefined {
  const isUpload = pathname.startsWith(`${uploadPrefix}/`);
  const path = isUpload ? pathname.slice(uploadPrefix.length) : pathname;
  for (const { method, pattern } of templates.get(httpMethod) ?? []) {
    const groups = pattern.exec(path)?.groups;
    if (groups === undefined || (isUpload && !method.takesUpload)) continue;
    const parameters = decodeAll(groups);
    return parameters === undefined ? undefined : { method, parameters };
  }
  return undefined;
}

function decodeAll(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    // A stray percent sign names nothing.
    return undefined;
  }
}
