import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Awaitable } from '../../core/awaitable.ts';
import { systemCode } from '../../core/errors.ts';
import { hashOf } from '../tokens/owner-token.ts';
import { deleteFile, namesIn, writePrivateFile } from './private-folder.ts';

/** How long a link opens a session. */
export const linkLifeMs = 120_000;

/** A link as it is kept, under the hash of its code. */
export const storedLink = z.object({ tokenName: z.string(), tokenSha256: z.string(), expiresMs: z.number() });

/** For which token a link opens a session. */
export type LinkToken = Pick<z.output<typeof storedLink>, 'tokenName' | 'tokenSha256'>;

/** Links that open a session of the owner's page. */
export interface SignInLinks {
  /** Makes the secret of a link that opens one session within {@link linkLifeMs}; its hash is kept. */
  create(token: LinkToken, nowMs: number): Awaitable<string>;
  /** Uses a link up. Returns undefined for one that is unknown, too old or has been used. Of two at once, one gets it. */
  take(code: string, nowMs: number): Awaitable<LinkToken | undefined>;
}

function linksFolder(dataFolder: string): string {
  return join(dataFolder, 'sign-in-links');
}

/** Deletes links that nobody has used in time. */
function forgetOldLinks(folder: string, nowMs: number): void {
  for (const name of namesIn(folder)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat !== undefined && nowMs - stat.mtimeMs > linkLifeMs) deleteFile(folder, name);
  }
}

/** Makes the secret of a link that opens one session of the owner's page within {@link linkLifeMs}; its hash is kept. */
export function createSignInLink(dataFolder: string, token: LinkToken, nowMs: number): string {
  const folder = linksFolder(dataFolder);
  forgetOldLinks(folder, nowMs);
  const code = randomBytes(24).toString('base64url');
  writePrivateFile(folder, hashOf(code), { ...token, expiresMs: nowMs + linkLifeMs });
  return code;
}

/** Uses a link up. Returns undefined for one that is unknown, too old or has been used. Of two at once, one gets it. */
function takeSignInLink(dataFolder: string, code: string, nowMs: number): LinkToken | undefined {
  const folder = linksFolder(dataFolder);
  const taken = `${hashOf(code)}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    // A file can be renamed away once.
    renameSync(join(folder, hashOf(code)), join(folder, taken));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const link = storedLink.parse(JSON.parse(readFileSync(join(folder, taken), 'utf8')));
    const { tokenName, tokenSha256, expiresMs } = link;
    return nowMs < expiresMs ? { tokenName, tokenSha256 } : undefined;
  } finally {
    deleteFile(folder, taken);
  }
}

/** The links in the files of a data folder. */
export function fileSignInLinks(dataFolder: string): SignInLinks {
  return {
    create: (token, nowMs) => createSignInLink(dataFolder, token, nowMs),
    take: (code, nowMs) => takeSignInLink(dataFolder, code, nowMs),
  };
}
