import type { MessageSummary } from '../../mail/message.ts';

/** Of addresses, so many characters are in a list; a message that is read shows more. */
const listedCharacters = 2000;
const shownCharacters = 20_000;

/** So many files of a message are named, and so many characters of each name are in a list. */
const namedFiles = 100;
const fileCharacters = 255;

type Headers = Pick<MessageSummary, 'from' | 'to' | 'cc' | 'bcc' | 'attachmentNames'>;

/** The first addresses of a header, as many as fit, and `…` where there are more. */
export function shortAddresses(header: string, maxCharacters = shownCharacters): string {
  if (header.length <= maxCharacters) return header;
  const end = header.lastIndexOf(', ', maxCharacters);
  return `${header.slice(0, end > 0 ? end : maxCharacters).toWellFormed()}, …`;
}

/** What is named of a message's files, and how many it has where that is more. */
export function shortFiles<T>(files: readonly T[]): {
  readonly named: readonly T[];
  readonly attachmentsTotal?: number;
} {
  if (files.length <= namedFiles) return { named: files };
  return { named: files.slice(0, namedFiles), attachmentsTotal: files.length };
}

/** A summary within bounds, however many recipients and files its sender made up. */
export function shortSummary<T extends Headers>(
  summary: T,
  maxCharacters = shownCharacters,
): T & { readonly attachmentsTotal?: number } {
  const { named, ...total } = shortFiles(summary.attachmentNames);
  return {
    ...summary,
    from: shortAddresses(summary.from, maxCharacters),
    to: shortAddresses(summary.to, maxCharacters),
    cc: shortAddresses(summary.cc, maxCharacters),
    bcc: shortAddresses(summary.bcc, maxCharacters),
    attachmentNames: named.map((name) => name.slice(0, fileCharacters)),
    ...total,
  };
}

/** A summary as a list shows it. */
export function listedSummary<T extends Headers>(summary: T): T & { readonly attachmentsTotal?: number } {
  return shortSummary(summary, listedCharacters);
}
