/** Quoted lines that fold only from this many on: one or two lines of context read better where they stand. */
const minFoldedLines = 3;

/** A line as it is compared: without quote marks, case and spacing, which mail programs change. */
function essence(line: string): string {
  return line
    .replace(/^[>\s|]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

function foldOne(body: string, seen: ReadonlySet<string>): string {
  const folded: string[] = [];
  let run: string[] = [];
  const endRun = () => {
    const quoted = run.filter((line) => essence(line) !== '').length;
    folded.push(...(quoted >= minFoldedLines ? [`[${quoted} quoted lines, see above]`] : run));
    run = [];
  };
  for (const line of body.split('\n')) {
    const text = essence(line);
    const isQuote = /^\s*>/.test(line);
    if (isQuote && (text === '' || seen.has(text))) run.push(line);
    else {
      endRun();
      folded.push(line);
    }
  }
  endRun();
  return folded.join('\n').trim();
}

/**
 * The texts of a thread, oldest first, in which quoted lines (`> …`) that already stand in an earlier text are replaced
 * by one line that counts them. A quoted line that stands nowhere above stays: nothing is lost by folding.
 */
export function foldQuotes(bodies: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return bodies.map((body) => {
    const folded = foldOne(body, seen);
    for (const line of body.split('\n')) seen.add(essence(line));
    return folded;
  });
}
