import { configurationError, type Place } from './configuration-error.ts';

/** One `key = value`; a value that goes over several lines holds line feeds. */
export interface IniEntry extends Place {
  readonly value: string;
}

/** One `[section]` with its entries by lower-case key, in the order they were first written. */
export interface IniSection extends Place {
  readonly entries: Map<string, IniEntry>;
}

/** Sections by name, in the order they were first written. */
export type IniDocument = Map<string, IniSection>;

/** Entries of this section stand in for missing ones of every other section. */
export const defaultSection = 'DEFAULT';

/** The line up to its comment: `;` and `#` begin one at the start of the line or after whitespace. */
function withoutComment(line: string): { readonly text: string; readonly hasComment: boolean } {
  const comment = /(?:^|\s)[;#]/.exec(line);
  if (comment === null) return { text: line.trimEnd(), hasComment: false };
  return { text: line.slice(0, comment.index).trimEnd(), hasComment: true };
}

interface OpenEntry extends Place {
  readonly section: IniSection;
  readonly key: string;
  readonly lines: string[];
}

/**
 * Reads the text of an INI file into `document` with the rules of Python's `RawConfigParser` as supervisord sets it up:
 * keys are case-folded, `=` or `:` ends a key, a line indented further than its key goes on with the value, sections
 * with the same name are merged and the last of equal keys counts.
 *
 * Throws `INVALID_INPUT` with the file, the line and what was expected.
 */
export function readIni(text: string, file: string, document: IniDocument): void {
  let section: IniSection | undefined;
  let open: OpenEntry | undefined;
  let keyIndent = 0;

  const closeEntry = (): void => {
    if (open === undefined) return;
    const { section, key, lines, line } = open;
    section.entries.set(key, { value: lines.join('\n').trimEnd(), file, line });
    open = undefined;
  };

  for (const [index, raw] of text.split(/\r\n|\r|\n/).entries()) {
    const place: Place = { file, line: index + 1 };
    const { text: line, hasComment } = withoutComment(raw);
    const content = line.trim();
    if (content === '') {
      if (!hasComment) open?.lines.push('');
      continue;
    }
    const indent = line.length - line.trimStart().length;
    if (open !== undefined && indent > keyIndent) {
      open.lines.push(content);
      continue;
    }
    keyIndent = indent;
    const header = /^\[(.+)\]/.exec(content);
    if (header !== null) {
      closeEntry();
      const name = header[1] ?? '';
      section = document.get(name) ?? { ...place, entries: new Map() };
      document.set(name, section);
      continue;
    }
    if (section === undefined) {
      throw configurationError(place, 'a [section] before the first key', JSON.stringify(content));
    }
    closeEntry();
    const pair = /^(.*?)\s*[=:]\s*(.*)$/.exec(content);
    if (pair === null || pair[1] === '') {
      throw configurationError(place, 'key=value, [section] or a comment', JSON.stringify(content));
    }
    open = { section, key: (pair[1] ?? '').toLowerCase(), lines: [pair[2] ?? ''], ...place };
  }
  closeEntry();
}
