import type { MailCache } from './mail-cache.ts';

/** A cache that remembers nothing: everything is asked of Gmail. */
export const noCache: MailCache = {
  standing: () => undefined,
  begin: () => {},
  apply: () => {},
  noteWrite: () => {},
  relabel: () => {},
  dropLabel: () => {},
  remove: () => {},
  summaries: async () => new Map(),
  body: async () => undefined,
  raw: async () => undefined,
  store: async () => {},
  page: () => undefined,
  storePage: () => {},
  thread: () => undefined,
  storeThread: () => {},
  close: () => {},
};
