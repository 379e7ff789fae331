import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from './finding.ts';
import { withHomeTokens } from './with-home-stores.ts';

const name = 'tokens';

export const checkTokens: Check = {
  name,
  needs: ['home', 'store'],
  async run(patient) {
    const { home, configuration } = patient;
    if (configuration.store === undefined && !existsSync(join(home.dataFolder, 'token'))) {
      return [{ name, state: 'skipped', found: 'The first token is made at the first start.' }];
    }
    const others = await withHomeTokens(patient, async (tokens) => {
      await tokens.owner();
      return (await tokens.list()).map((token) => token.name);
    });
    if (configuration.auth === 'none') {
      return [
        {
          name,
          state: 'warning',
          found: 'GMAIL_AUTH=none lets every program and user of this machine in.',
          fix: 'Unset GMAIL_AUTH, and give each program a token: gmail-llm token create NAME --grants …',
        },
      ];
    }
    return [{ name, state: 'ok', found: ["the owner's", ...others].join(', ') }];
  },
};
