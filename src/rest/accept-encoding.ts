/** Encodings of an answer, the better first. */
const encodings = ['zstd', 'gzip'] as const;
export type Encoding = (typeof encodings)[number];

/** The best encoding that an `Accept-Encoding` header allows, or undefined for none (RFC 9110 section 12.5.3). */
export function bestEncoding(header: string | undefined): Encoding | undefined {
  if (header === undefined) return undefined;
  const weights = new Map(
    header
      .toLowerCase()
      .split(',')
      .map((part) => part.split(';').map((word) => word.trim()))
      .map(([coding = '', weight]) => [
        coding,
        weight === undefined ? 1 : Number(/^q=([\d.]+)$/.exec(weight)?.[1] ?? 1),
      ]),
  );
  const weightOf = (coding: Encoding): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const [best] = encodings.toSorted((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) > 0 ? best : undefined;
}
