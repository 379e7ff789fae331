import { mail } from './attempt.ts';
import type { Attempt } from './attempt.ts';

const files: readonly (readonly [title: string, file: object])[] = [
  ['the path of a file', { filename: '/etc/passwd' }],
  ['a path in the bytes', { filename: 'x', contentBase64: 'file:///etc/passwd' }],
  ['the address of a file', { filename: 'x', url: 'file:///etc/passwd' }],
  ['an upload that is a path', { uploadId: '../../data/tokens.json' }],
  ['an upload that is the policy', { uploadId: '..%2F..%2Fpolicy.json' }],
  ['an attachment that is a path', { messageId: 'abc', attachment: '../a1' }],
];

/** By files that are not the caller's. */
export const byFiles: readonly Attempt[] = files.map(([title, file]): Attempt => ({
  title: `a draft with ${title}`,
  go: ({ rest }) => rest('create_draft', { ...mail, attachments: [file] }),
}));
