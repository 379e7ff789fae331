import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json-object.ts';
import { meantField } from './meant-field.ts';
import { repairInput, type InputSchema } from './repair-input.ts';
import { accountAddress } from '../../mail/account-address.ts';
import { requireWholeCharacters } from '../../mail/compose/header-text.ts';

/** The fields of an input, each with its schema. */
export type Shape = Readonly<Record<string, z.ZodType>>;
/** An input as an operation is given it. */
export type InputOf<Input extends Shape> = z.output<z.ZodObject<Input, z.core.$strict>>;

/** The input of an operation: its own fields, and those that every operation takes. */
export interface OperationInput<Own> {
  readonly schema: z.ZodType;
  readonly jsonSchema: InputSchema;
  /**
   * Checks an input; what its schema refuses but can mean only one thing is taken for that (see `repairInput`). Throws
   * `INVALID_INPUT` with every fault at once.
   */
  read(input: unknown): { readonly account: string | undefined; readonly isDryRun: boolean; readonly own: Own };
}

/** The field that every operation takes beside its own. */
const accountShape = {
  account: accountAddress.optional().describe('If several are connected.'),
};
/** The field that every operation takes that changes something. */
const dryRunShape = { dryRun: z.boolean().default(false).describe('Only tell what would change.') };
const commonOnly = z.looseObject({ ...accountShape, ...dryRunShape });
/** How often an input is looked at again: a list as text, whose items are objects as text, whose fields are. */
const maxRepairs = 4;

/** What stands at a place of the input, short enough to be shown. */
function shownValue(input: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>((at, key) => {
    return typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
  }, input);
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

const placeOf = ({ path }: z.core.$ZodIssue) => path.join('.');

/** What zod says less plainly than people expect. */
const plainer: Readonly<Record<string, string>> = {
  'Invalid ISO datetime': 'expected a time such as 2027-01-31T09:00:00Z',
};

/** What was expected, without what zod says of the value: that is shown itself. */
function expectation({ message }: z.core.$ZodIssue): string {
  return plainer[message] ?? message.replace(/^Invalid input: /, '').replace(/, received \w+$/, '');
}

/** The faults of an input as one error: each with its field, what was expected and what was found. */
function invalidInput(
  operation: string,
  input: unknown,
  issues: readonly z.core.$ZodIssue[],
  known: readonly string[],
): AppError {
  const ofWrongType = new Set(issues.filter(({ code }) => code === 'invalid_type').map(placeOf));
  // The length of a text says nothing where a list was expected.
  const telling = issues.filter((issue) => issue.code === 'invalid_type' || !ofWrongType.has(placeOf(issue)));
  const faults = telling.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? { field: issue.keys.map((key) => [...issue.path, key].join('.')).join(', '), reason: 'no such field' }
      : { field: issue.path.join('.'), reason: `${expectation(issue)}, got ${shownValue(input, issue.path)}` },
  );
  const field = faults[0]?.field ?? '';
  const unknown = telling.flatMap((issue) =>
    issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : [],
  );
  const meant = new Set(unknown.flatMap((name) => meantField(name, known) ?? []));
  return new AppError('INVALID_INPUT', `The input of ${operation} is not usable.`, {
    ...(field === '' ? {} : { field }),
    ...(unknown.length > 0 ? { expected: `fields: ${known.join(', ')}` } : {}),
    ...(meant.size > 0 ? { hint: `Did you mean ${[...meant].join(', ')}?` } : {}),
    faults: faults.map((fault) => `${fault.field || 'input'}: ${fault.reason}`),
  });
}

/** Throws `INVALID_INPUT` for half a character in any text: stores and mail keep another one, so that nothing is what was asked for. */
function requireWholeTexts(value: unknown, place: string): void {
  if (typeof value === 'string') requireWholeCharacters(value, place);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) requireWholeTexts(part, place === '' ? name : `${place}.${name}`);
  }
}

/** What `make` returns, made once. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The input of an operation. Schemas are made when they are first asked for: there are many, and a start waits for none. */
export function operationInput<Input extends Shape>(
  name: string,
  shape: Input,
  { takesDryRun, isUpdate }: { readonly takesDryRun: boolean; readonly isUpdate: boolean },
): OperationInput<InputOf<Input>> {
  const fields = once(() => z.strictObject(shape));
  const schema = once(() => z.strictObject({ ...shape, ...accountShape, ...(takesDryRun ? dryRunShape : {}) }));
  const jsonSchema = once(() => z.toJSONSchema(schema(), { io: 'input' }));

  function check(input: unknown) {
    const common = commonOnly.safeParse(input);
    const { account: _, dryRun, ...others } = isJsonObject(input) ? input : {};
    // Where there is no such field it is one too many.
    const own = fields().safeParse(!takesDryRun && dryRun !== undefined ? { ...others, dryRun } : others);
    if (own.success && common.success) return { common: common.data, own: own.data };
    return { issues: [...(common.error?.issues ?? []), ...(own.error?.issues ?? [])] };
  }

  return {
    get schema() {
      return schema();
    },
    get jsonSchema() {
      return jsonSchema();
    },
    read(input) {
      requireWholeTexts(input, '');
      let given = input;
      let checked = check(given);
      for (let repairs = 0; 'issues' in checked && repairs < maxRepairs; repairs += 1) {
        if (!isJsonObject(given)) break;
        const repaired = repairInput(given, checked.issues, { schema: jsonSchema(), isUpdate });
        if (repaired === given) break;
        given = repaired;
        checked = check(given);
      }
      if ('issues' in checked) {
        throw invalidInput(name, given, checked.issues, Object.keys(schema().shape));
      }
      const { common, own } = checked;
      return { account: common.account, isDryRun: common.dryRun, own };
    },
  };
}
