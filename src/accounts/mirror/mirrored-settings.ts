import { currentContext } from '../../core/context.ts';
import type { Mailbox, MailboxSettings } from '../../mail/mailbox.ts';
import {
  keptDelegates,
  keptFilters,
  keptForwarding,
  keptSendAs,
  keptSettings,
  type KeptSetting,
} from './kept-settings.ts';
import type { Mirror } from './mirror.ts';
import type { MirrorReads } from './mirror-reads.ts';

/** The part of a mailbox that is about filters and settings. */
type SettingsPart = MailboxSettings & Pick<Mailbox, 'listFilters' | 'createFilter' | 'deleteFilter'>;

/** How old a setting may be when it is read: no history speaks of settings, and servers read them every five minutes. */
const freshMs = 600_000;

/** Filters and settings, read from the mirror unless something is to be changed; changes go to Google. */
export function mirroredSettings(parts: {
  readonly live: Mailbox;
  readonly mirror: Mirror;
  readonly reads: MirrorReads;
  readonly now: () => number;
}): SettingsPart {
  const { live, mirror, reads, now } = parts;

  async function read<T>(setting: KeptSetting<T>): Promise<T> {
    const { isChange = false, freshSinceMs = now() - freshMs } = currentContext() ?? {};
    const ask = () => reads.live(undefined, () => mirror.keep(setting, () => setting.read(live)));
    // What a change is made from, and taken back to, is what is there now.
    const kept = isChange ? undefined : await mirror.kept(setting);
    if (kept === undefined) return ask();
    const serve = async () => kept.value;
    const view = { asOfMs: kept.readMs, missing: 0 };
    if (kept.readMs >= freshSinceMs && kept.readMs <= now()) return reads.here(view, serve);
    if (reads.isOffline()) return reads.here({ ...view, unverified: 'UNAVAILABLE' }, serve);
    try {
      return await ask();
    } catch (error) {
      return reads.here({ ...view, unverified: reads.missed(error) }, serve);
    }
  }

  async function changing<T>(settings: readonly KeptSetting<unknown>[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      // Also where it failed: it may have been made all the same.
      await mirror.forget(settings);
    }
  }

  return {
    listFilters: () => read(keptFilters),
    createFilter: (fields) => changing([keptFilters], () => live.createFilter(fields)),
    deleteFilter: (id) => changing([keptFilters], () => live.deleteFilter(id)),
    getSetting: (name) => read(keptSettings[name]),
    updateSetting: (name, value) => changing([keptSettings[name]], () => live.updateSetting(name, value)),
    listSendAs: () => read(keptSendAs),
    createSendAs: (address, fields) => changing([keptSendAs], () => live.createSendAs(address, fields)),
    updateSendAs: (address, fields) => changing([keptSendAs], () => live.updateSendAs(address, fields)),
    deleteSendAs: (address) => changing([keptSendAs], () => live.deleteSendAs(address)),
    listForwardingAddresses: () => read(keptForwarding),
    createForwardingAddress: (address) => changing([keptForwarding], () => live.createForwardingAddress(address)),
    // Forwarding that went there ends, too.
    deleteForwardingAddress: (address) =>
      changing([keptForwarding, keptSettings.autoForwarding], () => live.deleteForwardingAddress(address)),
    listDelegates: () => read(keptDelegates),
    createDelegate: (address) => changing([keptDelegates], () => live.createDelegate(address)),
    deleteDelegate: (address) => changing([keptDelegates], () => live.deleteDelegate(address)),
  };
}
