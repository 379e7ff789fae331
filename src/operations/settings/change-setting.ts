import type { MailboxWriter } from '../../mail/mailbox.ts';
import type { Settings } from '../../mail/settings.ts';

/** Changes a setting to what `change` makes of it, and answers it as it is then, with what it was `before`. */
export async function changeSetting<Name extends keyof Settings>(
  mailbox: MailboxWriter,
  name: Name,
  change: (before: Settings[Name]) => Settings[Name] | Promise<Settings[Name]>,
): Promise<Settings[Name] & { readonly before: Settings[Name] }> {
  const before = await mailbox.getSetting(name);
  return { ...(await mailbox.updateSetting(name, await change(before))), before };
}
