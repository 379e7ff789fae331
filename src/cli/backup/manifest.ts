import * as z from 'zod';

/** The last entry of a backup: an archive without it was not finished. */
export const manifestName = 'manifest.json';

/** What a backup says it holds. */
export const manifest = z.object({
  format: z.literal(1),
  /** Of the gmail-llm that wrote it. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  hasSecrets: z.boolean(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), sha256: z.string(), mode: z.number() })),
});

export type Manifest = z.output<typeof manifest>;
export type ManifestFile = Manifest['files'][number];
