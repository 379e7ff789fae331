import type { Label } from '../../mail/message.ts';
import { oneLine } from '../kernel/render-text.ts';

/** A label with all that was chosen of it, on one line. */
export function renderLabel(shown: Label): string {
  const facts = [
    ...(shown.color === undefined ? [] : [`${shown.color.textColor} on ${shown.color.backgroundColor}`]),
    ...(shown.labelListVisibility === undefined ? [] : [shown.labelListVisibility]),
    ...(shown.messageListVisibility === 'hide' ? ['hidden in message lists'] : []),
  ];
  return [`${shown.id}: ${oneLine(shown.name)}`, ...facts].join(', ');
}
