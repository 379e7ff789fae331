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

async function runCheck({ name, run }: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await run(patient);
  } catch (error) {
    return [asFault(name, error)];
  }
}

/**
 * Everything that the checks find, in their order. One runs after the other: reading databases through holds up whatever
 * waits for an answer in time.
 */
export async function runChecks(patient: Patient): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const check of checks) findings.push(...(await runCheck(check, patient)));
  return findings;
}
