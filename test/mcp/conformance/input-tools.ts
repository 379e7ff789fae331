import {
  CLIENT_CAPABILITIES_META_KEY,
  acceptedContent,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type {
  CallToolResult,
  ElicitRequestFormParams,
  InputRequiredResult,
  InputRequests,
  InputResponseView,
  McpServer,
  ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';

type Answer = CallToolResult | InputRequiredResult;
type Run = (context: ServerContext) => Answer | Promise<Answer>;

const named = z.object({ name: z.string() });
const confirmed = z.object({ ok: z.boolean() });
const colored = z.object({ color: z.string() });
const declaredCapabilities = z.object({
  [CLIENT_CAPABILITIES_META_KEY]: z.object({ elicitation: z.unknown(), sampling: z.unknown() }).partial(),
});
const askName = inputRequired.elicit({ message: 'What is your name?', requestedSchema: named });

const enumsSchema: ElicitRequestFormParams['requestedSchema'] = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: {
      type: 'string',
      oneOf: [
        { const: 'value1', title: 'First Option' },
        { const: 'value2', title: 'Second Option' },
        { const: 'value3', title: 'Third Option' },
      ],
    },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: {
      type: 'array',
      items: {
        anyOf: [
          { const: 'value1', title: 'First Choice' },
          { const: 'value2', title: 'Second Choice' },
          { const: 'value3', title: 'Third Choice' },
        ],
      },
    },
  },
};

const defaultsSchema: ElicitRequestFormParams['requestedSchema'] = {
  type: 'object',
  properties: {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  },
};

function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

function sample(prompt: string, maxTokens: number): InputRequests[string] {
  const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
  return inputRequired.createMessage({ messages, maxTokens });
}

function read(answer: Exclude<InputResponseView, { kind: 'missing' }>): string {
  if (answer.kind === 'elicit') return `action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`;
  return JSON.stringify(answer.kind === 'sampling' ? answer.result.content : answer.roots);
}

/** Asks for one thing; `finish` gets the client's answer once it is there. */
function asking(key: string, request: InputRequests[string], finish: (answer: string) => string): Run {
  return ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, key);
    return answer.kind === 'missing'
      ? inputRequired({ inputRequests: { [key]: request } })
      : text(finish(read(answer)));
  };
}

function completed(answer: string): string {
  return `Elicitation completed: ${answer}`;
}

/** Tools that ask the client: by an input-required result in 2026-07-28, by requests of their own before. */
export function addInputTools(server: McpServer, mintState: (state: string) => Promise<string>): void {
  const add = (name: string, run: Run): void => {
    server.registerTool(name, { description: `Conformance fixture ${name}` }, run);
  };
  const userSchema = z.object({
    username: z.string().describe("User's response"),
    email: z.string().describe("User's email address"),
  });
  server.registerTool(
    'test_sampling',
    { description: 'Asks the client for a completion', inputSchema: z.object({ prompt: z.string() }) },
    ({ prompt }, context) => asking('answer', sample(prompt, 100), (answer) => `LLM response: ${answer}`)(context),
  );
  server.registerTool(
    'test_elicitation',
    { description: 'Asks the user', inputSchema: z.object({ message: z.string() }) },
    ({ message }, context) => {
      const request = inputRequired.elicit({ message, requestedSchema: userSchema });
      return asking('answer', request, (answer) => `User response: ${answer}`)(context);
    },
  );
  const elicitDefaults = inputRequired.elicit({ message: 'Check the defaults.', requestedSchema: defaultsSchema });
  add('test_elicitation_sep1034_defaults', asking('answer', elicitDefaults, completed));
  const elicitEnums = inputRequired.elicit({ message: 'Choose.', requestedSchema: enumsSchema });
  add('test_elicitation_sep1330_enums', asking('answer', elicitEnums, completed));
  add('test_streaming_elicitation', asking('user_name', askName, completed));
  add('test_missing_capability', asking('answer', sample('Not without being allowed to.', 10), completed));

  add('test_input_required_result_elicitation', ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', named);
    if (answer === undefined) return inputRequired({ inputRequests: { user_name: askName } });
    return text(`Hello, ${answer.name}!`);
  });
  const question = sample('What is the capital of France?', 100);
  add('test_input_required_result_sampling', asking('capital_question', question, String));
  add('test_input_required_result_list_roots', asking('client_roots', inputRequired.listRoots(), String));

  const confirm = inputRequired.elicit({ message: 'Please confirm', requestedSchema: confirmed });
  const confirming: Run = async ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'confirm', confirmed);
    if (answer !== undefined && mcpReq.requestState() === 'asked') return text('state-ok');
    return inputRequired({ inputRequests: { confirm }, requestState: await mintState('asked') });
  };
  add('test_input_required_result_request_state', confirming);
  add('test_input_required_result_tampered_state', confirming);

  add('test_input_required_result_multiple_inputs', async ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', named);
    const greeting = inputResponse(mcpReq.inputResponses, 'greeting');
    const roots = inputResponse(mcpReq.inputResponses, 'client_roots');
    if (answer !== undefined && greeting.kind === 'sampling' && roots.kind === 'roots') {
      return text(`Hello, ${answer.name}, of ${roots.roots.length} roots!`);
    }
    const inputRequests = {
      user_name: askName,
      greeting: sample('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    };
    return inputRequired({ inputRequests, requestState: await mintState('asked') });
  });

  add('test_input_required_result_multi_round', async ({ mcpReq }) => {
    const color = acceptedContent(mcpReq.inputResponses, 'step2', colored);
    const name = acceptedContent(mcpReq.inputResponses, 'step1', named);
    if (mcpReq.requestState() === 'round 2' && color !== undefined) return text(`You like ${color.color}.`);
    if (mcpReq.requestState() === 'round 1' && name !== undefined) {
      const message = 'Step 2: What is your favorite color?';
      const step2 = inputRequired.elicit({ message, requestedSchema: colored });
      return inputRequired({ inputRequests: { step2 }, requestState: await mintState('round 2') });
    }
    const step1 = inputRequired.elicit({ message: 'Step 1: What is your name?', requestedSchema: named });
    return inputRequired({ inputRequests: { step1 }, requestState: await mintState('round 1') });
  });

  add('test_input_required_result_capabilities', ({ mcpReq }) => {
    const declared = declaredCapabilities.parse(mcpReq.envelope);
    const { elicitation, sampling } = declared[CLIENT_CAPABILITIES_META_KEY];
    const inputRequests = {
      ...(elicitation === undefined ? {} : { user_name: askName }),
      ...(sampling === undefined ? {} : { capital_question: question }),
    };
    return Object.keys(inputRequests).length === 0 ? text('Nothing to ask with.') : inputRequired({ inputRequests });
  });
}
