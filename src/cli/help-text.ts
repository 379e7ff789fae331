import { version } from '../core/version.ts';
import type { CommandDescription } from './command.ts';
import { commands, type CommandName } from './commands.ts';

const defaultColumns = 80;
const leastColumns = 40;

/** The width that help is written for: the terminal's, within reason. */
export function helpWidth(stream: { readonly columns?: number | undefined }): number {
  return Math.max(leastColumns, Math.min(stream.columns ?? defaultColumns, 120));
}

/** Words in lines of at most `width` columns, each behind `indent`, the first behind `lead` of the same length. */
export function wrapped(text: string, lead: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = lead;
  for (const word of text.split(' ')) {
    const isFull = line.length + word.length + 1 > width && line.trim() !== '';
    if (isFull && line !== lead) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += line === lead || line === indent ? word : ` ${word}`;
  }
  return [...lines, line.trimEnd()].join('\n');
}

/** Terms with what they mean, in two columns; a long term stands on a line alone. */
export function definitionList(entries: readonly (readonly [string, string])[], width: number): string {
  const column = Math.min(Math.max(...entries.map(([term]) => term.length), 0), Math.floor(width / 3)) + 4;
  const indent = ' '.repeat(column);
  return entries
    .map(([term, meaning]) => {
      const lead = `  ${term}`;
      if (lead.length + 2 <= column) return wrapped(meaning, lead.padEnd(column), indent, width);
      return `${lead}\n${wrapped(meaning, indent, indent, width)}`;
    })
    .map((entry) => `${entry}\n`)
    .join('');
}

/** What `gmail-llm --help` prints. */
export function overview(width: number): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  return [
    `${wrapped(`gmail-llm ${version}: Gmail for language models and for the other programs on a host`, '', '', width)}\n`,
    'Usage: gmail-llm COMMAND …\n',
    definitionList(rows, width),
    `${wrapped('gmail-llm help COMMAND explains one; gmail-llm call --help lists the operations.', '', '', width)}\n`,
  ].join('\n');
}

/** What `gmail-llm help NAME` prints. */
export function commandHelp(name: CommandName, width: number): string {
  const { summary, forms, options, examples }: CommandDescription = commands[name];
  const parts = [
    `${wrapped(`gmail-llm ${name}: ${summary}`, '', '', width)}\n`,
    forms.map((form) => `  gmail-llm ${form}\n`).join(''),
    ...(Object.keys(options).length === 0 ? [] : [`Options:\n${definitionList(Object.entries(options), width)}`]),
    ...(examples.length === 0 ? [] : [`Examples:\n${examples.map((example) => `  ${example}\n`).join('')}`]),
  ];
  return parts.join('\n');
}
