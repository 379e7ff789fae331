import type { Mailbox } from '../../mail/mailbox.ts';
import type { SendAs } from '../../mail/settings.ts';
import { sendAsFieldsOf } from './change-facts.ts';
import { dryRunChecks } from './dry-run-checks.ts';
import type { Recorder } from './recorded-mailbox.ts';

/** The methods that change how a mailbox is set up. */
type SettingsMethods = Pick<
  Mailbox,
  | 'createFilter'
  | 'deleteFilter'
  | 'updateSetting'
  | 'createSendAs'
  | 'updateSendAs'
  | 'deleteSendAs'
  | 'createForwardingAddress'
  | 'deleteForwardingAddress'
  | 'createDelegate'
  | 'deleteDelegate'
>;

/** The part of `recordChanges` that is about filters and settings. */
export function recordSettings(mailbox: Mailbox, record: Recorder): SettingsMethods {
  const checks = dryRunChecks(mailbox);

  /** An address as it is, and which one mail is sent as without a word. */
  async function sendAsBefore(
    email: string,
  ): Promise<{ readonly before: SendAs | undefined; readonly defaultBefore: string }> {
    const all = await mailbox.listSendAs();
    return {
      before: all.find(({ sendAsEmail }) => sendAsEmail === email),
      defaultBefore: all.find(({ isDefault }) => isDefault)?.sendAsEmail ?? mailbox.emailAddress,
    };
  }

  return {
    createFilter: (fields) =>
      record({
        method: 'createFilter',
        check: () => checks.createFilter(fields),
        target: fields,
        make: () => mailbox.createFilter(fields),
        inverse: ({ id }) => ({ kind: 'deleteFilter', id }),
      }),
    async deleteFilter(id) {
      const before = (await mailbox.listFilters()).find((filter) => filter.id === id);
      return record({
        method: 'deleteFilter',
        check: () => checks.deleteFilter(id),
        target: { id },
        from: before,
        make: () => mailbox.deleteFilter(id),
        inverse: () => before && { kind: 'createFilter', fields: { criteria: before.criteria, action: before.action } },
      });
    },
    async updateSetting(name, value) {
      const before = await mailbox.getSetting(name);
      return record({
        method: 'updateSetting',
        target: { name, value },
        from: before,
        make: () => mailbox.updateSetting(name, value),
        inverse: (after) => ({ kind: 'updateSetting', setting: { name, value: before, expected: after } }),
      });
    },
    async createSendAs(email, fields) {
      const { defaultBefore } = await sendAsBefore(email);
      return record({
        method: 'createSendAs',
        check: () => checks.createSendAs(email),
        target: { email, ...fields },
        make: () => mailbox.createSendAs(email, fields),
        inverse: (made) => ({ kind: 'deleteSendAs', email, expected: sendAsFieldsOf(made), defaultBefore }),
      });
    },
    async updateSendAs(email, fields) {
      const { before, defaultBefore } = await sendAsBefore(email);
      return record({
        method: 'updateSendAs',
        check: () => checks.updateSendAs(email),
        target: { email, ...fields },
        from: before,
        make: () => mailbox.updateSendAs(email, fields),
        inverse: (after) =>
          before && {
            kind: 'updateSendAs',
            email,
            fields: sendAsFieldsOf(before),
            expected: sendAsFieldsOf(after),
            defaultBefore,
          },
      });
    },
    async deleteSendAs(email) {
      const { before } = await sendAsBefore(email);
      return record({
        method: 'deleteSendAs',
        check: () => checks.deleteSendAs(email),
        target: { email },
        from: before,
        make: () => mailbox.deleteSendAs(email),
        inverse: () => before && { kind: 'createSendAs', email, fields: sendAsFieldsOf(before) },
      });
    },
    createForwardingAddress: (email) =>
      record({
        method: 'createForwardingAddress',
        check: () => checks.createForwardingAddress(email),
        target: { email },
        make: () => mailbox.createForwardingAddress(email),
        inverse: () => ({ kind: 'deleteForwardingAddress', email }),
      }),
    deleteForwardingAddress: (email) =>
      record({
        method: 'deleteForwardingAddress',
        check: () => checks.deleteForwardingAddress(email),
        target: { email },
        make: () => mailbox.deleteForwardingAddress(email),
        inverse: () => ({ kind: 'createForwardingAddress', email }),
      }),
    createDelegate: (email) =>
      record({
        method: 'createDelegate',
        check: () => checks.createDelegate(email),
        target: { email },
        make: () => mailbox.createDelegate(email),
        inverse: () => ({ kind: 'deleteDelegate', email }),
      }),
    deleteDelegate: (email) =>
      record({
        method: 'deleteDelegate',
        check: () => checks.deleteDelegate(email),
        target: { email },
        make: () => mailbox.deleteDelegate(email),
        inverse: () => ({ kind: 'createDelegate', email }),
      }),
  };
}
