import { checkAccessToken } from './check-access-token.ts';
import { checkBackend } from './check-backend.ts';
import { checkClock } from './check-clock.ts';
import { checkDatabases } from './check-databases.ts';
import { checkDisk } from './check-disk.ts';
import { checkEnvironment } from './check-environment.ts';
import { checkHome } from './check-home.ts';
import { checkLogins } from './check-logins.ts';
import { checkMirror } from './check-mirror.ts';
import { checkNode } from './check-node.ts';
import { checkOutbox } from './check-outbox.ts';
import { checkPolicy } from './check-policy.ts';
import { checkProcessFile } from './check-process-file.ts';
import { checkPubsub } from './check-pubsub.ts';
import { checkServers } from './check-servers.ts';
import { checkSettings } from './check-settings.ts';
import { checkStore } from './check-store.ts';
import { checkSupervisor } from './check-supervisor.ts';
import { checkTokens } from './check-tokens.ts';
import { checkVariables } from './check-variables.ts';
import { asFault, type Check, type Finding, type Patient } from './finding.ts';

/** In the order in which a person mends: what others stand on comes first. */
const checks: readonly Check[] = [
  checkNode,
  checkHome,
  checkDisk,
  checkSettings,
  checkVariables,
  checkEnvironment,
  checkProcessFile,
  checkStore,
  checkPolicy,
  checkTokens,
  checkSupervisor,
  checkServers,
  checkBackend,
  checkDatabases,
  checkOutbox,
  checkClock,
  checkAccessToken,
  checkLogins,
  checkPubsub,
  checkMirror,
];

/**
 * Everything that the checks find, in their order. One runs after the other: reading databases through holds up whatever
 * waits for an answer in time. A check whose cause has been found already is skipped.
 */
export async function runChecks(patient: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const failed = new Set<string>();
  for (const { name, needs = [], run } of checks) {
    const cause = needs.find((needed) => failed.has(needed));
    if (cause !== undefined) {
      findings.push({ name, state: 'skipped', found: `Not checked: it needs the ${cause}, which has a fault.` });
      continue;
    }
    try {
      findings.push(...(await run(patient)));
    } catch (error) {
      failed.add(name);
      findings.push(asFault(name, error));
    }
  }
  return findings;
}
