import type { Parameter } from '../../database.ts';

/** SQL with a `?` for every parameter; nothing that a caller typed stands in the text. */
export interface Sql {
  readonly text: string;
  readonly parameters: readonly Parameter[];
}

/** SQL whose `?` are filled with plain values, and with other SQL where an argument is one. */
export function sql(text: string, ...values: readonly (Parameter | Sql)[]): Sql {
  const pieces = text.split('?');
  const parameters: Parameter[] = [];
  let filled = pieces[0] ?? '';
  values.forEach((value, index) => {
    const isSql = typeof value === 'object' && value !== null && 'text' in value;
    if (isSql) parameters.push(...value.parameters);
    else parameters.push(value);
    filled += (isSql ? value.text : '?') + (pieces[index + 1] ?? '');
  });
  return { text: filled, parameters };
}

/** Several pieces as one, each in parentheses, with a word between them. */
export function joinSql(pieces: readonly Sql[], word: 'AND' | 'OR'): Sql {
  return {
    text: pieces.map(({ text }) => `(${text})`).join(` ${word} `),
    parameters: pieces.flatMap(({ parameters }) => parameters),
  };
}
