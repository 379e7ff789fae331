import type { Fault } from '../fault.ts';

/** Faults of how Google is asked. */
export const gmailFaults: readonly Fault[] = [
  {
    file: 'src/gmail/channel/judge-attempt.ts',
    what: 'a request is tried once more',
    find: 'failures === tries',
    replace: 'failures > tries',
    tests: ['test/gmail/back-off.test.ts'],
    pattern: 'pauses after failures',
  },
  {
    file: 'src/gmail/channel/shared-budget.ts',
    what: 'a throttle has no least pause',
    find: 'const leastPauseMs = 250;',
    replace: 'const leastPauseMs = 0;',
    tests: ['test/gmail/back-off.test.ts'],
    pattern: 'freeze',
  },
  {
    file: 'src/gmail/channel/shared-budget.ts',
    what: 'freezes stay short',
    find: 'const longestPauseMs = 64_000;',
    replace: 'const longestPauseMs = 8_000;',
    tests: ['test/gmail/back-off.test.ts'],
    pattern: 'freezes',
  },
];
