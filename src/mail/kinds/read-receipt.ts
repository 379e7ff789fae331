import { readReportFields, typedValue } from './report-fields.ts';

/** A receipt (RFC 8098). */
export interface Receipt {
  /** Who it is from, as the receipt has it. */
  readonly recipient: string;
  /** `displayed` where the message was shown; nothing says that it was read. */
  readonly disposition: 'displayed' | 'deleted' | 'dispatched' | 'processed' | 'denied' | 'failed' | 'unknown';
  /** Without angle brackets; empty where the receipt does not say. */
  readonly originalMessageId: string;
}

const dispositions = ['displayed', 'deleted', 'dispatched', 'processed', 'denied', 'failed'] as const;

/** Reads the `message/disposition-notification` part of a receipt. */
export function readReceipt(text: string): Receipt {
  const fields = new Map(readReportFields(text).flatMap((group) => [...group]));
  const [, type = ''] = /;[ \t]*([\w-]+)/.exec(fields.get('disposition') ?? '') ?? [];
  return {
    recipient: typedValue(fields.get('original-recipient') ?? fields.get('final-recipient')),
    disposition: dispositions.find((one) => one === type.toLowerCase()) ?? 'unknown',
    originalMessageId: (fields.get('original-message-id') ?? '').replaceAll(/[<>\s]/g, ''),
  };
}
