import * as z from 'zod';
import { readArchiveEntry } from '../documents/archive-entry.ts';
import { readWindow } from '../documents/read-window.ts';
import { parseMime } from '../mail/mime/parse-mime.ts';
import { foldTask } from '../parser/fold-thread-within.ts';
import { mailToFrame } from '../parser/mail-frame.ts';
import { readBody } from '../parser/read-body.ts';
import { calendarTask } from '../parser/read-calendar-within.ts';
import { serveTasks } from '../parser/serve-tasks.ts';

const documentTask = z.object({
  filename: z.string(),
  mimeType: z.string(),
  charset: z.string().optional(),
  offset: z.number(),
  maxChars: z.number(),
  timeZone: z.string(),
});

serveTasks({
  async mail({ header, blobs: [raw = new Uint8Array()] }) {
    const { withFiles } = z.object({ withFiles: z.boolean() }).parse(header);
    return mailToFrame(await parseMime(raw), withFiles);
  },
  body(task) {
    return Promise.resolve(readBody(task));
  },
  calendar: calendarTask,
  fold(task) {
    return Promise.resolve(foldTask(task));
  },
  async document({ header, blobs: [content = new Uint8Array()] }) {
    const { filename, mimeType, charset, ...range } = documentTask.parse(header);
    const file = { filename, mimeType, content, ...(charset === undefined ? {} : { charset }) };
    return { header: { window: await readWindow(file, range) }, blobs: [] };
  },
  async entry({ header, blobs: [content = new Uint8Array()] }) {
    const { path } = z.object({ path: z.string() }).parse(header);
    return { header: {}, blobs: [await readArchiveEntry(content, path)] };
  },
});
