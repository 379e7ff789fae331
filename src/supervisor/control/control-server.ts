import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { isSameSecret } from '../../core/same-secret.ts';
import type { SocketConfiguration } from '../configuration/supervisor-configuration.ts';
import { logSizeBytes } from '../logs/log-file.ts';
import type { Supervisor } from '../supervisor.ts';
import { RpcFault } from './faults.ts';
import { followFile } from './follow-file.ts';
import { renderMetrics } from './metrics.ts';
import { callMethod, type RpcMethod } from './rpc-method.ts';
import { rpcMethods } from './rpc-methods.ts';
import { decodeCall, encodeFault, encodeResult } from '../../core/supervisor/xml-rpc.ts';

/** A call is a name and a few words; text for a process's input may be longer. */
const bodyLimitBytes = 1024 * 1024;

/** The control socket of the supervisor; its requests are served by the supervisor of the moment. */
export interface ControlServer {
  serve(supervisor: Supervisor): void;
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > bodyLimitBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Whether the request shows the user name and password of the configuration, if there is one. */
function isAllowed(request: IncomingMessage, credentials: SocketConfiguration['credentials']): boolean {
  if (credentials === undefined) return true;
  const shown = Buffer.from(request.headers.authorization?.replace(/^Basic /i, '') ?? '', 'base64').toString('utf8');
  const colon = shown.indexOf(':');
  const { username, password } = credentials;
  const hashed = `{SHA}${createHash('sha1')
    .update(shown.slice(colon + 1))
    .digest('hex')}`;
  const given = `${shown.slice(0, colon)}:${password.startsWith('{SHA}') ? hashed : shown.slice(colon + 1)}`;
  return isSameSecret(given, `${username}:${password}`);
}

/** The log that a path of `tail -f` means, or undefined. */
function followedLog(supervisor: Supervisor, path: string): string | undefined {
  if (path === '/mainlogtail') return supervisor.configuration.logFile;
  const [, name, channel = 'stdout'] = /^\/logtail\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (name === undefined || (channel !== 'stdout' && channel !== 'stderr')) return undefined;
  try {
    return supervisor.findProcess(decodeURIComponent(name)).logs.paths[channel];
  } catch {
    return undefined;
  }
}

async function answerCall(
  supervisor: Supervisor,
  methods: ReadonlyMap<string, RpcMethod>,
  request: IncomingMessage,
  response: ServerResponse,
  logger: Logger,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) {
    response.setHeader('connection', 'close');
    answer(response, 413, 'text/plain', `A call may have ${bodyLimitBytes} bytes.\n`);
    return;
  }
  let call: ReturnType<typeof decodeCall>;
  try {
    call = decodeCall(body);
  } catch (error) {
    answer(response, 400, 'text/plain', `This is no XML-RPC call: expected ${messageOf(error)}.\n`);
    return;
  }
  try {
    const result = await callMethod(methods, () => supervisor.state !== 'RUNNING', call.method, call.parameters);
    answer(response, 200, 'text/xml', encodeResult(result));
  } catch (error) {
    if (error instanceof RpcFault) {
      answer(response, 200, 'text/xml', encodeFault(error.code, error.message));
      return;
    }
    logger.error(`${call.method} failed`, { error });
    answer(response, 500, 'text/plain', 'Internal error; the main log has the details.\n');
  }
}

function listenError(path: string, error: unknown): AppError {
  // sockaddr_un.sun_path holds 108 bytes on Linux, 104 on macOS, with the closing zero.
  const isTooLong = Buffer.byteLength(path) > 103;
  return new AppError(
    'UNAVAILABLE',
    `The control socket ${path} cannot be made: ${messageOf(error)}.`,
    {
      hint: isTooLong
        ? 'The path of a socket may have 103 bytes: use a home with a shorter path.'
        : systemCode(error) === 'EACCES'
          ? 'Give this user write access to its folder, or point GMAIL_HOME at a folder of your own.'
          : 'Name another file in [unix_http_server].',
    },
    error,
  );
}

/** Opens the control socket, readable by its mode from the first moment on. Throws `UNAVAILABLE`. */
export async function openControlServer(socket: SocketConfiguration, logger: Logger): Promise<ControlServer> {
  let supervisor: Supervisor | undefined;
  let methods: ReadonlyMap<string, RpcMethod> = new Map();

  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      if (!isAllowed(request, socket.credentials)) {
        response.setHeader('www-authenticate', 'Basic realm="default"');
        answer(response, 401, 'text/plain', 'The control socket needs a user name and a password.\n');
      } else if (supervisor === undefined) {
        answer(response, 200, 'text/xml', encodeFault(6, 'SHUTDOWN_STATE'));
      } else if (request.method === 'POST' && path.startsWith('/RPC2')) {
        await answerCall(supervisor, methods, request, response, logger);
      } else if (request.method === 'GET' && path === '/metrics') {
        answer(response, 200, 'text/plain; version=0.0.4', await renderMetrics(supervisor, Date.now()));
      } else if (request.method === 'GET') {
        const log = followedLog(supervisor, path);
        if (log === undefined || logSizeBytes(log) === undefined) {
          answer(response, 404, 'text/plain', 'There is no such log.\n');
          return;
        }
        response.writeHead(200, { 'content-type': 'text/plain;charset=utf-8' });
        response.flushHeaders();
        followFile(log, response);
      } else {
        answer(
          response,
          400,
          'text/plain',
          'Expected POST /RPC2, GET /metrics, GET /logtail/NAME/CHANNEL or GET /mainlogtail.\n',
        );
      }
    })().catch((error: unknown) => {
      logger.error('a control request failed', { error });
      response.destroy();
    });
  });
  // An open supervisorctl shell keeps its connection for as long as its user thinks.
  server.keepAliveTimeout = 0;
  await listen(server, socket);
  return {
    serve: (next) => {
      supervisor = next;
      methods = rpcMethods(next);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        rmSync(socket.path, { force: true });
      }),
  };
}

async function listen(server: Server, { path, mode }: SocketConfiguration): Promise<void> {
  // Node binds the socket before listen() returns, so that nobody can connect before its mode is right.
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
      process.umask(umask);
    });
    chmodSync(path, mode);
  } catch (error) {
    throw listenError(path, error);
  } finally {
    process.umask(umask);
  }
}
