import type { Writable } from 'node:stream';
import { messageOf, systemCode } from '../core/errors.ts';

/** As shells have it for a program that SIGPIPE ended: 128 and the number of the signal. */
const exitBrokenPipe = 141;
/** An error of input or output (sysexits.h). */
const exitOutputError = 74;

/**
 * Ends a command whose output cannot be written, without a stack: silently when its reader has gone (`| head -1`), with one
 * line otherwise (a full disk). `end` is given the exit code once. Notes that nobody reads are no reason to stop.
 */
export function watchOutput(
  { stdout, stderr }: { readonly stdout: Writable; readonly stderr: Writable },
  end: (exitCode: number) => void,
): void {
  stderr.on('error', () => {});
  stdout.once('error', (error) => {
    stdout.on('error', () => {});
    const hasNoReader = systemCode(error) === 'EPIPE';
    if (!hasNoReader) stderr.write(`gmail-llm: The output cannot be written: ${messageOf(error)}.\n`);
    end(hasNoReader ? exitBrokenPipe : exitOutputError);
  });
}
