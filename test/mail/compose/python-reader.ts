import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What Python's email package reads of a message; text with whatever line breaks it has. */
export interface PythonMail {
  readonly error?: string;
  readonly subject: string;
  readonly from: readonly (readonly [name: string, address: string])[];
  readonly 'reply-to': readonly (readonly [name: string, address: string])[];
  readonly to: readonly (readonly [name: string, address: string])[];
  readonly cc: readonly (readonly [name: string, address: string])[];
  readonly bcc: readonly (readonly [name: string, address: string])[];
  readonly 'message-id': string | null;
  readonly 'in-reply-to': string | null;
  readonly references: string | null;
  readonly date: string | null;
  readonly text: string | null;
  readonly html: string | null;
  readonly files: readonly {
    readonly filename: string | null;
    readonly mimeType: string;
    readonly disposition: string | null;
    readonly contentId: string | null;
    /** Base64. */
    readonly content: string;
  }[];
  readonly defects: readonly string[];
}

const script = join(import.meta.dirname, 'read_with_python.py');

/** For a test's `skip`: false where Python is there, else what to do about it. */
export const withoutPython: string | false =
  spawnSync('python3', ['-c', 'import email.policy']).status === 0 ? false : 'needs Python: apt-get install python3';

/** Reads all messages in one process. */
export function readWithPython(messages: readonly Uint8Array[]): PythonMail[] {
  const input = Buffer.concat(
    messages.flatMap((raw) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(raw.byteLength);
      return [size, raw];
    }),
  );
  const { status, stdout, stderr } = spawnSync('python3', [script], {
    input,
    maxBuffer: 1024 * 1024 * 1024,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONDONTWRITEBYTECODE: '1' },
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`python3 ended with ${status}: ${stderr.toString()}`);
  return stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PythonMail);
}
