import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { SettingsChanges } from '../../src/emulator/control/settings.ts';
import { gmailScopes } from '../../src/mail/gmail-methods.ts';
import { startTestEmulator, type TestEmulator } from '../support/emulator.ts';

/** The account of the recordings. */
export const owner = 'me@example.com';
/** When they were made. */
const startMs = Date.UTC(2026, 3, 29, 17, 44);

/** Any field of any answer, for what a test needs of it. */
export interface Json {
  readonly id: string;
  readonly threadId: string;
  readonly historyId: string;
  readonly message: Json;
  readonly payload: { readonly headers: readonly { readonly name: string; readonly value: string }[] };
}

/** An emulator on which a recorded state of the mailbox is built. */
export interface ReplayWorld {
  readonly emulator: TestEmulator;
  /** A token that may see labels and headers only. */
  readonly metadataToken: string;
  /** A call below `/gmail/v1/users/me/` that must succeed. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<Json>;
  readonly send: (raw: string, threadId?: string) => Promise<Json>;
  readonly draft: (raw: string) => Promise<Json>;
  /** Mail that arrives from outside, in this thread if it names a message of it in `References`. */
  readonly arrive: (raw: string, labelIds: readonly string[]) => Promise<Json>;
  /** The Message-ID that Gmail gave to a message. */
  readonly messageIdOf: (id: string) => Promise<string>;
  /** Lets time pass. */
  readonly pass: (seconds: number) => void;
}

/** Starts it empty, at the time of the recordings. */
export async function openReplayWorld(t: TestContext, settings: SettingsChanges = {}): Promise<ReplayWorld> {
  const emulator = await startTestEmulator(t, { emailAddresses: [owner], nowMs: startMs, settings });
  const ask: ReplayWorld['ask'] = async (method, path, body) => {
    const { status, json, text } = await emulator.call(method, `/gmail/v1/users/me/${path}`, { body });
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`);
    return Object(json);
  };
  const base64 = (raw: string): string => Buffer.from(raw).toString('base64url');
  const pass = (seconds: number): void => emulator.clock.advance(seconds * 1000);
  return {
    emulator,
    metadataToken: emulator.tokens.issue({ scopes: [gmailScopes.metadata] }).accessToken,
    ask,
    pass,
    async send(raw, threadId) {
      pass(1);
      return ask('POST', 'messages/send', { raw: base64(raw), ...(threadId === undefined ? {} : { threadId }) });
    },
    async draft(raw) {
      pass(1);
      return ask('POST', 'drafts', { message: { raw: base64(raw) } });
    },
    async arrive(raw, labelIds) {
      pass(1);
      return Object(await emulator.deliver(owner, Buffer.from(raw), labelIds));
    },
    async messageIdOf(id) {
      const { payload } = await ask('GET', `messages/${id}?format=metadata&metadataHeaders=Message-Id`);
      return payload.headers[0]?.value ?? '';
    },
  };
}

/** A message of one text. */
export function mail(headers: Readonly<Record<string, string>>, text: string): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [...lines, '', text].join('\r\n');
}
