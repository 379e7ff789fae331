import { linesOf, maxGap, typedLine } from './blocks-of-text.ts';
import { maxQuoteMarks, quoted } from './write-text.ts';

/**
 * What `writeText(blocksOfText(text))` returns, in one pass without the blocks: most mail is plain text, and an import
 * writes every message out.
 */
export function writeTypedText(text: string): string {
  const written: string[] = [];
  let emptyLines = 0;
  let outerDepth = 0;
  for (const line of linesOf(text)) {
    const typed = typedLine(line);
    const shown = typed.text.trimEnd();
    if (shown === '') {
      emptyLines += 1;
      continue;
    }
    const depth = Math.min(typed.depth, maxQuoteMarks);
    const gap = written.length === 0 ? 0 : Math.min(emptyLines, maxGap);
    for (let count = 0; count < gap; count += 1) written.push('>'.repeat(Math.min(depth, outerDepth)));
    written.push(quoted(shown, depth));
    outerDepth = depth;
    emptyLines = 0;
  }
  return written.join('\n');
}
