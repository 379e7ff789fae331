import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { locateHome } from '../../src/core/home.ts';
import { ownerToken } from '../../src/safety/tokens/owner-token.ts';
import { localMailboxFolder } from '../../src/store/sqlite/mail/local-mailboxes.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';
import type { LocalMailbox } from '../../src/local/open-local-mailbox.ts';
import type { Safety } from '../../src/safety/open-safety.ts';
import { startMcpServer } from '../support/mcp-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
  const environment = { GMAIL_GRANTS: 'all', GMAIL_MCP_TOOLSETS: 'all' };
  const { url, services } = await startMcpServer(context, home, environment);
  context.after(() => mailbox.close());
  const { dataFolder } = home;
  return { url, token: ownerToken(dataFolder), mailbox, safety: services.safety, dataFolder };
}
