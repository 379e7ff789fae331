import { existsSync, readFileSync } from 'node:fs';
import type { Awaitable } from '../../core/awaitable.ts';
import { AppError } from '../../core/errors.ts';
import type { SharedLedgers } from '../../store/shared-ledgers.ts';
import type { PolicyFile } from './policy.ts';
import { createPolicyFileReader, parsePolicy } from './read-policy.ts';

/** Where the owner's rules are. */
export interface PolicySource {
  /** What people are told of where that is. */
  readonly place: string;
  /** The rules as they are now; undefined where there are none. Throws `FORBIDDEN` for faulty ones: then nothing may leave. */
  read(): Awaitable<PolicyFile | undefined>;
  /** The rules as they were written, as {@link PolicySource.read} has understood them. */
  text(): Awaitable<string | undefined>;
  /** Puts other rules in their place, as the text of a policy file; undefined where they are a file that is edited. Throws `FORBIDDEN` for faulty ones. */
  readonly replace?: (text: string, nowMs: number) => Promise<void>;
}

/** The rules of a home: those that hosts share, else those in its file. */
export function policySourceOf(shared: SharedLedgers | undefined, file: string): PolicySource {
  return shared === undefined ? filePolicy(file) : sharedPolicy(shared, file);
}

/** The rules in a file, which is read again whenever it has changed. */
function filePolicy(file: string): PolicySource {
  return {
    place: file,
    read: createPolicyFileReader(file),
    text: () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
  };
}

const name = 'policy';

/**
 * The rules that hosts share. A policy file of this host would be obeyed nowhere: where there is one that says something
 * else, nothing may leave.
 */
function sharedPolicy({ records, place }: SharedLedgers, file: string): PolicySource {
  const where = `the store ${place}`;
  let known: { readonly body: string; readonly policy: PolicyFile } | undefined;
  return {
    place: where,
    async read() {
      const body = (await records.get('policy', name))?.body;
      refuseOther(file, body, where);
      if (body === undefined) return undefined;
      if (known?.body !== body) known = { body, policy: parsePolicy(where, body) };
      return known.policy;
    },
    text: async () => (await records.get('policy', name))?.body,
    async replace(text, nowMs) {
      parsePolicy('this file', text);
      await records.put('policy', { name, body: text, atMs: nowMs });
    },
  };
}

function refuseOther(file: string, body: string | undefined, where: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') === body) return;
  throw new AppError('FORBIDDEN', `${file} says something else than ${where}, so nothing may leave.`, {
    hint: `The hosts of a store share one policy: gmail-llm policy set ${file}, then remove the file; or remove it at once.`,
  });
}
