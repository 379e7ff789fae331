/**
 * What a person copied from the address bar after the consent: the whole address, or what follows its `?`. Undefined for
 * anything else, a code without its state included: nothing would tell whose code it is.
 */
export function parsePastedAnswer(text: string): URLSearchParams | undefined {
  const query = text
    .trim()
    .replace(/^[^?]*\?/, '')
    .replace(/#.*$/s, '');
  const answer = new URLSearchParams(query);
  return answer.has('state') && (answer.has('code') || answer.has('error')) ? answer : undefined;
}
