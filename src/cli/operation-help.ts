import type { Operation } from '../operations/kernel/operation.ts';
import { definitionList, wrapped } from './help-text.ts';

type FieldSchema = Readonly<Record<string, unknown>>;

function asSchema(value: unknown): FieldSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function typeOf(schema: FieldSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map(String).join('|');
  if (schema.type === 'array') return `${typeOf(asSchema(schema.items))}, repeated`;
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((each) => typeOf(asSchema(each))).join(' or ');
  if (schema.type === 'object') return 'JSON object';
  return typeof schema.type === 'string' ? schema.type : 'text';
}

function meaningOf(schema: FieldSchema, isRequired: boolean): string {
  const { description, default: fallback } = schema;
  const facts = [
    isRequired ? 'required' : '',
    fallback === undefined ? '' : `default ${JSON.stringify(fallback)}`,
    typeof schema.minimum === 'number' ? `at least ${schema.minimum}` : '',
    typeof schema.maximum === 'number' ? `at most ${schema.maximum}` : '',
  ].filter((fact) => fact !== '');
  return [typeof description === 'string' ? description : '', facts.length === 0 ? '' : `(${facts.join(', ')})`]
    .filter((part) => part !== '')
    .join(' ');
}

/** An example value for a required field, by its type. */
function exampleOf(name: string, schema: FieldSchema): string {
  const first = Array.isArray(schema.enum) ? String(schema.enum[0]) : undefined;
  return `--${name} ${first ?? (schema.type === 'boolean' ? 'true' : '…')}`;
}

/** What `gmail-llm call OPERATION --help` prints: its fields with their types, what they default to, an example. */
export function operationHelp(operation: Operation, width: number): string {
  const { properties = {}, required = [] } = operation.inputSchema;
  const fields = Object.entries(properties).map(([name, value]) => ({ name, schema: asSchema(value) }));
  const rows = fields.map(
    ({ name, schema }) => [`--${name} ${typeOf(schema)}`, meaningOf(schema, required.includes(name))] as const,
  );
  const example = fields
    .filter(({ name }) => required.includes(name))
    .map(({ name, schema }) => exampleOf(name, schema));
  return [
    `${wrapped(`gmail-llm call ${operation.name}: ${operation.summary}`, '', '', width)}\n`,
    `  ${operation.method} ${operation.path}; needs the grant ${operation.grant}\n`,
    ...(rows.length === 0 ? [] : [`Fields:\n${definitionList(rows, width)}`]),
    `Example:\n  gmail-llm call ${[operation.name, ...example].join(' ')}\n`,
  ].join('\n');
}

/** What `gmail-llm call --help` adds: every operation with its summary. */
export function operationList(operations: readonly Operation[], width: number): string {
  return `Operations:\n${definitionList(
    operations.map(({ name, summary }) => [name, summary] as const),
    width,
  )}`;
}
