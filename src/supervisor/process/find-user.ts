import { readFileSync } from 'node:fs';

/** A user as the kernel knows it. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The user of that name or number in `/etc/passwd`, or undefined. */
export function findUser(nameOrNumber: string): User | undefined {
  const wanted = nameOrNumber.trim();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (uid === undefined || gid === undefined) continue;
    if (name === wanted || uid === wanted) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
