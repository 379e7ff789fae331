import { Parser } from 'htmlparser2';

// The one file that knows htmlparser2.

/** What is told of an HTML document, in order. */
export interface HtmlHandler {
  /** An element begins; names are in lower case. */
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void;
  /** Text with its entities decoded. */
  readonly text: (text: string) => void;
  /** An element ends, by its tag or because it must. */
  readonly close: (name: string) => void;
  /** The nesting is too deep: none of the open elements will be closed, reading goes on as if outside of all. */
  readonly abandonOpen: () => void;
}

/** The library's time goes with the square of the depth. Real mail nests up to about 200 elements. */
const maxDepth = 500;

/** Elements whose content the tokenizer reads as text: it must be the one to find their end. */
const rawTextElements = new Set('iframe noembed noframes plaintext script style textarea title xmp'.split(' '));

/** Reads HTML as browsers do, whatever is wrong with it. */
export function parseHtml(html: string, handler: HtmlHandler): void {
  let rest = html;
  while (rest !== '') {
    const stoppedAt = parseSegment(rest, handler);
    if (stoppedAt === undefined) return;
    handler.abandonOpen();
    rest = rest.slice(stoppedAt);
  }
}

/** Reads up to the end or to where the nesting gets too deep; answers the offset behind that tag. */
function parseSegment(html: string, handler: HtmlHandler): number | undefined {
  let depth = 0;
  let stoppedAt: number | undefined;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      depth += 1;
      handler.open(name, attributes);
      if (depth < maxDepth || stoppedAt !== undefined || rawTextElements.has(name)) return;
      stoppedAt = parser.endIndex + 1;
      parser.pause();
    },
    ontext: handler.text,
    onclosetag: (name) => {
      depth -= 1;
      handler.close(name);
    },
  });
  parser.write(html);
  if (stoppedAt === undefined) parser.end();
  return stoppedAt;
}
