/** Opens a mailbox, and fills it with the demo mail when it is told to. Arguments: the folder, the moment. */
import { once } from 'node:events';
import { demoAddress } from '../../src/local/demo/demo-messages.ts';
import { fillDemoMailbox } from '../../src/local/demo/fill-demo-mailbox.ts';
import { openLocalMailbox } from '../../src/local/open-local-mailbox.ts';
import { openMailStore } from '../../src/store/sqlite/mail/open-mail-store.ts';

const [folder = '', moment = ''] = process.argv.slice(2);
const mailbox = openLocalMailbox({ store: openMailStore(folder), emailAddress: demoAddress });
process.send?.('ready');
await once(process, 'message');
await fillDemoMailbox(mailbox, new Date(moment));
mailbox.close();
process.disconnect();
