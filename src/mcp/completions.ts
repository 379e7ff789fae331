import type { CompleteResult, Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { Caller } from '../operations/kernel/services.ts';
import type { Answer } from '../operations/kernel/operation.ts';
import { plainAddresses } from '../operations/messages/plain-addresses.ts';
import { rightsOf, type Principal } from '../safety/tokens/check-token.ts';
import type { OperationReader } from './operation-reader.ts';

/** The most that the protocol lets an answer have. */
const maxValues = 100;

/** Sent messages whose recipients are proposed. */
const sentMessages = 100;

/** A name that is a name, as what completes a field stands in no fence: no sentence, no line break. */
const plainLabel = /^[\p{L}\p{N}][\p{L}\p{N} ._/&+#-]{0,59}$/u;

const labelList = z.object({ labels: z.array(z.object({ id: z.string(), name: z.string(), type: z.string() })) });
const accountList = z.object({ accounts: z.array(z.object({ emailAddress: z.string() })) });
const sentList = z.object({ messages: z.array(z.object({ to: z.string(), cc: z.string() })) });

function valueOf(answer: Answer): unknown {
  return answer.kind === 'json' ? answer.value : undefined;
}

/** Proposes what an argument can be: own labels, accounts, and addresses that this account has written to. */
export function serveCompletions(server: Server, principal: () => Principal, reader: OperationReader): void {
  const candidates: Readonly<
    Record<string, (caller: Caller, account: Readonly<Record<string, string>>) => Promise<readonly string[]>>
  > = {
    label: (caller, account) =>
      reader.read('list_labels', account, caller, (answer) =>
        labelList
          .parse(valueOf(answer))
          .labels.map(({ id, name, type }) => (type === 'system' ? id : name))
          .filter((name) => plainLabel.test(name)),
      ),
    account: (caller) =>
      reader.read('list_accounts', {}, caller, (answer) =>
        accountList.parse(valueOf(answer)).accounts.map(({ emailAddress }) => emailAddress),
      ),
    address: (caller, account) =>
      reader.read('search_messages', { ...account, q: 'in:sent', maxResults: sentMessages }, caller, (answer) => {
        const { messages } = sentList.parse(valueOf(answer));
        return plainAddresses(messages.flatMap(({ to, cc }) => [to, cc]));
      }),
  };
  server.setRequestHandler('completion/complete', async ({ params }, { mcpReq }): Promise<CompleteResult> => {
    const { argument, context } = params;
    const find = Object.hasOwn(candidates, argument.name) ? candidates[argument.name] : undefined;
    if (find === undefined || !principal().grants.has('read')) return { completion: { values: [] } };
    const account = context?.arguments?.account;
    const caller = { ...rightsOf(principal()), signal: mcpReq.signal };
    const typed = argument.value.toLowerCase();
    const found = await find(caller, account === undefined || account === '' ? {} : { account });
    const values = [...new Set(found)].filter((value) => value.toLowerCase().startsWith(typed));
    return {
      completion: { values: values.slice(0, maxValues), total: values.length, hasMore: values.length > maxValues },
    };
  });
}
