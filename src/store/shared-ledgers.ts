import type { KeyRing } from '../core/keys/key-ring.ts';
import type { RecordStore } from './records/record-store.ts';

/** What the small ledgers of a home are made of where several hosts share them. */
export interface SharedLedgers {
  readonly records: RecordStore;
  /** The keys that every host of the store has. */
  readonly keys: KeyRing;
  /** Where they are, as people are told. */
  readonly place: string;
}
