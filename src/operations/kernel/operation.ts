import type * as z from 'zod';
import type { Grant, Toolset } from '../../core/grants.ts';
import type { ServedRead } from '../../core/served-reads.ts';
import { isDryRun, type DryRun } from '../../safety/changes/dry-run.ts';
import { answerDryRun } from './answer-dry-run.ts';
import { linksOf, renderAnswer, type AnswerText, type FileLink, type MakeNonce } from './answer-text.ts';
import type { Call, Changing, SendingCall, Sends } from './call.ts';
import type { HomeCall } from './home-call.ts';
import { operationInput, type InputOf, type OperationInput, type Shape } from './operation-input.ts';
import type { InputSchema } from './repair-input.ts';

/** A file as an answer: REST sends the bytes, a model gets what the operation's `text` makes of it. */
export interface FileAnswer {
  readonly filename: string;
  readonly mimeType: string;
  readonly content: Uint8Array;
  /** What the message says that a text is written in. */
  readonly charset?: string;
  /** A picture that a model is shown as such, beside the text. */
  readonly image?: { readonly mimeType: string; readonly content: Uint8Array };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type Method = (typeof methods)[number];

export type Route = `${Method} /api/${string}`;

type ChangingFor<G extends Grant, R extends Route> = G extends 'read'
  ? unknown
  : R extends `GET ${string}`
    ? unknown
    : Changing;
type SendsFor<G extends Grant> = G extends 'send' ? Sends : unknown;
/** What an operation is given by its grant and route: one that reads and writes all the same does not compile. */
type CallFor<G extends Grant, R extends Route> = Call & ChangingFor<G, R> & SendsFor<G>;
/** Whoever changes something says what it came to in a dry run, too. */
type DryRunFor<G extends Grant, R extends Route> = G extends 'read'
  ? never
  : R extends `GET ${string}`
    ? never
    : DryRun;

/** One operation as its file writes it down: the only source of its tool, its route and its command. */
export interface OperationRecord<G extends Grant, R extends Route, Input extends Shape> {
  readonly name: string;
  /** Method and path, with `{name}` for a field of the input: `GET /api/messages/{id}`. A GET changes nothing. */
  readonly route: R;
  readonly grant: G;
  /** Where agents find it; without one it is for REST and the command line only. */
  readonly toolset?: Toolset;
  /** One or two sentences for a model and for the API's page. */
  readonly summary: string;
  /** Fields of the input; `account` is added to every operation, `dryRun` to those that change something. A field not named here is refused. */
  readonly input: Input;
  /** Whether doing it twice is the same as doing it once; without a word, as its method promises (RFC 9110 section 9.2.2). */
  readonly isIdempotent?: boolean;
  /** Whether it takes away, or gives away, what undoing cannot bring back. */
  readonly isDestructive?: boolean;
}

interface JsonOperation<
  G extends Grant,
  R extends Route,
  Input extends Shape,
  Output extends z.ZodType,
> extends OperationRecord<G, R, Input> {
  readonly output: Output;
  /** Whether what was asked is still to happen: over REST a 202 (RFC 9110 section 15.3.3). */
  readonly isPending?: (output: z.output<Output>) => boolean;
  readonly run: (input: InputOf<Input>, call: CallFor<G, R>) => Promise<z.output<Output> | DryRunFor<G, R>>;
  /** The answer as a language model reads it, everything that somebody else can have written in a fence. */
  readonly text: (output: z.output<Output>, input: InputOf<Input>, call: Call) => AnswerText | Promise<AnswerText>;
}

interface FileOperation<G extends Grant, R extends Route, Input extends Shape> extends OperationRecord<G, R, Input> {
  /** The media type of the answer, or a wildcard where each file has its own. */
  readonly mediaType: string;
  readonly run: (input: InputOf<Input>, call: CallFor<G, R>) => Promise<FileAnswer | DryRunFor<G, R>>;
  readonly text: (output: FileAnswer, input: InputOf<Input>, call: Call) => AnswerText | Promise<AnswerText>;
}

/** Makes the text of an answer, with a code for its fence that nobody can foresee or, in tests, one that is given. */
type MakeText = (makeNonce?: MakeNonce) => Promise<string>;

/** What an operation answered, in the forms that servers need; `text` is made only when asked for. */
export type Answer = {
  /** Where it comes from, on an account that has a mirror. */
  readonly origin?: ServedRead;
} & (
  | {
      readonly kind: 'json';
      readonly value: unknown;
      readonly text: MakeText;
      /** What was asked is still to happen. */
      readonly isPending?: boolean;
    }
  | {
      readonly kind: 'file';
      readonly file: FileAnswer;
      readonly text: MakeText;
      /** Files that the text points to; complete once the text is made. */
      readonly links: readonly FileLink[];
    }
);

/** An operation whose input has been checked: it names its account and waits for what it works on. */
type PreparedOperation = {
  readonly account: string | undefined;
  /** Whether nothing may be changed: the answer is what would have been. */
  readonly isDryRun: boolean;
} & (
  | { readonly kind: 'mailbox'; readonly run: (call: SendingCall) => Promise<Answer> }
  /** It is about the installation, and opens a mailbox only where it needs one. */
  | { readonly kind: 'home'; readonly run: (call: HomeCall) => Promise<Answer> }
);

/** An operation as servers see it, its types closed over. */
export interface Operation {
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly grant: Grant;
  readonly toolset: Toolset | undefined;
  readonly summary: string;
  /** Whether it changes nothing. */
  readonly isReadOnly: boolean;
  readonly isIdempotent: boolean;
  readonly isDestructive: boolean;
  /** Whether its answer is of one mailbox, and says where it comes from. */
  readonly readsMailbox: boolean;
  /** Whether an answer may say that what was asked is still to happen. */
  readonly canBePending: boolean;
  /** For documents; checking is `prepare`'s work. */
  readonly input: z.ZodType;
  /** The same as JSON Schema. */
  readonly inputSchema: InputSchema;
  readonly output:
    | { readonly kind: 'json'; readonly schema: z.ZodType }
    | { readonly kind: 'file'; readonly mediaType: string };
  /**
   * Checks the input; what its schema refuses but can mean only one thing is taken for that (see `repairInput`). Throws
   * `INVALID_INPUT` with every fault at once.
   */
  readonly prepare: (input: unknown) => PreparedOperation;
}

/** What an operation's file says, as servers see it; `prepare` makes of a checked input what waits to be run. */
export function buildOperation<Input extends Shape>(
  record: OperationRecord<Grant, Route, Input>,
  more: Pick<Operation, 'output' | 'isReadOnly' | 'readsMailbox' | 'canBePending'> & { readonly takesDryRun: boolean },
  prepare: (checked: ReturnType<OperationInput<InputOf<Input>>['read']>) => PreparedOperation,
): Operation {
  const method = methods.find((name) => record.route.startsWith(`${name} `));
  if (method === undefined) throw new Error(`${record.name} has no method in its route ${record.route}`);
  const { output, isReadOnly, readsMailbox, canBePending, takesDryRun } = more;
  const isUpdate = method === 'PUT' || method === 'PATCH';
  const input = operationInput(record.name, record.input, { takesDryRun, isUpdate });
  return {
    name: record.name,
    method,
    path: record.route.slice(method.length + 1),
    grant: record.grant,
    toolset: record.toolset,
    summary: record.summary,
    isReadOnly,
    readsMailbox,
    isIdempotent: record.isIdempotent ?? (isReadOnly || method !== 'POST'),
    isDestructive: record.isDestructive ?? false,
    canBePending,
    get input() {
      return input.schema;
    },
    output,
    get inputSchema() {
      return input.jsonSchema;
    },
    prepare: (given) => prepare(input.read(given)),
  };
}

function toOperation<G extends Grant, R extends Route, Input extends Shape, Output>(
  record: OperationRecord<G, R, Input> & {
    readonly run: (input: InputOf<Input>, call: CallFor<G, R>) => Promise<Output | DryRun>;
    readonly text: (output: Output, input: InputOf<Input>, call: Call) => AnswerText | Promise<AnswerText>;
  },
  output: Operation['output'],
  answer: (value: Output, text: MakeText, links: readonly FileLink[]) => Answer,
  canBePending = false,
): Operation {
  const isReadOnly = record.grant === 'read' || record.route.startsWith('GET ');
  const more = { output, isReadOnly, readsMailbox: isReadOnly, canBePending, takesDryRun: !isReadOnly };
  return buildOperation(record, more, ({ own, ...common }) => ({
    ...common,
    kind: 'mailbox',
    async run(call) {
      const value = await record.run(own, call);
      if (isDryRun(value)) return answerDryRun(value);
      const links: FileLink[] = [];
      const makeText: MakeText = async (makeNonce) => {
        const text = await record.text(value, own, call);
        links.splice(0, links.length, ...linksOf(text));
        return renderAnswer(text, makeNonce);
      };
      return answer(value, makeText, links);
    },
  }));
}

/** Defines an operation that answers JSON. */
export function defineOperation<G extends Grant, R extends Route, Input extends Shape, Output extends z.ZodType>(
  record: JsonOperation<G, R, Input, Output>,
): Operation {
  const { isPending } = record;
  return toOperation(
    record,
    { kind: 'json', schema: record.output },
    (value, text) => ({ kind: 'json', value, text, isPending: isPending?.(value) ?? false }),
    isPending !== undefined,
  );
}

/** Defines an operation that answers a file. */
export function defineFileOperation<G extends Grant, R extends Route, Input extends Shape>(
  record: FileOperation<G, R, Input>,
): Operation {
  return toOperation(record, { kind: 'file', mediaType: record.mediaType }, (file, text, links) => ({
    kind: 'file',
    file,
    text,
    links,
  }));
}
