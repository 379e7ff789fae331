import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createAccounts } from '../../src/accounts/accounts.ts';
import { selectBackend } from '../../src/accounts/select-backend.ts';
import { parseConfiguration } from '../../src/core/configuration.ts';
import { locateHome } from '../../src/core/home.ts';
import { startHttpServer } from '../../src/server/http-server.ts';
import { createTokenCheck } from '../../src/safety/tokens/check-token.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { localMailboxFolder } from '../../src/local/local-accounts.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { createMcpHandler } from '../../src/mcp/mcp-handler.ts';
import { operations } from '../../src/operations/operations.ts';
import { homeFeed } from '../../src/store/feed/home-feed.ts';
import { homeJobStore } from '../../src/store/jobs/home-job-store.ts';
import { homeWebhooks } from '../../src/store/webhooks/home-webhooks.ts';
import { openSafety, type Safety } from '../../src/safety/open-safety.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { silent } from './silent.ts';

/** The account of the home. */
const owner = 'me@example.org';

/** The MCP door in the production HTTP server, on a home with one local account, all grants and a policy. */
export interface DoorOnHome {
  readonly url: URL;
  readonly token: string;
  readonly mailbox: LocalMailbox;
  readonly safety: Safety;
  readonly dataFolder: string;
}

export async function startDoorOnHome(context: Pick<TestContext, 'after'>, policy: object): Promise<DoorOnHome> {
  const home = locateHome({ GMAIL_HOME: temporaryFolder(context) });
  mkdirSync(home.dataFolder, { mode: 0o700 });
  writeFileSync(join(home.folder, 'policy.json'), JSON.stringify(policy), { mode: 0o600 });
  const mailbox = openLocalMailbox({
    store: openMailStore(localMailboxFolder(home.dataFolder, owner)),
    emailAddress: owner,
  });
  const configuration = parseConfiguration({ GMAIL_GRANTS: 'all', GMAIL_MCP_TOOLSETS: 'all' });
  const feed = homeFeed(home.dataFolder, Date.now);
  const jobs = homeJobStore(home.dataFolder, Date.now);
  const webhooks = homeWebhooks(home.dataFolder);
  const accounts = createAccounts(configuration, selectBackend(configuration, home, Date.now, feed.feed));
  const safety = openSafety(home, Date.now, feed.feed);
  const services = {
    home,
    configuration,
    accounts,
    safety,
    feed,
    jobs,
    webhooks,
    logger: silent,
    timeZone: 'UTC',
    now: Date.now,
  };
  const token = ownerToken(home.dataFolder);
  const server = await startHttpServer({
    handler: createMcpHandler(operations, services, configuration),
    health: [],
    renderMetrics: async () => '',
    configuration,
    port: 0,
    portVariable: 'GMAIL_MCP_PORT',
    checkToken: createTokenCheck(home.dataFolder, configuration.grants),
    logger: silent,
    environment: {},
  });
  context.after(async () => {
    await server.close(1000);
    await accounts.close();
    safety.close();
    feed.close();
    await jobs.close();
    webhooks.close();
    mailbox.close();
  });
  return { url: new URL(`http://127.0.0.1:${server.port}/mcp`), token, mailbox, safety, dataFolder: home.dataFolder };
}
