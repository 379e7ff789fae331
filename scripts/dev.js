// Runs the supervisor and both servers from the sources: builds at every change under src/ and replaces the servers
// without refusing a request. A build that fails is printed, and what runs stays. Ctrl-C stops all.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** Editors write a file in several steps. */
const settleMs = 200;

function run(...words) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' });
    child.on('close', (code) => resolve(code));
  });
}

let isBuilding = false;
let isStale = false;

async function rebuild() {
  isStale = true;
  if (isBuilding) return;
  isBuilding = true;
  while (isStale) {
    isStale = false;
    if ((await run('scripts/build.js')) !== 0) continue;
    // The supervisor itself goes on as it was: it is restarted by hand.
    await run('bin/gmail-llm.js', 'ctl', 'restart', 'gmail-servers:*');
  }
  isBuilding = false;
}

let timer;
watch(join(root, 'src'), { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(() => void rebuild(), settleMs);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
process.exit((await run('bin/gmail-llm.js', 'up')) ?? 1);
