import { AppError, messageOf } from '../core/errors.ts';
import { isJsonObject } from '../core/json-object.ts';
import { encodeFrame, frameReader, type Frame } from './frames.ts';

/** Does one kind of task: takes the header and the bytes that its caller sent, returns what goes back. */
export type TaskHandler = (task: Frame) => Promise<Frame>;

function errorFrame(error: unknown): Frame {
  const facts =
    error instanceof AppError
      ? { code: error.code, message: error.message, details: error.details }
      : { code: 'INTERNAL', message: messageOf(error), details: {} };
  return { header: { error: facts }, blobs: [] };
}

/**
 * The life of the parser process: tasks come in on standard input, one after the other, answers go out on standard output,
 * and it ends when its server has closed the pipe or is gone. The header of a task names its handler in `kind`.
 */
export function serveTasks(handlers: Readonly<Record<string, TaskHandler>>): void {
  const answer = async (task: Frame): Promise<Frame> => {
    const kind = isJsonObject(task.header) ? String(task.header.kind) : '';
    const handler = Object.hasOwn(handlers, kind) ? handlers[kind] : undefined;
    if (handler === undefined) throw new TypeError(`there is no task ${kind}`);
    return handler(task);
  };
  const read = frameReader((task) => {
    answer(task)
      .catch(errorFrame)
      .then((frame) => {
        for (const piece of encodeFrame(frame)) process.stdout.write(piece);
      })
      .catch(() => process.exit(1));
  });
  for (const piece of encodeFrame({ header: { ready: true }, blobs: [] })) process.stdout.write(piece);
  process.stdin.on('data', read);
  process.stdin.on('end', () => process.exit(0));
}
