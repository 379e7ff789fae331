import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A disk whose size is changed while it is used. */
export interface SmallDisk {
  readonly folder: string;
  /** Makes it so many bytes large. */
  readonly resize: (bytes: number) => void;
  /** Takes away all the room that is left on it. */
  readonly fill: () => Promise<void>;
  /** To be called when nothing uses it any more. */
  readonly remove: () => void;
}

const mount = (...words: readonly string[]) => spawnSync('mount', words, { encoding: 'utf8' });

/** Mounts a disk that lies in memory, for a user of its own; undefined where that is not allowed. */
function mountDisk(bytes: number, uid: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'gmail-llm-disk-'));
  if (mount('-t', 'tmpfs', '-o', `size=${bytes},mode=700,uid=${uid}`, 'tmpfs', folder).status !== 0) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const resize = (size: number) => mount('-o', `remount,size=${size}`, folder);
  return {
    folder,
    resize(size) {
      const { status, stderr } = resize(size);
      if (status !== 0) throw new Error(`${folder} cannot be made ${size} bytes large: ${stderr}`);
    },
    async fill() {
      // It is never made smaller than what is on it, which grows meanwhile.
      for (let tries = 0; ; tries += 1) {
        const { blocks, bfree, bsize } = statfsSync(folder);
        const { status, stderr } = resize((blocks - bfree) * bsize);
        if (status === 0) return;
        if (tries === 100) throw new Error(`${folder} cannot be made full: ${stderr}`);
        await delay(10);
      }
    },
    remove() {
      spawnSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Why no {@link SmallDisk} can be had here, with what changes it; false where one can. */
export const skipWithoutDisks: string | false =
  process.platform !== 'linux' || process.getuid?.() !== 0 ? 'needs Linux and root, to mount a disk' : isRefused();

function isRefused(): string | false {
  const disk = mountDisk(4096, 0);
  disk?.remove();
  return disk === undefined && 'needs the right to mount a disk';
}

/** A disk that lies in memory, for a user of its own. */
export function smallDisk(bytes: number, uid: number): SmallDisk {
  const disk = mountDisk(bytes, uid);
  if (disk === undefined) throw new Error(String(skipWithoutDisks));
  return disk;
}
