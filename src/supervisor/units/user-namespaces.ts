import { readFileSync } from 'node:fs';

/** Settings of kernels by which users may not make namespaces, or none that they can mount in: Debian's, Linux's, Ubuntu's (AppArmor). */
const refusals = [
  ['/proc/sys/kernel/unprivileged_userns_clone', '0'],
  ['/proc/sys/user/max_user_namespaces', '0'],
  ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1'],
] as const;

/** The setting, if any, by which a user's own manager cannot give a service namespaces here: starts that need them would fail. */
export function refusedUserNamespaces(): string | undefined {
  return refusals.find(([file, value]) => readSetting(file) === value)?.[0];
}

function readSetting(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // This kernel has no such setting.
    return undefined;
  }
}
