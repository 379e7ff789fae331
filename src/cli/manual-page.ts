import { version } from '../core/version.ts';
import type { CommandDescription } from './command.ts';
import { commands } from './commands.ts';

/** Text in which roff finds no request and no escape (groff_char(7), man(7)). */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^(?=[.'])/gm, '\\&')
    .replaceAll(/[^\x20-\x7e]/gu, (character) => {
      return `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
    });
}

function entry([name, description]: readonly [string, CommandDescription]): string {
  const { summary, forms, options, examples } = description;
  return [
    `.SS ${plain(name)}`,
    `${plain(summary)}.`,
    '.nf',
    ...forms.map((form) => `\\fBgmail\\-llm\\fR ${plain(form)}`),
    '.fi',
    ...Object.entries(options).flatMap(([option, meaning]) => ['.TP', `\\fB${plain(option)}\\fR`, plain(meaning)]),
    ...(examples.length === 0 ? [] : ['.PP', 'For example:', '.nf', ...examples.map(plain), '.fi']),
  ].join('\n');
}

/** The manual page gmail-llm(1), made from the same table as the help. */
export function manualPage(): string {
  return [
    `.TH GMAIL\\-LLM 1 "" "gmail\\-llm ${plain(version)}"`,
    '.SH NAME',
    'gmail\\-llm \\- Gmail for language models and for the other programs on a host',
    '.SH SYNOPSIS',
    '\\fBgmail\\-llm\\fR \\fICOMMAND\\fR \\[u2026]',
    '.SH COMMANDS',
    ...Object.entries(commands).map(entry),
    '.SH EXIT STATUS',
    '0 success; 2 invalid input; 4 not found; 5 conflict; 69 unsupported; 70 internal error; 75 try again later; 77 not allowed; 78 wrong runtime; 130 interrupted.',
    '.SH ENVIRONMENT',
    '\\fBgmail\\-llm config\\fR lists every variable with its value and origin.',
    '',
  ].join('\n');
}
