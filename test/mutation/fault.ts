/** A deliberate mistake in one place of the sources, and the tests that have to find it. */
export interface Fault {
  /** From the root of the package. */
  readonly file: string;
  /** What is wrong then, in a few words. */
  readonly what: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files that run from the sources, from the root of the package. */
  readonly tests: readonly string[];
  /** Names of the tests to run, where the files have slow ones besides. */
  readonly pattern?: string;
  /** Why no test finds it, where none does. */
  readonly survives?: string;
}

/** How often a text occurs in another one. */
function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** A file's text with the fault in it. Throws where the place is not there exactly once: then the list has to be changed. */
export function withFault(source: string, { file, what, find, replace }: Fault): string {
  const count = occurrences(source, find);
  if (count !== 1) {
    throw new Error(
      `The fault "${what}" expects exactly one \`${find}\` in ${file}, which has ${count}. Change its place under test/mutation/faults/.`,
    );
  }
  return source.replace(find, () => replace);
}
