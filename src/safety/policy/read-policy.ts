import { lstatSync, readFileSync, statSync } from 'node:fs';
import type { Awaitable } from '../../core/awaitable.ts';
import { AppError, messageOf, systemCode } from '../../core/errors.ts';
import { policyOf, policySchema, type Policy, type PolicyFile } from './policy.ts';

/** Reads the rules of an account as they are now. Throws `FORBIDDEN` for a file that cannot be understood. */
export type PolicyReader = (account: string) => Awaitable<Policy>;

function refuse(file: string, faults: readonly string[], cause?: unknown): never {
  throw new AppError(
    'FORBIDDEN',
    `The policy in ${file} cannot be read, so nothing may leave.`,
    { faults, hint: 'Mend the file; it is read again at the next call. `gmail-llm policy check` tells.' },
    cause,
  );
}

/** The rules in a text. Throws `FORBIDDEN`, naming `file`, for one that cannot be understood. */
export function parsePolicy(file: string, text: string): PolicyFile {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    refuse(file, [`expected JSON: ${messageOf(error)}`], error);
  }
  const parsed = policySchema.safeParse(json);
  if (parsed.success) return parsed.data;
  refuse(
    file,
    parsed.error.issues.map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `${[...issue.path, issue.keys.join(', ')].join('.')}: no such field`
        : `${issue.path.join('.') || 'policy'}: ${issue.message}`,
    ),
  );
}

function isThere(file: string): boolean {
  try {
    // A link that leads nowhere is a policy that cannot be read, not one that was never written.
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

/** Reads a policy file anew whenever it has changed; undefined when there is none. Throws `FORBIDDEN` for a faulty one. */
export function createPolicyFileReader(file: string): () => PolicyFile | undefined {
  let known: { readonly version: string; readonly policy: PolicyFile } | undefined;

  return () => {
    try {
      const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
      const version = `${mtimeNs} ${ctimeNs} ${size} ${ino}`;
      if (known?.version !== version) known = { version, policy: parsePolicy(file, readFileSync(file, 'utf8')) };
      return known.policy;
    } catch (error) {
      if (systemCode(error) === 'ENOENT' && !isThere(file)) return undefined;
      if (error instanceof AppError) throw error;
      refuse(file, [messageOf(error)], error);
    }
  };
}

/**
 * Follows a policy file: what it says holds from the next call on, without a restart. No file means the defaults; a
 * file that cannot be understood means that nothing may leave, never that the defaults hold.
 */
export function createPolicyReader(file: string): (account: string) => Policy {
  const readFile = createPolicyFileReader(file);
  return (account) => policyOf(readFile() ?? {}, account);
}
