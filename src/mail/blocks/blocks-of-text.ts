import type { Block } from './block.ts';

/** How a plain text says that its lines may be joined (RFC 3676). */
export interface FlowedFormat {
  /** `DelSp=yes`: the space that says so is not part of the text. */
  readonly deletesSpaces: boolean;
}

/** A line without its quote marks. */
interface Line {
  readonly depth: number;
  readonly text: string;
}

/** More empty lines in a row say nothing more. */
export const maxGap = 2;

/**
 * The blocks of a plain text, which is free of invisible characters: lines between empty ones, and of one quote depth,
 * are a block. Lines that `flowed` joins are joined within their depth only.
 */
export function blocksOfText(text: string, flowed?: FlowedFormat): readonly Block[] {
  const lines = linesOf(text);
  return blocksOfLines(flowed === undefined ? lines.map(typedLine) : joinFlowed(lines, flowed));
}

/** The lines of a text, whatever breaks them. Splitting by an expression takes five times as long, and few texts need it. */
export function linesOf(text: string): readonly string[] {
  return /[\r\u2028\u2029]/.test(text) ? text.split(/\r\n?|[\n\u2028\u2029]/) : text.split('\n');
}

function blocksOfLines(lines: Iterable<Line>): readonly Block[] {
  const blocks: Block[] = [];
  let current: { readonly depth: number; readonly gap: number; readonly texts: string[] } | undefined;
  let emptyLines = 0;
  const endBlock = () => {
    if (current === undefined) return;
    const content = [{ kind: 'text', text: current.texts.join('\n') } as const];
    blocks.push({ kind: 'preformatted', content, quoteDepth: current.depth, indent: 0, gap: current.gap });
    current = undefined;
  };
  for (const { depth, text } of lines) {
    const shown = text.trimEnd();
    if (shown === '') {
      endBlock();
      emptyLines += 1;
      continue;
    }
    if (current?.depth !== depth) endBlock();
    current ??= { depth, gap: Math.min(emptyLines, maxGap), texts: [] };
    current.texts.push(shown);
    emptyLines = 0;
  }
  endBlock();
  return blocks;
}

/** Quote marks as programs write them: together, or with a space between. */
export function typedLine(line: string): Line {
  let depth = 0;
  let end = 0;
  while (line[end] === '>') {
    depth += 1;
    end += line[end + 1] === ' ' && line[end + 2] === '>' ? 2 : 1;
  }
  const isSpaced = depth > 0 && line[end] === ' ';
  return { depth, text: depth === 0 ? line : line.slice(isSpaced ? end + 1 : end) };
}

/** RFC 3676 sections 4.1 to 4.5: a line that ends with a space goes on in the next one of the same depth. */
function* joinFlowed(lines: readonly string[], { deletesSpaces }: FlowedFormat): Generator<Line> {
  let open: { readonly depth: number; readonly texts: string[] } | undefined;
  for (const line of lines) {
    const depth = /^>*/.exec(line)?.[0].length ?? 0;
    const text = line.slice(depth).replace(/^ /, '');
    const isSignature = text === '-- ';
    if (open !== undefined && (open.depth !== depth || isSignature)) {
      yield { depth: open.depth, text: open.texts.join('') };
      open = undefined;
    }
    const isFlowed = text.endsWith(' ') && !isSignature;
    open ??= { depth, texts: [] };
    open.texts.push(isFlowed && deletesSpaces ? text.slice(0, -1) : text);
    if (isFlowed) continue;
    yield { depth, text: open.texts.join('') };
    open = undefined;
  }
  if (open !== undefined) yield { depth: open.depth, text: open.texts.join('') };
}
