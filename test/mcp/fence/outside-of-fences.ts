const opening = /^\[([b-z]{3}\d{3})\] untrusted [a-z]/;

/**
 * What of an answer is outside of its fences, as a model reads it: from a line `[code] untrusted …` to the line
 * `[code] end` is inside, whatever else is between. Throws for a fence that does not end.
 */
export function outsideOfFences(answer: string): string {
  const outside: string[] = [];
  let code: string | undefined;
  for (const line of answer.split('\n')) {
    if (code === undefined) code = opening.exec(line)?.[1];
    else if (line === `[${code}] end`) code = undefined;
    if (code === undefined && !/^\[[b-z]{3}\d{3}\] end$/.test(line)) outside.push(line);
  }
  if (code !== undefined) throw new Error(`The fence ${code} does not end:\n${answer}`);
  return outside.join('\n');
}
