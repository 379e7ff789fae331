// Loaded into a program before everything else (`node --import`): keeps, in a file with the name of its pid, the processor
// time of the longest turn of its event loop since that file was removed. What else the machine does is not counted.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.LONGEST_TURN_FOLDER;
const everyMs = 5;
/** Shorter turns hold nobody up. */
const leastMs = 20;

if (folder !== undefined) {
  const file = join(folder, `${process.pid}`);
  let before = process.threadCpuUsage();
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    const turnMs = (user + system) / 1000;
    if (turnMs > leastMs && turnMs > (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0))
      writeFileSync(file, `${turnMs}`);
    before = process.threadCpuUsage();
  }, everyMs).unref();
}
