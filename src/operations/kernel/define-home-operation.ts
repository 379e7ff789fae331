import type * as z from 'zod';
import type { Grant } from '../../core/grants.ts';
import { renderAnswer, type AnswerText } from './answer-text.ts';
import type { HomeCall } from './home-call.ts';
import type { InputOf, Shape } from './operation-input.ts';
import { buildOperation, type Operation, type OperationRecord, type Route } from './operation.ts';

interface HomeOperation<
  G extends Grant,
  R extends Route,
  Input extends Shape,
  Output extends z.ZodType,
> extends OperationRecord<G, R, Input> {
  readonly output: Output;
  /** Whether what was asked is still to happen: over REST a 202 (RFC 9110 section 15.3.3). */
  readonly isPending?: (output: z.output<Output>) => boolean;
  readonly run: (input: InputOf<Input>, call: HomeCall) => z.output<Output> | Promise<z.output<Output>>;
  /** The answer as a language model reads it, everything that somebody else can have written in a fence. */
  readonly text: (output: z.output<Output>, input: InputOf<Input>, call: HomeCall) => AnswerText;
}

/** Defines an operation about the installation and not about one mailbox. It has no dry run: it changes no mail. */
export function defineHomeOperation<G extends Grant, R extends Route, Input extends Shape, Output extends z.ZodType>(
  record: HomeOperation<G, R, Input, Output>,
): Operation {
  const { isPending } = record;
  const more = {
    output: { kind: 'json', schema: record.output },
    isReadOnly: record.route.startsWith('GET '),
    readsMailbox: false,
    canBePending: isPending !== undefined,
    takesDryRun: false,
  } as const;
  return buildOperation(record, more, ({ own, ...common }) => ({
    ...common,
    kind: 'home',
    async run(call) {
      const value = await record.run(own, call);
      return {
        kind: 'json',
        value,
        isPending: isPending?.(value) ?? false,
        text: async (makeNonce) => renderAnswer(record.text(value, own, call), makeNonce),
      };
    },
  }));
}
