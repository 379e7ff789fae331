/**
 * Text in `format=flowed` (RFC 3676) with its paragraphs as lines again: a line that ends with a space goes on in the next
 * one of the same depth of quotes. `isDelSp` says that this space belongs to the format and not to the text.
 */
export function unflow(text: string, isDelSp: boolean): string {
  const lines: string[] = [];
  let paragraph: { readonly depth: number; words: string } | undefined;
  const endParagraph = (): void => {
    if (paragraph === undefined) return;
    const { depth, words } = paragraph;
    const quote = '>'.repeat(depth);
    lines.push(depth > 0 && words !== '' ? `${quote} ${words}` : `${quote}${words}`);
    paragraph = undefined;
  };
  for (const line of text.split('\n')) {
    const depth = /^>*/.exec(line)?.[0].length ?? 0;
    // Section 4.4: a space stands before a line that would be mistaken for something else.
    const content = line.slice(line[depth] === ' ' ? depth + 1 : depth);
    const isSignature = content === '-- ';
    if (paragraph?.depth !== depth || isSignature) endParagraph();
    paragraph ??= { depth, words: '' };
    const isFlowed = content.endsWith(' ') && !isSignature;
    paragraph.words += isFlowed && isDelSp ? content.slice(0, -1) : content;
    if (!isFlowed) endParagraph();
  }
  endParagraph();
  return lines.join('\n');
}
