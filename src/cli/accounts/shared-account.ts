import type { Assembly } from '../../server/assemble.ts';
import { listSharedSettings, writeSharedSetting } from '../../store/records/shared-settings.ts';

/** Has `GMAIL_ACCOUNT` name another account for all hosts, or none; false, and nothing changed, where it does not name `from`. */
export async function replaceSharedAccount(
  { services, shared }: Assembly,
  from: string,
  to: string | undefined,
): Promise<boolean> {
  if (shared === undefined) return false;
  if ((await listSharedSettings(shared.records)).get('GMAIL_ACCOUNT')?.toLowerCase() !== from) return false;
  await writeSharedSetting(shared.records, 'GMAIL_ACCOUNT', to, services.now());
  return true;
}
