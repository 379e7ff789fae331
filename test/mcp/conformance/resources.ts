import { ResourceTemplate } from '@modelcontextprotocol/server';
import type { McpServer } from '@modelcontextprotocol/server';
import { onePixelPng } from './media.ts';

/** The suites' resources, and subscriptions that are accepted and forgotten. */
export function addResources(server: McpServer): void {
  const addText = (name: string, text: string): void => {
    const uri = `test://${name}`;
    server.registerResource(name, uri, { description: `Conformance fixture ${name}`, mimeType: 'text/plain' }, () => ({
      contents: [{ uri, mimeType: 'text/plain', text }],
    }));
  };
  addText('static-text', 'This is the content of the static text resource.');
  addText('watched-resource', 'Nothing changes here.');
  server.registerResource(
    'static-binary',
    'test://static-binary',
    { description: 'Conformance fixture static-binary', mimeType: 'image/png' },
    ({ href: uri }) => ({ contents: [{ uri, mimeType: 'image/png', blob: onePixelPng }] }),
  );
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'Conformance fixture template', mimeType: 'application/json' },
    ({ href: uri }, { id }) => {
      const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` });
      return { contents: [{ uri, mimeType: 'application/json', text }] };
    },
  );
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
}
