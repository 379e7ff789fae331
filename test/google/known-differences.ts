import assert from 'node:assert/strict';

/** Places in which the emulator answers otherwise than Google was recorded to, and why they stay. */
const knownDifferences: Readonly<Record<string, readonly { readonly place: RegExp; readonly reason: string }[]>> = {
  'error: forwarding address unknown': [
    {
      place: /^body\.error\.status: surplus$/,
      reason: 'The sample is of 2019, when errors had no canonical status; those of 2026 have one.',
    },
  ],
  'error: 403 quota': [
    {
      place: /^body\.error\.details: surplus$/,
      reason: 'The sample was quoted without its details; other reports have them.',
    },
  ],
};

/** Asserts that the differences are those that are known, all of them: a reason that no longer holds is to be deleted. */
export function assertKnown(name: string, found: readonly string[]): void {
  const known = knownDifferences[name] ?? [];
  const unknown = found.filter((line) => !known.some(({ place }) => place.test(line)));
  assert.deepEqual(unknown, [], name);
  const settled = known.filter(({ place }) => !found.some((line) => place.test(line)));
  assert.deepEqual(settled, [], `${name}: no longer different`);
}
