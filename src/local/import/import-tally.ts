import { instantOf } from '../../core/zoned-time.ts';
import type { IncomingMessage } from '../arrival/incoming.ts';
import type { ImportReport } from './import-report.ts';

/** Counts imported messages by year and by label. */
export class ImportTally {
  readonly #timeZone: string;
  readonly #years = new Map<number, number>();
  readonly #labels = new Map<string, number>();
  /** First instants of years: working one out costs as much as parsing a small message. */
  readonly #beginnings = new Map<number, number>();
  #imported = 0;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** Counts a message that was imported. */
  add({ internalDateMs, labels }: Pick<IncomingMessage, 'internalDateMs' | 'labels'>): void {
    this.#imported += 1;
    const year = this.#yearOf(internalDateMs);
    this.#years.set(year, (this.#years.get(year) ?? 0) + 1);
    for (const label of labels) this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
  }

  /** What was counted, sorted as the report has it. */
  totals(): Pick<ImportReport, 'imported' | 'years' | 'labels'> {
    return {
      imported: this.#imported,
      years: new Map([...this.#years].toSorted(([a], [b]) => a - b)),
      labels: new Map([...this.#labels].toSorted(([, a], [, b]) => b - a)),
    };
  }

  /** A zone differs from UTC by less than a day, so the year is that of UTC or one beside it. */
  #yearOf(instantMs: number): number {
    const utcYear = new Date(instantMs).getUTCFullYear();
    if (instantMs < this.#beginningOf(utcYear)) return utcYear - 1;
    return instantMs < this.#beginningOf(utcYear + 1) ? utcYear : utcYear + 1;
  }

  #beginningOf(year: number): number {
    const known = this.#beginnings.get(year);
    if (known !== undefined) return known;
    const beginning = instantOf({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0 }, this.#timeZone);
    this.#beginnings.set(year, beginning);
    return beginning;
  }
}
