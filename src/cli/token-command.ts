import { parseArgs } from 'node:util';
import { grants as allGrants, listForm, readList, type Grant } from '../core/configuration.ts';
import { AppError } from '../core/errors.ts';
import { fillHome } from '../core/home.ts';
import { createToken, listTokens, ownerToken, ownerTokenName, revokeToken } from '../server/tokens.ts';
import type { CommandContext } from './command.ts';

function parseGrants(text: string | undefined): readonly Grant[] {
  const { named, unknown } = readList(allGrants, text ?? '');
  const [got] = unknown;
  if (named.length > 0 && got === undefined) return named;
  throw new AppError('INVALID_INPUT', got === undefined ? 'A token needs grants.' : 'There is no such grant.', {
    field: '--grants',
    expected: listForm(allGrants),
    got: got ?? 'nothing',
  });
}

function nameFrom(name: string | undefined): string {
  if (name !== undefined && /^[\w.-]{1,64}$/.test(name)) return name;
  throw new AppError('INVALID_INPUT', 'A token has a name of its own.', {
    field: 'NAME',
    expected: '1 to 64 letters, digits, dots, hyphens or underscores',
    got: name ?? 'nothing',
  });
}

/** `gmail-llm token`: prints, makes, lists and revokes the tokens of the servers. */
export async function runToken({ arguments: words, home, stdout }: CommandContext): Promise<number> {
  const { values, positionals } = parseTokenArguments(words);
  const [verb, name, ...more] = positionals;
  if (more.length > 0) {
    throw new AppError('INVALID_INPUT', 'There are words too many.', { got: more.join(' ') });
  }
  fillHome(home);
  const { dataFolder } = home;
  switch (verb) {
    case undefined:
      stdout.write(`${ownerToken(dataFolder)}\n`);
      return 0;
    case 'create':
      stdout.write(`${createToken(dataFolder, nameFrom(name), parseGrants(values.grants), new Date())}\n`);
      return 0;
    case 'list':
      stdout.write(`${ownerTokenName}\tall grants\n`);
      for (const token of listTokens(dataFolder)) {
        stdout.write(`${token.name}\t${token.grants.join(',')}\t${token.createdAt}\n`);
      }
      return 0;
    case 'revoke':
      revokeToken(dataFolder, nameFrom(name));
      return 0;
    default:
      throw new AppError('INVALID_INPUT', `There is no verb ${verb}.`, {
        expected: 'create, list or revoke',
        got: verb,
      });
  }
}

function parseTokenArguments(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { grants: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('INVALID_INPUT', reason, { expected: 'token [create NAME --grants …|list|revoke NAME]' }, error);
  }
}
