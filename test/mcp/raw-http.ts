/** Headers of a JSON POST, for a principal if one is named. */
export function jsonHeaders(principal?: string): Record<string, string> {
  return {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
    ...(principal === undefined ? {} : { authorization: `Bearer ${principal}` }),
  };
}

/** POSTs a JSON-RPC message as it is. */
export function post(url: string, message: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { ...jsonHeaders(), ...headers }, body: JSON.stringify(message) });
}

export const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
};

/** A `tools/call` of a 2025 revision. */
export function call(name: string, text = '', id: number | string = 2): unknown {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: { text } } };
}

export const versionKey = 'io.modelcontextprotocol/protocolVersion';
export const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
export const clientKey = 'io.modelcontextprotocol/clientInfo';

/** What every request of 2026-07-28 has, of a client that says nothing of itself. */
export const plainMeta = { [versionKey]: '2026-07-28', [capabilitiesKey]: {} };

/** A request as it goes over the wire. */
interface RawCall {
  readonly message: { readonly params: object; readonly [field: string]: unknown };
  readonly headers: Record<string, string>;
}

/** A `tools/call` of 2026-07-28, with the headers it needs; `meta` is put over {@link plainMeta}. */
export function modernToolCall(
  name: string,
  input: object | undefined,
  { meta = {}, id = 7 }: { readonly meta?: object; readonly id?: unknown } = {},
): RawCall {
  const params = { name, ...(input === undefined ? {} : { arguments: input }), _meta: { ...plainMeta, ...meta } };
  return {
    message: { jsonrpc: '2.0', id, method: 'tools/call', params },
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name },
  };
}

/** The same, of a tool that takes a text. */
export function modernCall(name: string, text = ''): RawCall {
  return modernToolCall(name, { text }, { id: 2, meta: { [clientKey]: { name: 'raw', version: '1' } } });
}

/** Starts a 2025 session and answers its id. */
export async function startSession(url: string, principal?: string): Promise<string> {
  const answer = await post(url, initialize, jsonHeaders(principal));
  await answer.text();
  return answer.headers.get('mcp-session-id') ?? '';
}

/** The events of an SSE answer, one after the other: name and data. */
export async function* readEvents(answer: Response): AsyncGenerator<{ readonly event: string; readonly data: string }> {
  let text = '';
  for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(': ') + 2)]),
      );
      const data = fields.get('data');
      if (data !== undefined) yield { event: fields.get('event') ?? '', data };
    }
  }
}

/** An open HTTP+SSE stream. */
export interface RawStream {
  readonly answer: Response;
  readonly events: AsyncGenerator<{ readonly event: string; readonly data: string }>;
  /** Where messages are posted. */
  readonly endpoint: string;
  close(): void;
}

/** Opens an HTTP+SSE stream and waits for the address it names. */
export async function openStream(url: string, principal?: string): Promise<RawStream> {
  const abort = new AbortController();
  const headers = { ...jsonHeaders(principal), accept: 'text/event-stream' };
  const answer = await fetch(url, { headers, signal: abort.signal });
  const events = readEvents(answer);
  const { value } = await events.next();
  const endpoint = new URL(value?.data ?? '', url).href;
  return { answer, events, endpoint, close: () => abort.abort() };
}
