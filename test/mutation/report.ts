import type { Fault } from './fault.ts';

/** What became of a fault. */
export interface Outcome {
  readonly isKilled: boolean;
  /** The test that found it; that it took too long; or empty. */
  readonly by: string;
}

/** The share of faults that has to be found. */
export const leastShare = 0.9;

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}

/** Killed faults of all of them, from 0 to 1. */
export function killedShare(results: readonly (readonly [Fault, Outcome])[]): number {
  return results.filter(([, { isKilled }]) => isKilled).length / results.length;
}

/** The page of the documentation, which says how many of `total` faults were tried. */
export function reportPage(results: readonly (readonly [Fault, Outcome])[], total: number): string {
  const killed = results.filter(([, { isKilled }]) => isKilled).length;
  const percent = Math.floor(killedShare(results) * 1000) / 10;
  const survivors = results.filter(([, { isKilled }]) => !isKilled);
  const rows = results.map(
    ([{ file, what }, { isKilled, by }]) =>
      `| ${file} | ${cell(what)} | ${isKilled ? 'killed' : '**survived**'} | ${cell(by)} |`,
  );
  return [
    '# Deliberate faults',
    '',
    '`npm run test:mutation` writes this page: it puts one fault at a time into a copy of the sources and runs the tests of its',
    'subject, which have to fail. A fault that survives shows a test that cannot fail. CONTRIBUTING.md says how to add one.',
    '',
    `**${killed} of the ${results.length} faults that were tried were killed (${percent} %)**; at least ${leastShare * 100} % have to be.`,
    results.length === total
      ? 'These are all.'
      : `The list has ${total}: the other ${total - results.length} have not been tried yet on these sources and tests.`,
    '',
    survivors.length === 0 ? 'None survived.' : 'These survived:',
    '',
    ...survivors.map(([{ file, what, survives }]) => `- ${file}, ${what}: ${survives ?? 'no reason is known'}.`),
    ...(survivors.length === 0 ? [] : ['']),
    '| file | fault | result | found by |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
