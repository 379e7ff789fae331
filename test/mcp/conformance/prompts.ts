import { acceptedContent, completable, inputRequired } from '@modelcontextprotocol/server';
import type { GetPromptResult, McpServer, PromptMessage } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { onePixelPng } from './media.ts';

type Content = PromptMessage['content'];

function messages(...contents: readonly Content[]): GetPromptResult {
  return { messages: contents.map((content) => ({ role: 'user', content })) };
}

function text(value: string): Content {
  return { type: 'text', text: value };
}

/** The suites' prompts, one of which asks its user something first. */
export function addPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments' }, () =>
    messages(text('This is a simple prompt for testing.')),
  );
  const cities = ['paris', 'park', 'party'];
  const arg1 = completable(z.string(), (value) => cities.filter((city) => city.startsWith(value)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'A prompt with arguments', argsSchema: z.object({ arg1, arg2: z.string() }) },
    ({ arg1, arg2 }) => messages(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt with a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => {
      const resource = { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' };
      return messages({ type: 'resource', resource }, text('Please process the embedded resource above.'));
    },
  );
  server.registerPrompt('test_prompt_with_image', { description: 'A prompt with an image' }, () =>
    messages({ type: 'image', data: onePixelPng, mimeType: 'image/png' }, text('Please analyze the image above.')),
  );
  server.registerPrompt('test_input_required_result_prompt', { description: 'A prompt that asks' }, ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_context', z.object({ context: z.string() }));
    if (answer !== undefined) return messages(text(`Use this context: ${answer.context}`));
    const requestedSchema = z.object({ context: z.string() });
    const message = 'What context should the prompt use?';
    return inputRequired({ inputRequests: { user_context: inputRequired.elicit({ message, requestedSchema }) } });
  });
}
