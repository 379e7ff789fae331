import { open, readdir, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseLogLine, type LogLine } from './log-line.ts';

/** The end of a file that is looked at: some 5,000 lines. */
export const readBytes = 1_000_000;
/** Read at once, from the end: as many lines as a page shows. */
const blockBytes = 64_000;
const lineEnd = 0x0a;

/** Bytes of a file from `start` to `end`. */
export async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}

/** The lines of the end of a file, the last first. */
async function* linesFromEnd(path: string): AsyncGenerator<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const first = Math.max(0, size - readBytes);
    // The beginning of a block is the end of a line that begins in the block before.
    let cut: Buffer = Buffer.alloc(0);
    for (let end = size; end > first; end -= blockBytes) {
      const start = Math.max(first, end - blockBytes);
      const block = Buffer.concat([await readRange(file, start, end), cut]);
      let stop = block.length;
      for (let at = block.lastIndexOf(lineEnd); at >= 0; at = at === 0 ? -1 : block.lastIndexOf(lineEnd, at - 1)) {
        if (at + 1 < stop) yield block.toString('utf8', at + 1, stop);
        stop = at;
      }
      cut = block.subarray(0, stop);
    }
    if (first === 0 && cut.length > 0) yield cut.toString('utf8');
  } finally {
    await file.close();
  }
}

/** The newest lines of a program's log that fit, the newest first. */
async function newestOf(
  path: string,
  program: string,
  { most, fits }: { readonly most: number; readonly fits: (line: LogLine) => boolean },
): Promise<readonly LogLine[]> {
  const found: LogLine[] = [];
  let timeless: LogLine[] = [];
  for await (const text of linesFromEnd(path)) {
    const line = parseLogLine(text, program);
    if (Number.isNaN(line.timeMs)) {
      timeless.push(line);
      continue;
    }
    // What follows a line without a time of its own belongs to it.
    const group = [...timeless.map((each) => ({ ...each, timeMs: line.timeMs })), line];
    timeless = [];
    found.push(...group.filter(fits));
    if (found.length >= most) return found.slice(0, most);
  }
  return [...found, ...timeless.map((each) => ({ ...each, timeMs: 0 })).filter(fits)].slice(0, most);
}

/** The programs that have a log in this folder. */
export async function loggedPrograms(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.log')).map((name) => basename(name, '.log'));
}

/** The newest lines that fit of these programs' logs, of all of them together, the newest first. */
export async function readLogs(
  folder: string,
  programs: readonly string[],
  wanted: { readonly most: number; readonly fits: (line: LogLine) => boolean },
): Promise<readonly LogLine[]> {
  const lists = await Promise.all(programs.map((program) => newestOf(join(folder, `${program}.log`), program, wanted)));
  // Sorting is stable: lines of the same millisecond stay in the order of their file.
  return lists
    .flat()
    .toSorted((a, b) => b.timeMs - a.timeMs)
    .slice(0, wanted.most);
}
