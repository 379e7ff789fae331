import { clipText } from '../../mail/text/clip-text.ts';
import { htmlToText } from '../../mail/html/html-to-text.ts';
import type {
  AutoForwarding,
  Delegate,
  ForwardingAddress,
  ImapSettings,
  PopSettings,
  SendAs,
  VacationSettings,
} from '../../mail/settings.ts';
import { fence, type AnswerText } from '../kernel/answer-text.ts';
import { formatMinute, oneLine } from '../kernel/render-text.ts';

/** Characters of a signature or an automatic answer that are shown; the JSON answer has all of it. */
const shownChars = 1000;

/** Facts on one line, and under it a text of several lines, set off from them. */
function withText(facts: readonly string[], text: string): string {
  const { text: shown, remainingCharacters } = clipText(text.trim(), shownChars);
  if (shown === '') return facts.join(', ');
  const rest = remainingCharacters > 0 ? `\n  (${remainingCharacters} more characters)` : '';
  return `${facts.join(', ')}:\n${shown.replaceAll(/^(?=.)/gm, '  ')}${rest}`;
}

function period({ startTime, endTime }: VacationSettings, timeZone: string): readonly string[] {
  const moments = [
    ...(startTime === undefined ? [] : [`from ${formatMinute(Number(startTime), timeZone)}`]),
    ...(endTime === undefined ? [] : [`until ${formatMinute(Number(endTime), timeZone)}`]),
  ];
  return moments.length === 0 ? [] : [`${moments.join(' ')} (${timeZone})`];
}

/** The automatic answer: its facts on one line, its text below. */
export function renderVacation(shown: VacationSettings, timeZone: string): string {
  const { responseSubject = '', responseBodyHtml = '', responseBodyPlainText = '' } = shown;
  const facts = [
    shown.enableAutoReply ? 'on' : 'off',
    ...period(shown, timeZone),
    ...(shown.restrictToContacts === true ? ['to contacts only'] : []),
    ...(shown.restrictToDomain === true ? ['to the own domain only'] : []),
    ...(responseSubject === '' ? [] : [`subject "${oneLine(responseSubject)}"`]),
    ...(responseBodyHtml === '' ? [] : ['written in HTML']),
  ];
  return withText(facts, responseBodyHtml === '' ? responseBodyPlainText : htmlToText(responseBodyHtml).text);
}

/** A send-as address: its facts on one line, its signature below. */
export function renderSendAs(shown: SendAs): string {
  const { verificationStatus = 'accepted' } = shown;
  const facts = [
    oneLine(shown.sendAsEmail),
    ...(shown.displayName === '' ? [] : [`as ${oneLine(shown.displayName)}`]),
    ...(shown.isPrimary ? ['primary'] : []),
    ...(shown.isDefault ? ['default'] : []),
    ...(shown.isPrimary || shown.treatAsAlias ? [] : ['not an alias']),
    ...(shown.replyToAddress === '' ? [] : [`replies to ${oneLine(shown.replyToAddress)}`]),
    ...(verificationStatus === 'accepted' ? [] : [`verification ${verificationStatus}`]),
    shown.signature === '' ? 'no signature' : 'signature',
  ];
  return withText(facts, htmlToText(shown.signature).text);
}

export function renderAutoForwarding({ enabled, emailAddress, disposition }: AutoForwarding): string {
  if (!enabled) return 'off';
  const copy = disposition === undefined ? '' : `, the copy here: ${disposition}`;
  return `on: all arriving mail is FORWARDED to ${oneLine(emailAddress ?? 'nobody')}${copy}`;
}

export function renderImap({ enabled, autoExpunge, expungeBehavior, maxFolderSize }: ImapSettings): string {
  return [
    enabled ? 'on' : 'off',
    ...(autoExpunge === undefined ? [] : [autoExpunge ? 'expunges at once' : 'waits for the client to expunge']),
    ...(expungeBehavior === undefined ? [] : [`expunged mail: ${expungeBehavior}`]),
    ...(maxFolderSize === undefined || maxFolderSize === 0 ? [] : [`at most ${maxFolderSize} messages a folder`]),
  ].join(', ');
}

export function renderPop({ accessWindow, disposition }: PopSettings): string {
  return disposition === undefined || accessWindow === 'disabled'
    ? accessWindow
    : `${accessWindow}, fetched mail: ${disposition}`;
}

export function renderForwardingAddress({ forwardingEmail, verificationStatus }: ForwardingAddress): string {
  return `${oneLine(forwardingEmail)} (${verificationStatus})`;
}

export function renderDelegate({ delegateEmail, verificationStatus }: Delegate): string {
  return `${oneLine(delegateEmail)} (${verificationStatus})`;
}

/** What a change came to: the state now, then the one before, and what Gmail holds otherwise than asked. */
export function renderChange(after: string, before: string, notApplied: readonly string[] = []): AnswerText & object {
  const kept = notApplied.length === 0 ? [] : [`Gmail did not take what was asked for: ${notApplied.join(', ')}.`];
  return ['Changed.', ...fence('settings', `now: ${after}\nbefore: ${before}`), ...kept];
}
