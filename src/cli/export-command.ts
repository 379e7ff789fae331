import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError, messageOf } from '../core/errors.ts';
import { exitInterrupted, readerGone, type CommandContext } from './command.ts';
import { fileTarget, maildirTarget, streamTarget, type ExportTarget } from './export/export-target.ts';
import { mboxEntry } from './export/mbox-entry.ts';
import { MessageReader, type Selection } from './export/read-messages.ts';
import { createCountLine } from './progress-bar.ts';
import { withServices } from './with-services.ts';

const usage = 'export [--q QUERY] [--account ADDRESS] [--spam-trash] --mbox|--maildir|--ndjson [PATH]';
const formats = ['mbox', 'maildir', 'ndjson'] as const;
type Format = (typeof formats)[number];

interface Asked {
  readonly format: Format;
  /** Undefined for standard output. */
  readonly path: string | undefined;
  readonly selection: Selection;
}

function readWords(words: readonly string[]): Asked {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const options = { q: text, account: text, 'spam-trash': flag, mbox: flag, maildir: flag, ndjson: flag };
  try {
    const { values, positionals } = parseArgs({ args: [...words], options, allowPositionals: true });
    const [path = '-', ...more] = positionals;
    const [format, ...others] = formats.filter((name) => values[name] === true);
    if (more.length > 0) throw new Error('One file or folder can be named.');
    if (format === undefined || others.length > 0)
      throw new Error('One form has to be named: --mbox, --maildir or --ndjson.');
    if (format === 'maildir' && path === '-') throw new Error('A Maildir is a folder, which has to be named.');
    return {
      format,
      path: path === '-' ? undefined : resolve(path),
      selection: {
        includeSpamTrash: values['spam-trash'] === true,
        ...(values.q === undefined ? {} : { q: values.q }),
        ...(values.account === undefined ? {} : { account: values.account }),
      },
    };
  } catch (error) {
    throw new AppError('INVALID_INPUT', messageOf(error), { expected: usage }, error);
  }
}

/** Where text or bytes go. Throws `INVALID_INPUT` for a terminal, which the bytes of a mail could steer. */
function textTarget({ format, path }: Asked, { stdout }: CommandContext): Promise<ExportTarget<Uint8Array | string>> {
  if (path !== undefined) return fileTarget(path);
  if (format === 'mbox' && stdout.isTTY === true) {
    throw new AppError('INVALID_INPUT', 'Standard output is a terminal.', {
      hint: 'Name a file, or pipe it into a program.',
    });
  }
  return Promise.resolve(streamTarget(stdout));
}

/** Takes every message to its place; returns how many. */
async function run(
  asked: Asked,
  reader: MessageReader,
  context: CommandContext,
  onDone: (count: number) => void,
): Promise<number> {
  let count = 0;
  const writeAll = async <Piece>(target: ExportTarget<Piece>, pieces: AsyncIterable<Piece>): Promise<void> => {
    try {
      for await (const piece of pieces) {
        context.signal.throwIfAborted();
        await target.write(piece);
        count += 1;
        onDone(count);
      }
      await target.finish();
    } catch (error) {
      await target.abandon();
      throw error;
    }
  };
  if (asked.format === 'maildir') await writeAll(maildirTarget(asked.path ?? ''), reader.withBytes());
  else if (asked.format === 'mbox')
    await writeAll(await textTarget(asked, context), mapped(reader.withBytes(), mboxEntry));
  else
    await writeAll(
      await textTarget(asked, context),
      mapped(reader.asValues(), (value) => `${JSON.stringify(value)}\n`),
    );
  return count;
}

async function* mapped<From, To>(values: AsyncIterable<From>, make: (value: From) => To): AsyncGenerator<To> {
  for await (const value of values) yield make(value);
}

/**
 * `gmail-llm export`: the messages that a query finds, the newest first, one after the other, so that memory holds one. Returns
 * 130 when it was interrupted; a file is then not there, a Maildir holds what was written. Throws `CONFLICT` for a place
 * that is taken, and what the operations throw.
 */
export async function runExport(context: CommandContext): Promise<number> {
  const asked = readWords(context.arguments);
  const { environment, signal, stderr, terminal } = context;
  const line = createCountLine(terminal.stderr, Date.now);
  try {
    const count = await withServices(environment, (assembly) =>
      run(asked, new MessageReader(assembly, asked.selection, signal), context, line.update),
    );
    line.clear();
    stderr.write(`${count} messages written${asked.path === undefined ? '' : ` to ${asked.path}`}.\n`);
    return 0;
  } catch (error) {
    line.clear();
    if (!signal.aborted) throw error;
    // Whoever has read enough interrupts nothing.
    if (signal.reason !== readerGone) stderr.write('Interrupted.\n');
    return exitInterrupted;
  }
}
