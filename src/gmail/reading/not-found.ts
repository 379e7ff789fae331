import { AppError } from '../../core/errors.ts';

/** What is looked for, as a sentence names it. */
export type Thing = 'message' | 'thread' | 'draft' | 'label' | 'filter';

const hints: Readonly<Record<Thing, string>> = {
  message: 'Ids come from search_messages; a thread has an id of its own.',
  thread: 'Every message names its threadId.',
  draft: 'Ids come from list_drafts; a draft that was sent is gone.',
  label: 'Ids come from list_labels.',
  filter: 'Ids come from list_filters.',
};

/** A `NOT_FOUND` that says of what. */
export function notFound(thing: Thing, id: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${thing} ${id} in this mailbox.`, {
    field: 'id',
    got: id.slice(0, 64),
    hint: hints[thing],
  });
}

/** Ids as Gmail makes them; Google answers others with 400 or, in a path, with something else altogether. */
const idForms: Readonly<Record<Thing, RegExp>> = {
  message: /^[\da-f]{1,16}$/,
  thread: /^[\da-f]{1,16}$/,
  draft: /^[\w-]{1,64}$/,
  label: /^[\w^-]{1,100}$/,
  filter: /^[\w-]{1,200}$/,
};

/** Whether an id could be one of Gmail's. */
export function isId(thing: Thing, id: string): boolean {
  return idForms[thing].test(id);
}

/** Throws `NOT_FOUND` for what cannot be an id of such a thing, without asking Gmail. */
export function checkId(thing: Thing, id: string): void {
  if (!isId(thing, id)) throw notFound(thing, id);
}
