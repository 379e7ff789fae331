import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listTokens } from '../../safety/tokens/token-store.ts';
import { ownerToken } from '../../safety/tokens/owner-token.ts';
import type { Check } from './finding.ts';

const name = 'tokens';

export const checkTokens: Check = {
  name,
  run({ home, configuration }) {
    if (!existsSync(join(home.dataFolder, 'token'))) {
      return [{ name, state: 'skipped', found: 'The first token is made at the first start.' }];
    }
    ownerToken(home.dataFolder);
    const others = listTokens(home.dataFolder).map((token) => token.name);
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
