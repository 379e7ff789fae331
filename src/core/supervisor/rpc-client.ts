import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { systemCode } from '../errors.ts';
import { decodeResponse, encodeCall, type XmlRpcValue } from './xml-rpc.ts';

/** A supervisor's address and, where it wants them, a user name and a password. */
export interface ServerAddress {
  /** `unix:///path/of.sock` or `http://host:port`. */
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** A fault that the supervisor answered. */
export class FaultAnswer extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.name = 'FaultAnswer';
    this.code = code;
  }
}

/** No supervisor could be asked: `missing` has no socket, `refused` has one that nobody serves. */
export class NoSupervisor extends Error {
  readonly kind: 'missing' | 'refused' | 'failed';

  constructor(kind: NoSupervisor['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'NoSupervisor';
    this.kind = kind;
  }
}

/** Asks one supervisor. */
export interface RpcClient {
  /** Throws `FaultAnswer`, `NoSupervisor`. */
  call(method: string, ...parameters: readonly XmlRpcValue[]): Promise<XmlRpcValue>;
  /** The body of a GET as it comes, and its status. Throws `NoSupervisor`. */
  stream(path: string, signal: AbortSignal | undefined): Promise<IncomingMessage>;
}

interface Connection extends RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
}

function connectionOf({ url, credentials }: ServerAddress): Connection {
  const headers: Readonly<Record<string, string>> =
    credentials === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}` };
  if (url.startsWith('unix://')) return { socketPath: url.slice('unix://'.length), headers };
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port === '' ? 80 : Number(port), headers };
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export function createRpcClient(address: ServerAddress): RpcClient {
  const connection = connectionOf(address);
  const explain = (error: unknown): NoSupervisor => {
    const code = systemCode(error);
    if (code === 'ENOENT') return new NoSupervisor('missing', `${address.url} no such file`, error);
    if (code === 'ECONNREFUSED') return new NoSupervisor('refused', `${address.url} refused connection`, error);
    const message = error instanceof Error ? error.message : String(error);
    return new NoSupervisor('failed', `${address.url} cannot be asked: ${message}`, error);
  };
  const send = (options: RequestOptions, body?: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = request({ ...connection, agent: false, ...options }, resolve);
      sent.once('error', (error) => reject(explain(error)));
      sent.end(body);
    });
  return {
    call: async (method, ...parameters) => {
      const body = encodeCall(method, parameters);
      const headers = {
        ...connection.headers,
        'content-type': 'text/xml',
        'content-length': Buffer.byteLength(body),
      };
      const response = await send({ method: 'POST', path: '/RPC2', headers }, body);
      const text = await readText(response).catch((error: unknown) => {
        throw explain(error);
      });
      if (response.statusCode === 401) throw new NoSupervisor('failed', 'Server requires authentication');
      if (response.statusCode !== 200) {
        throw new NoSupervisor('failed', `${address.url} answered HTTP ${response.statusCode}: ${text.trim()}`);
      }
      const answer = decodeResponse(text);
      if ('fault' in answer) throw new FaultAnswer(answer.fault.faultCode, answer.fault.faultString);
      return answer.result;
    },
    stream: (path, signal) => send({ path, ...(signal === undefined ? {} : { signal }) }),
  };
}
