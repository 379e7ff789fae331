import { randomBytes } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type {
  CallToolResult,
  ClientCapabilities,
  ElicitRequestFormParams,
  InputRequiredResult,
  RequestStateCodec,
  ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { runInContext } from '../core/context.ts';
import { rightsOf, type Principal } from '../safety/tokens/check-token.ts';
import type { Confirm, ParkedSend } from '../operations/sending/confirm-send.ts';
import { sendQuestion } from '../operations/sending/send-question.ts';
import { callIdOf, clientOf, contextOfCall } from './call-id.ts';
import { hasForms } from './has-forms.ts';
import type { OperationTool } from './operation-tool.ts';
import type { PlainCall } from './plain-call.ts';

/** How long a person may think; a repeated call is known by its id for twice as long. */
const personPatienceMs = 5 * 60_000;

/** The name of the one question in an answer that asks for input. */
const questionKey = 'send';

type Decision = Awaited<ReturnType<Confirm>>;

/** What a client carries from the question to its answer. */
const asked = z.object({ principalName: z.string(), callId: z.string(), contentHash: z.string() });
type Asked = z.output<typeof asked>;

/** What signs questions, so that no client can answer one that it was not asked. */
export type QuestionSeal = RequestStateCodec<Asked>;

/**
 * Makes a seal of questions. A key of this process alone has a question from before a restart asked again; one that hosts
 * share lets a person's answer reach any of them.
 */
export function createQuestionSeal(sharedKey: (() => Uint8Array | undefined) | undefined): QuestionSeal {
  let made: QuestionSeal | undefined;
  const seal = () =>
    (made ??= createRequestStateCodec<Asked>({
      key: sharedKey?.() ?? randomBytes(32),
      ttlSeconds: personPatienceMs / 1000,
    }));
  return { mint: (...said) => seal().mint(...said), verify: (...said) => seal().verify(...said) };
}

/** One side of a connection, as far as a call needs it. */
export interface CallingClient {
  /** Who makes the call, and what they may do by now. */
  readonly principal: () => Principal;
  readonly connectionId: string;
  /** What a 2025 client declared when it connected. */
  readonly capabilities: ClientCapabilities | undefined;
  /** What it said of itself then. */
  readonly connectedAs: PlainCall['client'];
}

/** What a 2026-07-28 request says of its client. */
const declared = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({
    elicitation: z
      .object({ form: z.object({}), url: z.object({}) })
      .partial()
      .optional(),
  }),
});

/** Said with each call in 2026-07-28, once for all before. */
function declaredBy({ mcpReq }: ServerContext, connected: ClientCapabilities | undefined) {
  if (mcpReq.envelope === undefined) return connected;
  return declared.safeParse(mcpReq.envelope).data?.[CLIENT_CAPABILITIES_META_KEY];
}

async function askedBefore(
  context: ServerContext,
  seal: QuestionSeal,
  principalName: string,
): Promise<Asked | undefined> {
  const state: unknown = context.mcpReq.requestState();
  if (typeof state !== 'string') return undefined;
  try {
    const { data } = asked.safeParse(await seal.verify(state, context));
    return data?.principalName === principalName ? data : undefined;
  } catch {
    // Forged, too old or of another process: as if nothing had been asked.
    return undefined;
  }
}

/** A form without fields: its buttons are the answer. */
function formOf(parked: ParkedSend): ElicitRequestFormParams {
  return { message: sendQuestion(parked), requestedSchema: { type: 'object', properties: {} } };
}

function decisionOf(action: string | undefined): Decision {
  return action === 'accept' || action === 'decline' ? action : 'undecided';
}

/** Asks a 2025 client on its own stream. Undecided when it fails, refuses to answer or takes too long. */
async function askOnStream({ mcpReq }: ServerContext, question: ParkedSend): Promise<Decision> {
  try {
    const request = { method: 'elicitation/create' as const, params: { ...formOf(question) } };
    const { action } = await mcpReq.send(request, { timeout: personPatienceMs, signal: mcpReq.signal });
    return decisionOf(action);
  } catch {
    // The message stays parked, which the answer says.
    return 'undecided';
  }
}

/**
 * Calls a tool so that the person at the client is asked about a send that policy parks, where the client can ask: in
 * 2026-07-28 the answer asks for input and the client calls again with it; a 2025 client is asked while its call waits.
 */
export async function callWithPerson(
  tool: OperationTool,
  input: unknown,
  context: ServerContext,
  { principal, connectionId, capabilities, connectedAs }: CallingClient,
  seal: QuestionSeal,
): Promise<CallToolResult | InputRequiredResult> {
  const { signal, envelope, inputResponses } = context.mcpReq;
  // Nothing is asked about reading, and repeating it changes nothing.
  if (tool.isReadOnly) return tool.call(input, { ...rightsOf(principal()), signal });
  const principalName = principal().name;
  const before = await askedBefore(context, seal, principalName);
  const callId = before?.callId ?? callIdOf(context, { principalName, connectionId });
  const callContext = contextOfCall(callId, clientOf(context, connectedAs));
  const call = (confirm?: Confirm): Promise<CallToolResult> =>
    runInContext(callContext, () =>
      tool.call(input, { ...rightsOf(principal()), signal, ...(confirm === undefined ? {} : { confirm }) }),
    );

  if (!hasForms(declaredBy(context, capabilities))) return call();

  const response = inputResponse(inputResponses, questionKey);
  let question: ParkedSend | undefined;
  const result = await call(async (parked) => {
    const isAnswered = before?.contentHash === parked.message.contentHash && response.kind === 'elicit';
    if (isAnswered) return decisionOf(response.action);
    question = parked;
    return 'undecided';
  });
  if (question === undefined) return result;
  const parked: ParkedSend = question;
  const { contentHash } = parked.message;
  if (envelope !== undefined) {
    return inputRequired({
      inputRequests: { [questionKey]: inputRequired.elicit(formOf(parked)) },
      requestState: await seal.mint({ principalName, callId, contentHash }, context),
    });
  }
  const decision = await askOnStream(context, parked);
  if (decision === 'undecided') return result;
  // What was asked is sent, or nothing: the call is made anew, and its message could have become another.
  return call(async ({ message }) => (message.contentHash === contentHash ? decision : 'undecided'));
}
