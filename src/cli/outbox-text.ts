import { printableLine, printableText } from '../mail/text/printable-text.ts';
import type { OutboxEntry } from '../safety/outbox/outbox-entry.ts';

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** An entry as JSON, without its message's bytes. */
export function entryAsJson(entry: OutboxEntry): object {
  const { id, account, state, contentHash, createdMs, changedMs, sendsAtMs, operation, actor, message, progress } =
    entry;
  return {
    id,
    account,
    state,
    contentHash,
    createdAt: iso(createdMs),
    changedAt: iso(changedMs),
    ...(state === 'waiting' ? { sendsAt: iso(sendsAtMs) } : {}),
    operation,
    transport: actor.transport,
    requestId: actor.requestId,
    ...(actor.tokenName === undefined ? {} : { tokenName: actor.tokenName }),
    ...message,
    ...(progress.result === undefined ? {} : { messageId: progress.result.id }),
    ...(progress.failure === undefined ? {} : { failure: progress.failure }),
  };
}

/** An entry as a line of a list. */
export function entryLine({ id, state, createdMs, message, progress }: OutboxEntry): string {
  const to = [...message.to, ...message.cc, ...message.bcc];
  const others = to.length > 1 ? ` and ${to.length - 1} more` : '';
  const why = progress.failure === undefined ? '' : `  (${printableLine(progress.failure.message)})`;
  const [first = 'nobody'] = to;
  return `${id}  ${state.padEnd(9)}  ${iso(createdMs).slice(0, 16)}Z  ${printableLine(first)}${others}: ${printableLine(message.subject)}${why}`;
}

function bytes(sizeBytes: number): string {
  if (sizeBytes < 1000) return `${sizeBytes} bytes`;
  return sizeBytes < 1_000_000 ? `${(sizeBytes / 1000).toFixed(1)} kB` : `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}

/** An entry as a person has to see it before it is approved: everything that would leave, and why to be careful. */
export function entryText(entry: OutboxEntry): string {
  const { id, account, state, contentHash, createdMs, sendsAtMs, operation, actor, message, progress } = entry;
  const who = actor.tokenName === undefined ? actor.transport : `${actor.transport}, token ${actor.tokenName}`;
  const lines = [
    `Message ${id}: ${state}${state === 'waiting' ? ` until ${iso(sendsAtMs)}` : ''}`,
    `Asked:   ${iso(createdMs)} by ${operation} over ${who}, for ${account}`,
    `From:    ${printableLine(message.from)}`,
  ];
  for (const [name, list] of [
    ['To', message.to],
    ['Cc', message.cc],
    ['Bcc', message.bcc],
  ] as const) {
    if (list.length > 0) lines.push(`${`${name}:`.padEnd(8)} ${list.map(printableLine).join(', ')}`);
  }
  lines.push(`Subject: ${printableLine(message.subject)}`);
  for (const { filename, mimeType, sizeBytes } of message.attachments) {
    lines.push(`Attached: ${printableLine(filename)} (${printableLine(mimeType)}, ${bytes(sizeBytes)})`);
  }
  for (const warning of message.warnings) lines.push(`Warning: ${printableLine(warning)}`);
  if (progress.failure !== undefined) lines.push(`Failure: ${printableLine(progress.failure.message)}`);
  if (progress.result !== undefined) lines.push(`Sent as: ${progress.result.id}`);
  const text =
    message.text === ''
      ? []
      : [
          '',
          ...printableText(message.text)
            .trimEnd()
            .split('\n')
            .map((line) => `| ${line}`),
        ];
  return `${[...lines, ...text, '', `Hash:    ${contentHash}`].join('\n')}\n`;
}
