import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { AppError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json-object.ts';

function indentOf(text: string): { readonly insertSpaces: boolean; readonly tabSize: number } {
  const [, indent = '  '] = /^([ \t]+)"/m.exec(text) ?? [];
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 1 : indent.length };
}

/** What editors of Windows may put before a text. */
const byteOrderMark = '\uFEFF';

function withoutMark(text: string): string {
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

/** The object that a file holds, comments and trailing commas allowed. Throws `CONFLICT` for anything else. */
function readObject(
  text: string,
  file: string,
): { readonly value: unknown; readonly root: ReturnType<typeof parseTree> } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, disallowComments: false });
  const [error] = errors;
  const value: unknown = root === undefined ? undefined : getNodeValue(root);
  if (error === undefined && isJsonObject(value)) return { value, root };
  const line = text.slice(0, error?.offset ?? 0).split('\n').length;
  throw new AppError('CONFLICT', `${file} is not a JSON object.`, {
    expected: 'JSON that the client can read',
    got: error === undefined ? 'something else' : `${printParseErrorCode(error.error)} in line ${line}`,
    hint: 'Fix the file and try again; nothing was changed.',
  });
}

/** The entry of a server in the text of a configuration, or undefined. Throws `CONFLICT` for a text that is no JSON object. */
export function jsonServer(text: string, servers: string, name: string, file: string): unknown {
  if (text.trim() === '') return undefined;
  const { root } = readObject(withoutMark(text), file);
  const node = root === undefined ? undefined : findNodeAtLocation(root, [servers, name]);
  return node === undefined ? undefined : getNodeValue(node);
}

/**
 * The text with a server's entry set to `entry`, or without it; everything else, comments too, stays as it is. An object of
 * servers that becomes empty goes as well.
 */
export function withJsonServer(
  text: string,
  servers: string,
  name: string,
  entry: object | undefined,
  file: string,
): string {
  const bare = withoutMark(text);
  const mark = text.slice(0, text.length - bare.length);
  const before = bare.trim() === '' ? '{}\n' : bare;
  const { value } = readObject(before, file);
  const known = isJsonObject(value) ? value[servers] : undefined;
  if (known !== undefined && !isJsonObject(known)) {
    throw new AppError('CONFLICT', `${servers} in ${file} is no object.`, {
      expected: 'an object with a member for each server',
      hint: 'Fix the file and try again; nothing was changed.',
    });
  }
  const isLast = entry === undefined && known !== undefined && Object.keys(known).every((other) => other === name);
  const formattingOptions = { ...indentOf(before), eol: before.includes('\r\n') ? '\r\n' : '\n' };
  const path = isLast ? [servers] : [servers, name];
  return mark + applyEdits(before, modify(before, path, entry, { formattingOptions }));
}
