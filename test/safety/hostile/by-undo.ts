import assert from 'node:assert/strict';
import { forwardingOn } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { attacker, victim } from './world.ts';
import type { Said } from './world.ts';

/** What the owner once had, the agent takes away and then takes that back. */
export const byUndo: readonly Attempt[] = [
  {
    title: 'a filter of the owner that forwarded: deleted, and undone',
    async go({ owner, rest }) {
      const { id } = await owner.createFilter({ criteria: { from: 'x' }, action: { forward: attacker } });
      assert.equal((await rest('delete_filter', { id })).code, 'OK');
      return rest('undo', {});
    },
  },
  {
    title: 'forwarding of the owner: turned off, and undone over MCP',
    async go({ owner, rest, mcp }) {
      await owner.updateSetting('autoForwarding', { ...forwardingOn, disposition: 'leaveInInbox' });
      assert.equal((await rest('update_auto_forwarding', { enabled: false })).code, 'OK');
      return mcp('undo', {});
    },
  },
  {
    title: 'a delegate of the owner: taken away, and undone on the command line',
    async go({ owner, cli }) {
      await owner.createDelegate(attacker);
      assert.equal((await cli('delete_delegate', '--delegateEmail', attacker)).code, 'OK');
      return cli('undo');
    },
  },
  {
    title: 'an automatic answer of the owner: turned off, and undone',
    async go({ owner, rest }) {
      await owner.updateSetting('vacation', { enableAutoReply: true, responseSubject: 'Away' });
      assert.equal((await rest('update_vacation', { enableAutoReply: false })).code, 'OK');
      return rest('undo', {});
    },
  },
  {
    title: 'a reply-to address of the owner: taken away, and undone',
    async go({ owner, rest }) {
      await owner.updateSendAs(victim, { replyToAddress: attacker });
      assert.equal((await rest('update_send_as', { sendAsEmail: victim, replyToAddress: '' })).code, 'OK');
      return rest('undo', {});
    },
  },
  {
    title: "somebody else's change undone by its number",
    async go({ owner, raw, otherToken }) {
      const { id } = await owner.createFilter({ criteria: { from: 'y' }, action: { forward: attacker } });
      assert.equal((await raw('DELETE', `/api/filters/${id}`, { token: otherToken })).code, 'OK');
      let last: Said = { code: '', json: {} };
      for (let change = 1; change <= 60; change += 1) {
        last = await raw('POST', '/api/undo', { body: JSON.stringify({ change }) });
        assert.doesNotMatch(JSON.stringify(last.json), /filter is back/);
      }
      return last;
    },
  },
  ...[0, -1, 1.5, '1', 9_007_199_254_740_992, { $gt: 0 }].map((change): Attempt => ({
    title: `undo of the change ${JSON.stringify(change)}`,
    go: ({ raw }) => raw('POST', '/api/undo', { body: JSON.stringify({ change }) }),
  })),
];
