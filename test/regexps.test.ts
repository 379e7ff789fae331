import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { temporaryFolder } from './support/temporary-folder.ts';

const program = join(import.meta.dirname, '../scripts/check-regexps.js');

function check(files: readonly string[]): { readonly code: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...files], { encoding: 'utf8' });
  return { code: status, output: stdout + stderr };
}

function checkLine(context: TestContext, line: string): ReturnType<typeof check> {
  const file = join(temporaryFolder(context), 'planted.ts');
  writeFileSync(file, line);
  return check([file]);
}

describe('the check of regular expressions', () => {
  it('finds none in the sources that is not linear', { timeout: 120_000 }, () => {
    const { code, output } = check([]);
    assert.equal(code, 0, output);
    assert.match(output, /^\d{3} regular expressions, 0 that are not linear$/m);
  });

  it('fails on one that takes time with the square of the text', (context) => {
    const { code, output } = checkLine(
      context,
      String.raw`export const spaces = (text: string) => text.replace(/\s+$/, '');`,
    );
    assert.equal(code, 1, output);
    assert.match(output, /planted\.ts: \/\\s\+\$\/ is 2nd degree polynomial/);
  });

  it('puts together what is made of constants, and refuses what cannot be told', (context) => {
    const made = checkLine(
      context,
      "const blank = String.raw`\\s`;\nexport const spaces = (name: string) => new RegExp(`${blank}+${name}$`, 'g');",
    );
    assert.equal(made.code, 1, made.output);
    assert.match(made.output, /\/\\s\+word\$\/g is 2nd degree polynomial/);
    const unknown = checkLine(context, "export const any = (text: string) => new RegExp(text.replace('a', 'b'));");
    assert.equal(unknown.code, 1);
    assert.match(unknown.output, /planted\.ts: what `new RegExp` is made of cannot be told/);
  });

  it('passes one that is linear', (context) => {
    assert.equal(checkLine(context, String.raw`export const words = /^[a-z]+$/;`).code, 0);
  });
});
