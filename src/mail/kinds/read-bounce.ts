import { readReportFields, typedValue } from './report-fields.ts';

/** What became of a message for one recipient. */
export interface BouncedRecipient {
  /** As the report has it. */
  readonly address: string;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'unknown';
  /** An enhanced status code (RFC 3463), such as `5.1.1`; empty where there is none. */
  readonly status: string;
  /** What the other server said, as the report has it. */
  readonly reason: string;
}

/** A delivery report (RFC 3464). */
export interface Bounce {
  readonly recipients: readonly BouncedRecipient[];
}

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;

/** Reads the `message/delivery-status` part of a report. */
export function readBounce(text: string): Bounce {
  const groups = readReportFields(text).filter(
    (fields) => fields.has('final-recipient') || fields.has('original-recipient') || fields.has('action'),
  );
  return {
    recipients: groups.map((fields) => {
      const action = actions.find((one) => one === fields.get('action')?.toLowerCase()) ?? 'unknown';
      return {
        address: typedValue(fields.get('original-recipient') ?? fields.get('final-recipient')),
        action,
        status: statusIn(fields.get('status') ?? ''),
        reason: typedValue(fields.get('diagnostic-code')),
      };
    }),
  };
}

/** The first enhanced status code (RFC 3463) of a text; empty where there is none. */
export function statusIn(text: string): string {
  return /\b[245]\.\d{1,3}\.\d{1,3}\b/.exec(text)?.[0] ?? '';
}
