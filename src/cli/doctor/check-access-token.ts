import { fetchOwnAddress } from '../../gmail/login/fetch-own-address.ts';
import type { Check } from './finding.ts';

const name = 'GMAIL_ACCESS_TOKEN';

export const checkAccessToken: Check = {
  name,
  async run({ configuration, signal }) {
    const { accessToken, account, backend, apiRootUrl } = configuration;
    if (accessToken === undefined || backend === 'local') return [];
    const opened = await fetchOwnAddress({ apiRootUrl, accessToken, account, signal });
    return [{ name, state: 'ok', found: `Gmail takes it for ${opened}` }];
  },
};
