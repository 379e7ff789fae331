import type { RecordStore } from './record-store.ts';

/** The settings that all hosts of a store share, by variable. Throws `UNAVAILABLE`. */
export async function listSharedSettings(records: RecordStore): Promise<ReadonlyMap<string, string>> {
  const kept = await records.list('setting');
  return new Map(kept.map(({ name, body }) => [name, body]));
}

/** Sets one for all hosts, whose processes read it when they start; undefined takes it out. Throws `UNAVAILABLE`. */
export async function writeSharedSetting(
  records: RecordStore,
  name: string,
  value: string | undefined,
  nowMs: number,
): Promise<void> {
  if (value === undefined) await records.take('setting', name);
  else await records.put('setting', { name, body: value, atMs: nowMs });
}
