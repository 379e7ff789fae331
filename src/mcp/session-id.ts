import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';

const empty = z.object({});

/** What a 2025 client declared that decides what the server may ask of it. Everything else it sent is dropped. */
const clientCapabilities = z.object({
  elicitation: z.object({ form: empty.optional(), url: empty.optional() }).optional(),
  sampling: z.object({ tools: empty.optional(), context: empty.optional() }).optional(),
  roots: z.object({ listChanged: z.boolean().optional() }).optional(),
});

/** As much of a client's name and version as is kept. */
const longestName = 100;

const payload = z.strictObject({
  protocolVersion: z.string().max(32),
  capabilities: clientCapabilities,
  client: z.object({ name: z.string().max(longestName), version: z.string().max(longestName) }).optional(),
  /** Digest of the name of the principal, so that the name itself is not handed out. */
  principal: z.string(),
  nonce: z.string().length(22),
});

/** What a session id says about its session: enough to open it again after a restart. */
export interface Handshake {
  readonly protocolVersion: string;
  readonly capabilities: z.infer<typeof clientCapabilities>;
  /** What the client calls itself. */
  readonly client?: { readonly name: string; readonly version: string } | undefined;
}

/** Far above what a handshake takes, far below Node's limit of 16 KiB for all headers. */
const maxLength = 2048;

function digest(principalName: string): string {
  return createHash('sha256').update(principalName).digest('base64url').slice(0, 22);
}

/**
 * A new session id: visible ASCII, unique by 128 random bits, and readable by {@link readSessionId}.
 *
 * It is no secret and proves nothing: whoever shows it has shown a token first, and can only open a session of their
 * own with it. Throws if `capabilities` is not what a client may declare.
 */
export function mintSessionId(
  protocolVersion: string,
  capabilities: unknown,
  principalName: string,
  client?: Handshake['client'],
): string {
  const content: z.infer<typeof payload> = {
    protocolVersion,
    capabilities: clientCapabilities.parse(capabilities),
    ...(client === undefined
      ? {}
      : { client: { name: client.name.slice(0, longestName), version: client.version.slice(0, longestName) } }),
    principal: digest(principalName),
    nonce: randomBytes(16).toString('base64url'),
  };
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** The handshake inside a session id, or undefined if the id is not one of ours or belongs to another principal. */
export function readSessionId(id: string, principalName: string): Handshake | undefined {
  if (id.length > maxLength) return undefined;
  const content = Buffer.from(id, 'base64url');
  // Node reads base64url leniently: one session must not be known by several spellings of its id.
  if (content.toString('base64url') !== id) return undefined;
  const parsed = payload.safeParse(parseJson(content.toString()));
  return parsed.success && parsed.data.principal === digest(principalName) ? parsed.data : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
