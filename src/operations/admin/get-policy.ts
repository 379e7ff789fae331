import * as z from 'zod';
import { policyOf } from '../../safety/policy/policy.ts';
import { defineHomeOperation } from '../kernel/define-home-operation.ts';
import { policyLines, policyRules } from './policy-view.ts';

/** What `get_policy` returns. */
export const policyState = z.object({
  file: z.string(),
  isThere: z.boolean().describe('Without a file the defaults hold.'),
  unknownAccounts: z.array(z.string()).readonly().describe('Named in the file, but not connected.'),
  accounts: z.array(z.object({ emailAddress: z.string(), rules: policyRules })).readonly(),
});

/** The file and what is odd about it, a line each. */
export function policyFileLines({ file, isThere, unknownAccounts }: z.output<typeof policyState>): readonly string[] {
  return [
    isThere ? `The policy in ${file} is in order.` : `There is no policy in ${file}: the defaults hold.`,
    ...unknownAccounts.map((address) => `No account ${address} is connected: its rules hold for nobody.`),
  ];
}

export const getPolicy = defineHomeOperation({
  name: 'get_policy',
  route: 'GET /api/admin/policy',
  grant: 'admin',
  toolset: 'admin',
  summary: 'The rules for sending that hold for each account.',
  input: {},
  output: policyState,
  async run(_input, { services, account }) {
    const { policySource } = services.safety;
    const policy = await policySource.read();
    const file = policySource.place;
    const connected = await services.accounts.list();
    return {
      file,
      isThere: policy !== undefined,
      unknownAccounts: Object.keys(policy?.accounts ?? {}).filter((address) => !connected.includes(address)),
      accounts: connected
        .filter((emailAddress) => account === undefined || emailAddress === account)
        .map((emailAddress) => ({ emailAddress, rules: policyOf(policy ?? {}, emailAddress) })),
    };
  },
  text: (state) =>
    [
      ...policyFileLines(state),
      ...state.accounts.flatMap(({ emailAddress, rules }) => [
        '',
        emailAddress,
        ...policyLines(rules).map((line) => `  ${line}`),
      ]),
    ].join('\n'),
});
