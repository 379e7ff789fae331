import type { Settings } from '../../mail/settings.ts';
import { whenDone, type DryRun } from '../../safety/changes/dry-run.ts';
import type { ChangingCall } from '../kernel/call.ts';

/** A setting after a change of it, and before. */
interface SettingChange<Setting> {
  readonly before: Setting;
  /** Fields that Gmail holds otherwise than was asked; undefined where it took everything. */
  readonly notApplied?: readonly string[];
}

/** Changes a setting to what `change` makes of it, and returns it as it is then, with what it was `before`. */
export async function changeSetting<Name extends keyof Settings>(
  { mailbox, apply }: Pick<ChangingCall, 'mailbox' | 'apply'>,
  name: Name,
  change: (before: Settings[Name]) => Settings[Name] | Promise<Settings[Name]>,
): Promise<(Settings[Name] & SettingChange<Settings[Name]>) | DryRun> {
  const asked = await change(await mailbox.getSetting(name));
  return whenDone(apply('updateSetting', name, asked), (after, before) => ({
    ...after,
    before,
    ...heldOtherwise(asked, after),
  }));
}

/** HTML is cleaned by Gmail, which changes its text and not what it says. */
const cleanedFields: ReadonlySet<string> = new Set(['responseBodyHtml', 'signature']);

/** Google leaves out what is empty or off. */
function valueOf(value: unknown): unknown {
  return value === undefined || value === false || value === 0 ? '' : value;
}

/** The fields that are not as they were asked to be: Gmail takes a request whole, and may keep a value of its own. */
export function heldOtherwise(asked: object, after: object): { readonly notApplied?: readonly string[] } {
  const held = new Map<string, unknown>(Object.entries(after));
  const notApplied = Object.entries(asked)
    .filter(([field, value]) => !cleanedFields.has(field) && valueOf(value) !== valueOf(held.get(field)))
    .map(([field]) => field);
  return notApplied.length === 0 ? {} : { notApplied };
}
