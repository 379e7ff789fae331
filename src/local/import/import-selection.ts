/** Which messages of an archive are wanted; everything that is named has to hold. */
export interface ImportSelection {
  /** Received at this time or later, milliseconds since 1970. */
  readonly sinceMs?: number;
  /** Received before this time, milliseconds since 1970. */
  readonly beforeMs?: number;
  readonly withoutSpam?: boolean;
}

/** Whether a message with these labels is wanted, as far as labels decide. */
export function isSelectedByLabels({ withoutSpam = false }: ImportSelection, labels: readonly string[]): boolean {
  return !(withoutSpam && labels.includes('SPAM'));
}

/** Whether a message of this date is wanted, as far as dates decide. */
export function isSelectedByDate({ sinceMs, beforeMs }: ImportSelection, internalDateMs: number): boolean {
  return (sinceMs === undefined || internalDateMs >= sinceMs) && (beforeMs === undefined || internalDateMs < beforeMs);
}

/** The same text for the same selection; empty for all messages. */
export function nameOfSelection({ sinceMs, beforeMs, withoutSpam = false }: ImportSelection): string {
  return [
    ...(sinceMs === undefined ? [] : [` since ${sinceMs}`]),
    ...(beforeMs === undefined ? [] : [` before ${beforeMs}`]),
    ...(withoutSpam ? [' without spam'] : []),
  ].join('');
}
