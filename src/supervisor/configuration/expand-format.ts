/** Names that may stand in `%(name)s`. */
export type Expansions = Readonly<Record<string, string | number>>;

const directive = /%(?:%|\(([^)]*)\)([#0\- +]*)(\d*)(?:\.(\d+))?(.)|[\s\S]?)/g;

function formatNumber(value: number, flags: string, width: number, conversion: string): string {
  const digits =
    conversion === 'x' ? value.toString(16) : conversion === 'o' ? value.toString(8) : Math.trunc(value).toString();
  const signed = flags.includes('+') && value >= 0 ? `+${digits}` : digits;
  if (flags.includes('-')) return signed.padEnd(width);
  return flags.includes('0') ? signed.padStart(width, '0') : signed.padStart(width);
}

/**
 * Python's `%` formatting with a mapping, as supervisord applies it to values: `%(name)s`, `%(process_num)02d`, `%%`.
 * Throws an Error that says what cannot be expanded and which names there are.
 */
export function expandFormat(text: string, expansions: Expansions): string {
  return text.replace(
    directive,
    (whole, name?: string, flags = '', width = '', precision?: string, conversion = ''): string => {
      if (whole === '%%') return '%';
      if (name === undefined) throw new Error(`%(name)s or %% instead of ${JSON.stringify(whole)}`);
      const value = Object.hasOwn(expansions, name) ? expansions[name] : undefined;
      if (value === undefined) {
        const names = Object.keys(expansions).filter((key) => !key.startsWith('ENV_'));
        throw new Error(
          name.startsWith('ENV_')
            ? `the environment variable ${name.slice(4)} to be set`
            : `one of %(${names.toSorted().join(')s, %(')})s or %(ENV_X)s instead of %(${name})s`,
        );
      }
      if (conversion === 's') {
        const shown = String(value).slice(0, precision === undefined ? undefined : Number(precision));
        return flags.includes('-') ? shown.padEnd(Number(width)) : shown.padStart(Number(width));
      }
      if (typeof value === 'number' && 'diuxo'.includes(conversion)) {
        return formatNumber(value, flags, Number(width), conversion);
      }
      throw new Error(`%(${name})s instead of ${JSON.stringify(whole)}`);
    },
  );
}
