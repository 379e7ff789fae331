const textTypes =
  /^(?:text\/|application\/(?:json|xml|ics|x-sh|javascript|yaml|x-yaml|sql|csv|[\w.-]+\+(?:json|xml))$)/i;

/** Bytes that are looked at to tell text from binary when the media type does not say. */
const sampleBytes = 4096;

/** Whether a file is text: by its media type or, where that says nothing, by having no NUL among its first bytes and being UTF-8. */
export function isText(mimeType: string, content: Uint8Array): boolean {
  if (textTypes.test(mimeType)) return true;
  if (mimeType !== 'application/octet-stream' && mimeType !== '') return false;
  const sample = content.subarray(0, sampleBytes);
  if (sample.includes(0)) return false;
  try {
    // A sample may end inside a character; `stream` forgives that, and nothing else.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}
