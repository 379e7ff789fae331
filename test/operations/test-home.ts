import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { TestContext } from 'node:test';
import { grants as allGrants } from '../../src/core/grants.ts';
import type { Grant } from '../../src/core/grants.ts';
import { fillHome, locateHome } from '../../src/core/home.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { parseMime } from '../../src/mail/mime/parse-mime.ts';
import { invoke } from '../../src/operations/kernel/invoke.ts';
import type { Answer } from '../../src/operations/kernel/operation.ts';
import { operations } from '../../src/operations/operations.ts';
import type { MailParts } from '../build-mail.ts';
import { buildMail } from '../build-mail.ts';
import { openHomeServices } from '../support/home-services.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The account of these tests. */
export const owner = 'bob@example.org';

/** A message as a test puts it into the mailbox. */
export interface TestMail extends MailParts {
  readonly labels?: readonly string[];
}

/** A home of its own with one account, whose operations are called as a door calls them. */
export interface TestHome {
  readonly folder: string;
  readonly mailbox: LocalMailbox;
  /** Stores messages, received a minute apart, and answers their ids. */
  deliver(mails: readonly TestMail[]): Promise<readonly string[]>;
  /** The JSON that an operation answers. */
  json(name: string, input: object, grants?: readonly Grant[]): Promise<Record<string, unknown>>;
  /** The text that a model reads, its fences with {@link fenceCode}. */
  text(name: string, input: object): Promise<string>;
}

/** Asserts that an input is refused for this one fault. */
export async function assertFault(call: Promise<unknown>, fault: string): Promise<void> {
  await assert.rejects(call, (error: { readonly code: string; readonly details: { readonly faults: unknown } }) => {
    assert.equal(error.code, 'INVALID_INPUT');
    assert.deepEqual(error.details.faults, [fault]);
    return true;
  });
}

/** The code of every fence in these tests. */
const fenceCode = 'kvd719';

/** The moment at which every call of these tests is made. */
export const nowMs = Date.UTC(2026, 10, 20, 9);

/** A home that the tests of a suite share, because they change nothing in it. Opened before the first, closed behind the last. */
export function sharedTestHome(): () => TestHome {
  let home: TestHome | undefined;
  const cleanups: (() => unknown)[] = [];
  before(() => (home = openTestHome({ after: (cleanup) => void cleanups.push(cleanup as () => unknown) })));
  after(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });
  return () => home ?? assert.fail('no home');
}

/** Opens a home for one test; all grants, days begin in UTC. */
export function openTestHome(t: Pick<TestContext, 'after'>): TestHome {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(t) });
  fillHome(home);
  const { services, close } = openHomeServices(home, {}, () => nowMs);
  const folder = localMailboxFolder(home.dataFolder, owner);
  const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: owner });
  t.after(async () => {
    mailbox.close();
    await close();
  });
  const { signal } = new AbortController();
  const call = (name: string, input: object, grants: readonly Grant[] = allGrants): Promise<Answer> => {
    const operation = operations.find((candidate) => candidate.name === name);
    assert.ok(operation, name);
    return invoke(services, operation, input, { grants: new Set(grants), signal });
  };
  let delivered = 0;
  return {
    folder: home.folder,
    mailbox,
    async deliver(mails) {
      const incoming = await Promise.all(
        mails.map(async ({ labels = ['INBOX'], ...parts }) => {
          delivered += 1;
          const raw = buildMail({ messageId: `${delivered}@made-up.example`, ...parts });
          return { raw, parsed: await parseMime(raw), internalDateMs: Date.UTC(2026, 5, 15, 12, delivered), labels };
        }),
      );
      return (await mailbox.addMessages(incoming)).map(({ id }) => id);
    },
    async json(name, input, grants) {
      const answer = await call(name, input, grants);
      assert.equal(answer.kind, 'json');
      // As it goes over the wire.
      return JSON.parse(JSON.stringify(answer.kind === 'json' ? answer.value : undefined)) as Record<string, unknown>;
    },
    async text(name, input) {
      return (await call(name, input)).text(() => fenceCode);
    },
  };
}
