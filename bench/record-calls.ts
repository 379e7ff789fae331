import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Shot } from './load.ts';

/** What the official client of revision 2026-07-28 sends for a call, to be sent again without the client's own cost. */
export async function recordCalls(
  url: URL,
  token: string,
  calls: readonly { readonly name: string; readonly arguments: Record<string, unknown> }[],
): Promise<{ readonly shots: readonly Shot[]; readonly tools: unknown }> {
  let last: Shot | undefined;
  const transport = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: (input, init) => {
      last = {
        method: 'POST',
        path: '/mcp',
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: typeof init?.body === 'string' ? init.body : '',
      };
      return fetch(input, init);
    },
  });
  const client = new Client({ name: 'bench', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const shots: Shot[] = [];
  for (const call of calls) {
    await client.callTool(call);
    if (last === undefined) throw new Error('nothing was sent');
    shots.push(last);
  }
  await client.close();
  return { shots, tools };
}
