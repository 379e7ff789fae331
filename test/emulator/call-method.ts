import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createAccountState } from '../../src/emulator/account-state.ts';
import { defaultSettings } from '../../src/emulator/control/settings.ts';
import { answerCall } from '../../src/emulator/http/answer-call.ts';
import { GoogleError } from '../../src/emulator/http/api-call.ts';
import { noteChanges } from '../../src/emulator/methods/note-changes.ts';
import { rewriteOnSend } from '../../src/emulator/methods/rewrite-headers.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import { gmailMethods } from '../../src/mail/gmail-methods.ts';
import type { MailParts } from '../build-mail.ts';
import { buildMail } from '../build-mail.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The owner of every mailbox in these tests. */
export const owner = 'me@example.org';
/** What the clock of these tests says: a day at noon, UTC. */
export const nowMs = Date.UTC(2026, 5, 15, 12);

/** A part of a message in Gmail's JSON. */
interface PartAnswer {
  readonly partId: string;
  readonly mimeType: string;
  readonly filename: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  readonly body: { readonly size: number; readonly data: string; readonly attachmentId: string };
  readonly parts: readonly [PartAnswer, PartAnswer];
}

/** The fields of all answers that a test may look at. A test that looks at one that is not there fails. */
export interface Answer {
  readonly id: string;
  readonly threadId: string;
  readonly labelIds: readonly string[];
  readonly snippet: string;
  readonly payload: PartAnswer;
  readonly sizeEstimate: number;
  readonly historyId: string;
  readonly internalDate: string;
  readonly raw: string;
  readonly message: Answer;
  readonly messages: readonly Answer[];
  readonly threads: readonly Answer[];
  readonly drafts: readonly Answer[];
  readonly history: readonly Answer[];
  readonly messagesDeleted: readonly unknown[];
  readonly data: string;
  readonly labels: readonly Answer[];
  readonly name: string;
  readonly type: string;
  readonly labelListVisibility: string;
  readonly color: unknown;
  readonly sendAs: readonly Answer[];
  readonly sendAsEmail: string;
  readonly isPrimary: boolean;
  readonly nextPageToken: string;
  readonly resultSizeEstimate: number;
}

/** What a call carries beside its method. */
interface Request {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: unknown;
  readonly media?: Uint8Array;
  /** Whether the token may see headers only. */
  readonly isMetadataOnly?: boolean;
}

/** Calls methods on an empty mailbox of {@link owner}. */
export interface Caller {
  readonly mailbox: LocalMailbox;
  /** The JSON of a 200; of a 204 nothing, which only a comparison with undefined can tell. `method` is without `gmail.users.`. */
  readonly call: (method: string, request?: Request) => Promise<Answer>;
  /** Inserts a message and answers its id. */
  readonly insert: (mail: MailParts, labelIds?: readonly string[]) => Promise<string>;
  /** Asserts that a call is refused so. */
  readonly refuses: (expected: Refusal, method: string, request?: Request) => Promise<void>;
}

/** Status, reason and sentence of an error of Google's. */
export type Refusal = readonly [httpStatus: number, reason: string, message: string | RegExp];

/** A mailbox, with what Gmail does to sent mail, and the emulator's methods on it. */
export function openCaller(t: TestContext, emailAddress = owner): Caller {
  const store = openMailStore(temporaryFolder(t));
  const mailbox = openLocalMailbox({
    store,
    emailAddress,
    now: () => nowMs,
    onSend: (raw) => rewriteOnSend(raw, nowMs),
  });
  t.after(() => mailbox.close());

  const state = createAccountState();
  const call: Caller['call'] = async (
    name,
    { parameters = {}, query = '', body, media, isMetadataOnly = false } = {},
  ) => {
    const method = gmailMethods.find(({ id }) => id === `gmail.users.${name}`);
    assert.ok(method !== undefined, `Gmail has no method ${name}`);
    const rest = {
      body,
      mailbox,
      state,
      noteSent: (id: string) => noteChanges(store, id, 4),
      settings: defaultSettings,
      isMetadataOnly,
      nowMs,
      ...(media === undefined ? {} : { media }),
    };
    const answer = await answerCall({ method, parameters, query: new URLSearchParams(query), ...rest });
    // Through JSON, as a client gets it.
    return JSON.parse(answer.status === 204 ? 'null' : JSON.stringify(answer.body)) ?? undefined;
  };

  let inserted = 0;
  return {
    mailbox,
    call,
    insert: async (mail, labelIds = ['INBOX']) => {
      const media = Buffer.from(buildMail({ messageId: `${(inserted += 1)}@made-up.example`, ...mail }));
      const { id } = await call('messages.insert', { body: { labelIds }, media });
      assert.ok(typeof id === 'string');
      return id;
    },
    refuses: async ([httpStatus, reason, message], method, request) => {
      await assert.rejects(call(method, request), (error) => {
        assert.ok(error instanceof GoogleError, String(error));
        assert.deepEqual([error.httpStatus, error.reason], [httpStatus, reason], error.message);
        if (typeof message === 'string') assert.equal(error.message, message);
        else assert.match(error.message, message);
        return true;
      });
    },
  };
}

/** A message as the JSON of a request carries it. */
export function rawOf(mail: MailParts): string {
  return Buffer.from(buildMail(mail)).toString('base64url');
}

/** The bytes of a field in base64. */
export function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

export const notFound: Refusal = [404, 'notFound', 'Requested entity was not found.'];
