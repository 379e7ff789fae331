/** An answer without the codes of its fences, which are new for each call: for answers that are else the same. */
export function withoutCodes(answer: string): string {
  return answer.replaceAll(/^\[[b-z]{3}\d{3}\](?= |$)/gm, '[code]');
}
