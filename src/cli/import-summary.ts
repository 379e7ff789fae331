import { extname } from 'node:path';
import type { ImportProblem, ImportReport } from '../local/import/import-report.ts';
import { formatCount, formatDuration } from './progress-bar.ts';

/** What the report of an import does not know. */
export interface ImportSummary {
  readonly emailAddress: string;
  /** Whether nothing was stored. */
  readonly isDryRun: boolean;
  /** Whether calls find this mailbox without being told its address. */
  readonly isOnlyAccount: boolean;
  /** Whether nobody said whose mail it is. */
  readonly isUnnamedAccount: boolean;
  readonly elapsedMs: number;
}

/** Labels that are listed; a Takeout may have hundreds. */
const listedLabels = 10;

/** What an import tells its user at the end: what became of every message, what mail it is, and what to do next. */
export function formatImportReport(report: ImportReport, summary: ImportSummary): string {
  const { found, imported, duplicates, leftOut, unreadable, headersOnly, skippedFiles, years, labels } = report;
  const { emailAddress, isDryRun, elapsedMs } = summary;
  const rows: readonly (readonly [count: number, what: string])[] = [
    [imported, isDryRun ? `would be imported into ${emailAddress}` : `imported into ${emailAddress}`],
    [duplicates, 'there already'],
    ...(leftOut === 0 ? [] : [[leftOut, 'left out, as asked'] as const]),
    [unreadable.length, 'unreadable'],
  ];
  const width = formatCount(found).length;
  return [
    `${formatCount(found)} ${found === 1 ? 'message' : 'messages'} found in ${formatDuration(elapsedMs)}:`,
    ...rows.map(([count, what]) => `  ${formatCount(count).padStart(width)} ${what}`),
    ...countsLine('Years', [...years]),
    ...countsLine('Labels', [...labels]),
    ...problemLines('Not imported', unreadable),
    ...problemLines('In the mailbox as it is, but only its header can be read and searched', headersOnly),
    ...skippedLines(skippedFiles),
    ...nextLines(report, summary),
    '',
  ].join('\n');
}

/** The same for a program: one JSON object. */
export function jsonOfImportReport(report: ImportReport, summary: ImportSummary): string {
  const { years, labels, ...counts } = report;
  const value = {
    account: summary.emailAddress,
    isDryRun: summary.isDryRun,
    ...counts,
    years: Array.from(years, ([year, messages]) => ({ year, messages })),
    labels: Array.from(labels, ([label, messages]) => ({ label, messages })),
    elapsedMs: summary.elapsedMs,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function countsLine(heading: string, counts: readonly (readonly [name: string | number, count: number])[]): string[] {
  if (counts.length === 0) return [];
  const isCut = typeof counts[0]?.[0] === 'string' && counts.length > listedLabels;
  const listed = (isCut ? counts.slice(0, listedLabels) : counts).map(
    ([name, count]) => `${name} (${formatCount(count)})`,
  );
  const rest = isCut ? ` and ${formatCount(counts.length - listedLabels)} more` : '';
  return [`${heading}: ${listed.join(', ')}${rest}`];
}

function nextLines({ isInterrupted, imported }: ImportReport, summary: ImportSummary): readonly string[] {
  const { emailAddress, isDryRun, isOnlyAccount, isUnnamedAccount } = summary;
  if (isDryRun) return ['Nothing was stored: the same command without --dry-run imports.'];
  if (isInterrupted) return [];
  const where = isOnlyAccount ? '' : ` --account ${emailAddress}`;
  return [
    ...(isUnnamedAccount
      ? [
          `No account was named, so the mail is in ${emailAddress}; \`gmail-llm accounts rename ${emailAddress} ADDRESS\` gives it yours.`,
        ]
      : []),
    ...(imported === 0
      ? []
      : [
          `Next: \`gmail-llm call search_messages${where}\` searches it here, \`gmail-llm up\` serves it, \`gmail-llm connect\` sets up an agent.`,
        ]),
  ];
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
