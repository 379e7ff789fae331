import { createHttpClient } from '../../core/egress/http-client.ts';
import { messageOf } from '../../core/errors.ts';
import { oauthEndpoints } from '../../gmail/login/oauth-endpoints.ts';
import type { Check, Finding, Patient } from './finding.ts';
import { loggedIn } from './login-store.ts';

const name = 'clock';
const timeoutMs = 10_000;
/** Google refuses what a service account signs when the clocks differ by more than this. */
const faultMs = 5 * 60_000;
const warningMs = 60_000;

const fix = 'Set the clock of this machine, for example with: timedatectl set-ntp true';

/** What Google's clock shows beyond ours, by the `Date` of an answer, which is in whole seconds. */
async function measureSkew({ configuration, signal }: Patient): Promise<number | undefined> {
  const { tokenUrl } = oauthEndpoints(configuration.oauthRootUrl);
  const startedMs = Date.now();
  const http = createHttpClient();
  const answer = await http
    .exchange({ method: 'HEAD', url: new URL(tokenUrl), headers: {}, timeoutMs, signal })
    .finally(() => http.close());
  const serverMs = Date.parse(answer.headers.date ?? '');
  return Number.isNaN(serverMs) ? undefined : serverMs - (startedMs + Date.now()) / 2;
}

function judge(skewMs: number): Finding {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < warningMs) return { name, state: 'ok', found: "agrees with Google's" };
  const found = `This machine's clock is ${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} Google's.`;
  return { name, state: Math.abs(skewMs) >= faultMs ? 'fault' : 'warning', found, fix };
}

/** Only where there is a login: a home without one asks nobody outside. */
export const checkClock: Check = {
  name,
  needs: ['home', 'store'],
  async run(patient) {
    if ((await loggedIn(patient)).length === 0) return [];
    try {
      const skewMs = await measureSkew(patient);
      return skewMs === undefined
        ? [{ name, state: 'skipped', found: 'The token endpoint does not tell the time.' }]
        : [judge(skewMs)];
    } catch (error) {
      return [
        { name, state: 'skipped', found: `The token endpoint cannot be asked for the time: ${messageOf(error)}.` },
      ];
    }
  },
};
