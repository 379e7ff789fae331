import { AppError } from '../core/errors.ts';
import type { CommandContext } from './command.ts';
import { commands } from './commands.ts';
import { wordsAfter } from './words-after.ts';

const shells = ['bash', 'zsh', 'fish'] as const;

const table = (): readonly (readonly [string, readonly string[]])[] =>
  Object.entries(commands).map(([name, description]) => [name, wordsAfter(description)] as const);

function bash(operations: readonly string[]): string {
  const cases = table().map(([name, words]) => {
    const all = name === 'call' ? [...operations, ...words] : words;
    return `    ${name}) words='${all.join(' ')}' ;;`;
  });
  return `# bash completion of gmail-llm; use it with: source <(gmail-llm completion bash)
_gmail_llm() {
  local words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='${[...Object.keys(commands), 'help', 'version'].join(' ')}'
  else case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    help) words='${Object.keys(commands).join(' ')}' ;;
  esac fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _gmail_llm gmail-llm
`;
}

function zsh(operations: readonly string[]): string {
  return `#compdef gmail-llm
# zsh completion of gmail-llm; use it with: source <(gmail-llm completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(operations)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function fish(operations: readonly string[]): string {
  const isFirst = '__fish_use_subcommand';
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `complete -c gmail-llm -f -n ${isFirst} -a ${name} -d ${quoted(summary)}`,
  );
  const more = table().flatMap(([name, words]) => {
    const all = name === 'call' ? [...operations, ...words] : words;
    const isAfter = `'__fish_seen_subcommand_from ${name}'`;
    return [`complete -c gmail-llm -n ${isAfter} -a '${all.join(' ')}'`];
  });
  return `# fish completion of gmail-llm; use it with: gmail-llm completion fish | source\n${[...lines, ...more].join('\n')}\n`;
}

/** `gmail-llm completion bash|zsh|fish`: a script for that shell on standard output. Throws `INVALID_INPUT`. */
export async function runCompletion({ arguments: words, stdout }: CommandContext): Promise<number> {
  const shell = shells.find((each) => each === words[0]);
  if (shell === undefined || words.length !== 1) {
    throw new AppError('INVALID_INPUT', 'Which shell?', {
      expected: shells.join(', '),
      got: words.join(' ') || 'nothing',
    });
  }
  const { operations } = await import('../operations/operations.ts');
  const names = operations.map(({ name }) => name);
  stdout.write({ bash, zsh, fish }[shell](names));
  return 0;
}
