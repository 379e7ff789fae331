/**
 * What Gmail calls its own places in other languages: it refuses labels of these names, too, whatever the language of the
 * account is. Public reports name Ongelezen (got-your-back#135), Messages envoyés (#228), No leídos (#360), Da leggere and
 * Enviado (#442); the others are the names that Gmail's pages have in the same languages.
 */
const reservedNames: ReadonlySet<string> = new Set(
  [
    // Dutch, French, Spanish, Italian, Portuguese, German
    'postvak in|verzonden|concepten|spam|prullenbak|met ster|belangrijk|alle e-mail|ongelezen',
    'boîte de réception|messages envoyés|brouillons|corbeille|messages suivis|importants|tous les messages|non lus',
    'recibidos|enviados|enviado|borradores|papelera|destacados|importantes|todos|no leídos|leídos',
    'posta in arrivo|posta inviata|inviata|bozze|cestino|speciali|importanti|tutti i messaggi|da leggere',
    'caixa de entrada|entrada|rascunhos|lixeira|com estrela|todos os e-mails|não lidas|não lidos',
    'posteingang|gesendet|entwürfe|papierkorb|markiert|wichtig|alle nachrichten|ungelesen',
  ]
    .join('|')
    .split('|'),
);

/** Whether Gmail keeps a name for itself in another language than English. */
export function isReservedElsewhere(name: string): boolean {
  return reservedNames.has(name.trim().toLowerCase());
}

/**
 * A name as Gmail compares it with others: two labels may not differ only in what separates their words. Public reports:
 * `Reference / Political activism` against `Reference/Political activism`, dashes and underscores against spaces
 * (inbox-zero 08120f8ca, 1ebfc641b).
 */
export function comparableName(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[\s/_.-]+/g, ' ')
    .trim();
}
