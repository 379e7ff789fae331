import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, systemCode } from '../core/errors.ts';
import { packageFolder } from '../core/home.ts';
import type { PublicExchange } from '../server/http-server.ts';

const mediaTypes = {
  'style.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
} as const;
type AssetName = keyof typeof mediaTypes;

interface Asset {
  readonly content: Buffer;
  readonly mediaType: string;
  /** Changes with the content, so that a browser may keep it for ever. */
  readonly path: string;
}

/** The page's own files, which the build puts beside the program. */
export interface Assets {
  readonly path: (name: AssetName) => string;
  /** Whether it was the request for one, which has been answered. */
  serve(exchange: PublicExchange): boolean;
}

/** Reads the files once. Throws `UNAVAILABLE` where the package was not built. */
export function readAssets(): Assets {
  const byName = new Map(
    Object.entries(mediaTypes).map(([name, mediaType]): [string, Asset] => {
      let content: Buffer;
      try {
        content = readFileSync(join(packageFolder(), 'dist', 'dashboard', name));
      } catch (error) {
        if (systemCode(error) !== 'ENOENT') throw error;
        throw new AppError('UNAVAILABLE', `The page's file ${name} is missing.`, { hint: 'Run: npm run build' }, error);
      }
      const digest = createHash('sha256').update(content).digest('hex').slice(0, 12);
      return [name, { content, mediaType, path: `/static/${digest}/${name}` }];
    }),
  );
  const byPath = new Map([...byName.values()].map((asset) => [asset.path, asset]));
  return {
    path: (name) => byName.get(name)?.path ?? '',
    serve({ path, response }) {
      const asset = byPath.get(path);
      if (asset === undefined) return false;
      response.writeHead(200, {
        'content-type': asset.mediaType,
        'content-length': asset.content.byteLength,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
        // A picture that is opened by itself is a document.
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      response.end(asset.content);
      return true;
    },
  };
}
