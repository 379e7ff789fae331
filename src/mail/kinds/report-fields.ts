/** Fields of one group of a report, names in lower case. */
export type ReportFields = ReadonlyMap<string, string>;

/** Groups of a report that are read: one for the message and one for each recipient. */
const maxGroups = 50;
const maxValueCharacters = 1000;

/**
 * The groups of fields of a delivery report or a receipt (RFC 3464 section 2.1, RFC 8098 section 3.1): each group is a
 * header, empty lines are between.
 */
export function readReportFields(text: string): readonly ReportFields[] {
  const groups = text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\n[ \t]+/g, ' ')
    .split(/\n[ \t]*\n+/, maxGroups);
  return groups
    .map((group) => {
      const fields = new Map<string, string>();
      for (const line of group.split('\n')) {
        const [start, name] = /^([\w-]{1,60})[ \t]*:/.exec(line) ?? [];
        if (start === undefined || name === undefined || fields.has(name.toLowerCase())) continue;
        fields.set(name.toLowerCase(), line.slice(start.length).trim().slice(0, maxValueCharacters));
      }
      return fields;
    })
    .filter((fields) => fields.size > 0);
}

/** The address of a field such as `rfc822; ann@example.org`. */
export function typedValue(value: string | undefined): string {
  return (value ?? '').replace(/^[\w.-]+[ \t]*;[ \t]*/, '');
}
