import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Unpacks the home that a version wrote; answers its data folder. */
export function oldHome(t: Pick<TestContext, 'after'>, version: '0.1' | '0.2'): string {
  const packed = join(import.meta.dirname, version, 'data');
  const dataFolder = join(temporaryFolder(t), 'data');
  for (const name of readdirSync(packed, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.zst')) continue;
    const file = join(dataFolder, name.slice(0, -'.zst'.length));
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, zstdDecompressSync(readFileSync(join(packed, name))), { mode: 0o600 });
  }
  return dataFolder;
}
