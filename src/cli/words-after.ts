import { meantHint, nearestWord } from '../core/did-you-mean.ts';
import { AppError } from '../core/errors.ts';
import type { CommandDescription } from './command.ts';
import { clients } from './connect/clients.ts';

/** The words that can follow a command: sub-commands of its forms, and its options without their values. */
export function wordsAfter({ forms, options }: CommandDescription): readonly string[] {
  const verbs = forms
    .map((form) => form.split(' ')[1] ?? '')
    .flatMap((word) => word.replaceAll(/[[\]]/g, '').split('|'))
    .filter((word) => /^[a-z][a-z-]+$/.test(word));
  const names = Object.keys(options)
    .map((option) => option.split(' ')[0] ?? '')
    .filter((option) => !option.startsWith('--FIELD'));
  const named = forms.some((form) => /^(?:dis)?connect CLIENT/.test(form)) ? Object.keys(clients) : [];
  return [...new Set([...verbs, ...named, ...names, '--help'])];
}

/**
 * The error with what was probably meant, where one of the words after a command, its first or an option, is none that the
 * command knows but like one of them, and the error gives no hint itself.
 */
export function withMeantWord(
  error: unknown,
  command: { readonly name: string; readonly description: CommandDescription; readonly words: readonly string[] },
): unknown {
  if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT' || error.details.hint !== undefined) return error;
  const known = wordsAfter(command.description);
  const typed = command.words
    .filter((word, place) => word.startsWith('--') || (place === 0 && !word.startsWith('-')))
    .map((word) => word.split('=')[0] ?? '');
  const wrong = typed.find((word) => {
    const ofItsKind = known.filter((each) => each.startsWith('--') === word.startsWith('--'));
    return !known.includes(word) && nearestWord(word, ofItsKind) !== undefined;
  });
  if (wrong === undefined) return error;
  const hint = meantHint(wrong, known, `\`gmail-llm ${command.name} --help\` explains each.`);
  return new AppError(error.code, error.message, { ...error.details, hint }, error.cause);
}
