import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tarEnd, tarHeader, tarPadding } from '../../../src/cli/backup/tar-blocks.ts';
import { readTarEntries } from '../../../src/local/import/tar-entries.ts';

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

test('files of any length and name are read back from an archive', async () => {
  const paths = ['a', 'data/mail.db', `${'ü'.repeat(60)}.db`, `${'long/'.repeat(30)}end`];
  const sizes = [0, 1, 511, 512, 513];
  const files = paths.flatMap((path) => sizes.map((size) => ({ path: `${size}-${path}`, size })));
  const blocks = files.flatMap(({ path, size }) => [
    tarHeader(path, size, 1_700_000_000_000, 0o600),
    Buffer.alloc(size, 'x'),
    tarPadding(size),
  ]);
  const read = [];
  for await (const { name, sizeBytes, modifiedMs } of readTarEntries(chunksOf(Buffer.concat([...blocks, tarEnd])))) {
    assert.equal(modifiedMs, 1_700_000_000_000);
    read.push({ path: name, size: sizeBytes });
  }
  assert.deepEqual(read, files);
});

test('a file of more than 8 GiB has its size in binary, which octal digits do not hold', () => {
  const sizeOf = (size: number) => tarHeader('a', size, 0, 0o600).subarray(124, 136);
  assert.equal(sizeOf(8 * 1024 ** 3 - 1).toString('latin1'), '77777777777\0');
  assert.equal(sizeOf(8 * 1024 ** 3).toString('hex'), '800000000000000200000000');
});
