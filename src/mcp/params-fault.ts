import * as z from 'zod';
import { errorText } from '../core/errors.ts';

/** What zod says of a value in the params of a request, as far as a sentence needs it. */
interface ParamsIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The same as JSON. */
export const paramsIssues = z
  .array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() }))
  .min(1);

/** By place: what is expected where zod says it less plainly than a client needs it, and what to do. */
const places: Readonly<Record<string, { readonly expected?: string; readonly hint?: string }>> = {
  'params.uri': { hint: 'resources/list and resources/templates/list show what can be read.' },
  'params.name': { hint: 'tools/list and prompts/list show the names.' },
  'params.arguments': {
    expected: 'an object such as {"q":"from:ann"}',
    hint: 'tools/list and prompts/list show the arguments of each.',
  },
  'params.ref': { expected: '{"type":"ref/prompt","name":…} or {"type":"ref/resource","uri":…}' },
  'params.argument': { expected: '{"name":…,"value":…}' },
  'params.cursor': { hint: 'Leave it out: the lists of this server have one page.' },
  'params.notifications': { expected: 'an object such as {"resourceSubscriptions":["gmail://inbox"]}' },
};

/** The text of an error about the params of a request. */
export function paramsFault(faults: readonly string[], hint?: string): string {
  return errorText({
    code: 'INVALID_INPUT',
    message: 'The params of the request are not usable.',
    faults,
    ...(hint === undefined ? {} : { hint }),
  });
}

function sentence({ path, message }: ParamsIssue): string {
  const place = path.join('.');
  const [, said = message, received] = /^(?:Invalid input: )?(.*?)(?:, received (\w+))?$/s.exec(message) ?? [];
  const expected = places[place]?.expected ?? said.replace(/^expected /, '');
  const got = received === undefined ? '' : `, got ${received === 'undefined' ? 'nothing' : received}`;
  return `${place}: expected ${expected}${got}`;
}

/** The same, of what zod says. */
export function issuesFault(issues: readonly ParamsIssue[]): string {
  const hint = issues.flatMap(({ path }) => places[path.slice(0, 2).join('.')]?.hint ?? [])[0];
  return paramsFault(issues.map(sentence), hint);
}
