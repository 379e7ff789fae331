import { isDeepStrictEqual } from 'node:util';
import { parse, stringify } from 'smol-toml';
import { AppError, messageOf } from '../../core/errors.ts';
import { isJsonObject, type JsonObject } from '../../core/json-object.ts';

function readToml(text: string, file: string): JsonObject {
  try {
    return parse(text);
  } catch (error) {
    throw new AppError(
      'CONFLICT',
      `${file} is not TOML.`,
      {
        expected: 'TOML that the client can read',
        got: messageOf(error).split('\n')[0] ?? '',
        hint: 'Fix the file and try again; nothing was changed.',
      },
      error,
    );
  }
}

/** The entry of a server in the text of a configuration, or undefined. Throws `CONFLICT` for a text that is no TOML. */
export function tomlServer(text: string, servers: string, name: string, file: string): unknown {
  const all = readToml(text, file)[servers];
  return isJsonObject(all) ? all[name] : undefined;
}

function withoutServer(value: JsonObject, servers: string, name: string): JsonObject {
  const { [servers]: all, ...others } = value;
  if (!isJsonObject(all)) return value;
  const { [name]: _, ...kept } = all;
  return Object.keys(kept).length === 0 ? others : { ...others, [servers]: kept };
}

/** The lines without the tables of the server: from their header to the next header of another table. */
function withoutTables(text: string, servers: string, name: string): string {
  const header = new RegExp(String.raw`^\s*\[\s*${servers}\s*\.\s*(?:${name}|"${name}"|'${name}')\s*[\].]`);
  const kept: string[] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (/^\s*\[/.test(line)) isInside = header.test(line);
    if (!isInside) kept.push(line);
  }
  return kept.join('\n');
}

/**
 * The text with a server's table set to `entry`, or without it; every other line stays. What was made is read again: throws
 * `CONFLICT` where anything else would change, as for a server that is written in another form than a table.
 */
export function withTomlServer(
  text: string,
  servers: string,
  name: string,
  entry: object | undefined,
  file: string,
): string {
  const others = withoutServer(readToml(text, file), servers, name);
  const rest = withoutTables(text, servers, name).replace(/\n+$/, '\n');
  const table = entry === undefined ? '' : stringify({ [servers]: { [name]: entry } });
  const changed = [rest.trim() === '' ? '' : rest, table].filter((part) => part !== '').join('\n');
  if (isChangedAlone(changed, { servers, name, entry, others }, file)) return changed;
  throw new AppError('CONFLICT', `${file} has the server ${name} in a form that cannot be changed safely.`, {
    expected: `a table [${servers}.${name}]`,
    hint: `Remove it from the file, or use another name with --name; nothing was changed.`,
  });
}

interface Wanted {
  readonly servers: string;
  readonly name: string;
  readonly entry: object | undefined;
  /** All that the file has besides. */
  readonly others: JsonObject;
}

/** Whether a text has the entry that is wanted, and everything else as it was. */
function isChangedAlone(text: string, { servers, name, entry, others }: Wanted, file: string): boolean {
  let read: JsonObject;
  try {
    read = readToml(text, file);
  } catch {
    // Written in a form that this does not find, the server is there twice now.
    return false;
  }
  return (
    isDeepStrictEqual(plain(withoutServer(read, servers, name)), plain(others)) &&
    isDeepStrictEqual(plain(tomlServer(text, servers, name, file)), plain(entry))
  );
}

/** The value without the parser's own prototypes. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
