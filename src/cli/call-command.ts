import { readFileSync } from 'node:fs';
import { AppError, messageOf } from '../core/errors.ts';
import { originFields, valueWithOrigin } from '../operations/kernel/answer-origin.ts';
import type { Operation } from '../operations/kernel/operation.ts';
import { operations } from '../operations/operations.ts';
import { fieldTypes, readTextFields } from '../operations/kernel/text-fields.ts';
import { invokeAsOwner } from './as-owner.ts';
import type { CommandContext } from './command.ts';
import { meantHint } from '../core/did-you-mean.ts';
import { commandHelp } from './help-text.ts';
import { operationHelp, operationList } from './operation-help.ts';
import { withServices } from './with-services.ts';

function operationNamed(name: string | undefined): Operation {
  const operation = operations.find((candidate) => candidate.name === name);
  if (operation !== undefined) return operation;
  throw new AppError('INVALID_INPUT', name === undefined ? 'Which operation?' : `There is no operation ${name}.`, {
    field: 'OPERATION',
    expected: operations.map((candidate) => candidate.name).join(', '),
    got: name ?? 'nothing',
    hint: meantHint(
      name ?? '',
      operations.map((candidate) => candidate.name),
      '`gmail-llm call --help` lists them.',
    ),
  });
}

/** What `gmail-llm call [OPERATION] --help` prints. Throws `INVALID_INPUT` for an unknown operation. */
export function callHelp(name: string | undefined, width: number): string {
  return name === undefined
    ? `${commandHelp('call', width)}\n${operationList(operations, width)}`
    : operationHelp(operationNamed(name), width);
}

/** The most that is read from a file or standard input for one field. */
const maxFileBytes = 40_000_000;

/** Bytes of another encoding would be other words in a mail: they are refused. */
function textOf(bytes: Buffer, field: string, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const hint = 'Convert it first, as with: iconv -f ISO-8859-1 -t UTF-8';
    throw new AppError('INVALID_INPUT', `${path} is not in UTF-8.`, { field, expected: 'text in UTF-8', hint }, error);
  }
}

/** What `--FIELD-file PATH` stands for. A value itself never names a file: an agent may paste what a mail says. */
function readValueFile(field: string, path: string): string {
  try {
    const bytes = readFileSync(path === '-' ? 0 : path);
    if (bytes.byteLength > maxFileBytes) {
      throw new AppError('TOO_LARGE', `${path} is too large.`, { field, expected: `at most ${maxFileBytes} bytes` });
    }
    return textOf(bytes, field, path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const details = { field, expected: 'a file that can be read, or - for standard input', got: path };
    throw new AppError('INVALID_INPUT', `${path} cannot be read: ${messageOf(error)}.`, details, error);
  }
}

/**
 * Names and texts of `--field value` words; `--field=value`, `--field-file path` and a boolean alone count too.
 * Throws `INVALID_INPUT` for words of another form.
 */
export function readFields(operation: Operation, words: readonly string[]): readonly (readonly [string, string])[] {
  const types = fieldTypes(operation);
  const fields: (readonly [string, string])[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const [, name, isFile, inline] = /^--([A-Za-z]+)(-file)?(?:=(.*))?$/s.exec(words[index] ?? '') ?? [];
    if (name === undefined) {
      throw new AppError('INVALID_INPUT', 'Fields are given by name.', {
        expected: '--field value',
        got: words[index] ?? '',
      });
    }
    const next = words[index + 1];
    const isSwitch =
      isFile === undefined && types.get(name) === 'boolean' && (next === undefined || next.startsWith('--'));
    const text = inline ?? (isSwitch ? 'true' : next);
    if (text === undefined) {
      throw new AppError('INVALID_INPUT', `The field ${name} has no value.`, {
        field: name,
        expected: `--${name} value`,
      });
    }
    if (inline === undefined && !isSwitch) index += 1;
    fields.push([name, isFile === undefined ? text : readValueFile(`--${name}-file`, text)]);
  }
  return fields;
}

/** `gmail-llm call OPERATION [--field value …]`: the operation's JSON on standard output; a file as base64. */
export async function runCall({ arguments: words, environment, stdout, signal }: CommandContext): Promise<number> {
  const operation = operationNamed(words[0]);
  const input = readTextFields(operation, readFields(operation, words.slice(1)));
  return withServices(environment, async (assembly) => {
    const answer = await invokeAsOwner(assembly, operation, input, { signal });
    const value =
      answer.kind === 'json'
        ? valueWithOrigin(answer.value, answer.origin)
        : {
            filename: answer.file.filename,
            mimeType: answer.file.mimeType,
            size: answer.file.content.byteLength,
            contentBase64: Buffer.from(answer.file.content).toString('base64'),
            ...(answer.origin === undefined ? {} : originFields(answer.origin)),
          };
    stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    return 0;
  });
}
