import type { Fault } from './fault.ts';
import { coreFaults } from './faults/core.ts';
import { gmailFaults } from './faults/gmail.ts';
import { mailFaults } from './faults/mail.ts';
import { programFaults } from './faults/programs.ts';
import { safetyFaults } from './faults/safety.ts';
import { serverFaults } from './faults/servers.ts';
import { storeFaults } from './faults/store.ts';

/** Every fault that `npm run test:mutation` tries. */
export const allFaults: readonly Fault[] = [
  ...coreFaults,
  ...mailFaults,
  ...storeFaults,
  ...gmailFaults,
  ...safetyFaults,
  ...serverFaults,
  ...programFaults,
];
