import { extname } from 'node:path';
import type { ImportProblem, ImportReport } from '../local/import/import-report.ts';
import { formatCount, formatDuration } from './progress-bar.ts';

/** What an import tells its user at the end: what became of every message, and every one that is not as it should be. */
export function formatImportReport(report: ImportReport, emailAddress: string, elapsedMs: number): string {
  const { found, imported, duplicates, unreadable, headersOnly, skippedFiles } = report;
  const rows = [
    [imported, `imported into ${emailAddress}`],
    [duplicates, 'there already'],
    [unreadable.length, 'unreadable'],
  ] as const;
  const width = formatCount(found).length;
  return [
    `${formatCount(found)} ${found === 1 ? 'message' : 'messages'} found in ${formatDuration(elapsedMs)}:`,
    ...rows.map(([count, what]) => `  ${formatCount(count).padStart(width)} ${what}`),
    ...problemLines('Not imported', unreadable),
    ...problemLines('In the mailbox as it is, but only its header can be read and searched', headersOnly),
    ...skippedLines(skippedFiles),
    '',
  ].join('\n');
}

/** Every problem, under its reason. */
function problemLines(heading: string, problems: readonly ImportProblem[]): readonly string[] {
  const byReason = Map.groupBy(problems, ({ reason }) => reason);
  return Array.from(byReason, ([reason, sameReason]) => [
    `${heading}: ${reason}`,
    ...sameReason.map(({ source }) => `  ${source}`),
  ]).flat();
}

/** Files that are no mail are counted by kind: a folder of mail holds many, and nobody asked about them. */
function skippedLines(skipped: readonly ImportProblem[]): readonly string[] {
  if (skipped.length === 0) return [];
  const byKind = Map.groupBy(skipped, ({ source }) => extname(source).toLowerCase() || 'without extension');
  const kinds = Array.from(byKind, ([kind, files]) => ({ kind, count: files.length }))
    .toSorted((a, b) => b.count - a.count)
    .map(({ kind, count }) => `${count} ${kind}`);
  return [
    `${formatCount(skipped.length)} ${skipped.length === 1 ? 'file is' : 'files are'} no mail: ${kinds.join(', ')}`,
  ];
}
