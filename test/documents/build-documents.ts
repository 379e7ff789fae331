import { buildZip } from '../support/build-zip.ts';

const relationship = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A spreadsheet whose sheets are rows of `<c …>` elements as they stand in a file. */
export function buildXlsx(
  sheets: Readonly<Record<string, string>>,
  {
    strings = [],
    formats = '',
    is1904 = false,
  }: { strings?: readonly string[]; formats?: string; is1904?: boolean } = {},
): Buffer {
  const names = Object.keys(sheets);
  return buildZip({
    'xl/workbook.xml': `<workbook xmlns:r="${relationship}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${names
      .map((name, index) => `<sheet name="${name}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names
      .map(
        (_, index) =>
          `<Relationship Id="rId${index + 1}" Type="${relationship}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    'xl/sharedStrings.xml': `<sst>${strings.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
    'xl/styles.xml': `<styleSheet>${formats}</styleSheet>`,
    ...Object.fromEntries(
      names.map((name, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
      ]),
    ),
  });
}

/** A Word document with this body, in its own XML. */
export function buildDocx(body: string): Buffer {
  return buildZip({
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    '_rels/.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relationship}/officeDocument" Target="word/document.xml"/></Relationships>`,
    'word/document.xml': `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
  });
}

/** A presentation; each slide is its paragraphs, and what is said with it. */
export function buildPptx(slides: readonly { readonly lines: readonly string[]; readonly said?: string }[]): Buffer {
  const paragraphs = (lines: readonly string[]): string =>
    lines.map((line) => `<a:p><a:r><a:t>${line}</a:t></a:r></a:p>`).join('');
  return buildZip({
    'ppt/presentation.xml': `<p:presentation xmlns:r="${relationship}"><p:sldIdLst>${slides
      .map((_, index) => `<p:sldId id="${256 + index}" r:id="rId${index + 1}"/>`)
      .join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': `<Relationships>${slides
      .map(
        (_, index) =>
          `<Relationship Id="rId${index + 1}" Type="${relationship}/slide" Target="slides/slide${index + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
    ...Object.fromEntries(
      slides.flatMap(({ lines, said }, index) => [
        [`ppt/slides/slide${index + 1}.xml`, `<p:sld>${paragraphs(lines)}</p:sld>`],
        ...(said === undefined
          ? []
          : [
              [
                `ppt/slides/_rels/slide${index + 1}.xml.rels`,
                `<Relationships><Relationship Id="rId1" Type="${relationship}/notesSlide" Target="../notesSlides/notes${index + 1}.xml"/></Relationships>`,
              ],
              [`ppt/notesSlides/notes${index + 1}.xml`, `<p:notes>${paragraphs([said, String(index + 1)])}</p:notes>`],
            ]),
      ]),
    ),
  });
}

/** A PDF with a page for each list of lines; `[x, y, text]` places one elsewhere than below the last. */
export function buildPdf(pages: readonly (readonly (string | readonly [number, number, string])[])[]): Buffer {
  const objects: string[] = [];
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
  objects.push('<< /Type /Catalog /Pages 2 0 R >>', `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  objects.push('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  for (const [index, lines] of pages.entries()) {
    const text = lines
      .map((line, at) => {
        const [x, y, words] = typeof line === 'string' ? [72, 720 - at * 14, line] : line;
        return `BT /F1 12 Tf ${x} ${y} Td (${words.replaceAll(/[()\\]/g, String.raw`\$&`)}) Tj ET`;
      })
      .join('\n');
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + index * 2} 0 R >>`,
    );
    objects.push(`<< /Length ${text.length} >>\nstream\n${text}\nendstream`);
  }
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const start = file.length;
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    'latin1',
  );
}
