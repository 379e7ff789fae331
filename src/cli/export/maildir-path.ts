import type { ExportedMessage } from './exported-message.ts';

/** Folders of system labels, as most programs name them; a message lies in the first that it has a label of. */
const systemFolders: readonly (readonly [label: string, folder: string])[] = [
  ['TRASH', '.Trash'],
  ['SPAM', '.Spam'],
  ['DRAFT', '.Drafts'],
  ['INBOX', ''],
  ['SENT', '.Sent'],
];

/**
 * Where a message lies in a Maildir (Maildir++, https://www.courier-mta.org/maildir.html), below its folder: a message is one
 * file there, so of several labels the first decides.
 */
export function maildirPath({ id, internalDateMs, systemLabels, labelNames }: ExportedMessage): string {
  const system = systemFolders.find(([label]) => systemLabels.includes(label))?.[1];
  const [label] = labelNames;
  const folder = system ?? (label === undefined ? '.Archive' : `.${folderName(label)}`);
  const flags = [
    ...(systemLabels.includes('DRAFT') ? ['D'] : []),
    ...(systemLabels.includes('STARRED') ? ['F'] : []),
    ...(systemLabels.includes('UNREAD') ? [] : ['S']),
    ...(systemLabels.includes('TRASH') ? ['T'] : []),
  ].join('');
  const file = `${Math.floor(internalDateMs / 1000)}.${id}.gmail-llm:2,${flags}`;
  return `${folder === '' ? '' : `${folder}/`}cur/${file}`;
}

/** A label's name as Maildir++ writes it: dots between levels, everything but ASCII in modified UTF-7 (RFC 3501 5.1.3). */
function folderName(label: string): string {
  return label
    .replaceAll('&', '&-')
    .replaceAll(/[^\x20-\x7e]+|\./g, (text) => `&${modifiedBase64(text)}-`)
    .replaceAll('/', '.');
}

function modifiedBase64(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('base64').replaceAll('=', '').replaceAll('/', ',');
}
