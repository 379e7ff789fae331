import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { restoreHome } from './backup/restore-home.ts';
import { exitInterrupted, type CommandContext } from './command.ts';

const usage = 'restore [--force] FILE';

function readWords(words: readonly string[]): { readonly file: string; readonly force: boolean } {
  try {
    const options = { force: { type: 'boolean' } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [file, ...more] = positionals;
    if (file === undefined || file === '' || more.length > 0) throw new Error('One file has to be named.');
    return { file: resolve(file), force: values.force === true };
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/**
 * `gmail-llm restore FILE`: puts a backup into the home that `GMAIL_HOME` names. Returns 130 when it was interrupted before
 * anything was changed. Throws as `restoreHome` does.
 */
export async function runRestore({ arguments: words, home, stdout, stderr, signal }: CommandContext): Promise<number> {
  const { file, force } = readWords(words);
  if (!existsSync(file)) throw new AppError('INVALID_INPUT', `There is no file ${file}.`, { expected: usage });
  try {
    const { manifest, movedTo, parked } = await restoreHome(home, file, { force, nowMs: Date.now(), signal });
    const { files, createdAt, hasSecrets } = manifest;
    stdout.write(`${home.folder} is as it was at ${createdAt}: ${files.length} files, each compared.\n`);
    if (movedTo !== undefined) stdout.write(`What was there before is in ${movedTo}.\n`);
    if (parked > 0) {
      const messages = parked === 1 ? '1 message waits' : `${parked} messages wait`;
      stdout.write(
        `${messages} for approval instead of being sent, as they may have been sent since: gmail-llm outbox\n`,
      );
    }
    if (!hasSecrets)
      stdout.write('The backup holds no logins and no access tokens: log in and connect clients again.\n');
    stdout.write('Next: gmail-llm check, then gmail-llm up.\n');
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    stderr.write('Interrupted. Nothing was changed.\n');
    return exitInterrupted;
  }
}
