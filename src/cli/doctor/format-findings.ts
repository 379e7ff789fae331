import { escapeUnprintable } from '../../core/escape-unprintable.ts';
import type { Finding } from './finding.ts';

/** A sign that tells without colour, and the colour (SGR) that a terminal adds. */
const looks: Readonly<Record<Finding['state'], { readonly sign: string; readonly colour: number }>> = {
  ok: { sign: '✓', colour: 32 },
  warning: { sign: '!', colour: 33 },
  fault: { sign: '✗', colour: 31 },
  skipped: { sign: '-', colour: 2 },
};

function count(findings: readonly Finding[], state: Finding['state'], one: string, many: string): string {
  const total = findings.filter((finding) => finding.state === state).length;
  return `${total} ${total === 1 ? one : many}`;
}

/** A line for each finding, what to do below it, and the sum at the end. */
export function formatFindings(findings: readonly Finding[], hasColour: boolean): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, state, found, fix }) => {
    const { sign, colour } = looks[state];
    const shown = hasColour ? `\u001B[${colour}m${sign}\u001B[0m` : sign;
    const line = `${shown} ${name.padEnd(width)}  ${escapeUnprintable(found)}`;
    return fix === undefined ? [line] : [line, `${' '.repeat(width + 4)}→ ${escapeUnprintable(fix)}`];
  });
  const sum = `${count(findings, 'fault', 'fault', 'faults')}, ${count(findings, 'warning', 'warning', 'warnings')}`;
  return `${lines.join('\n')}\n\n${sum}\n`;
}
