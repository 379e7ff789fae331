/** System labels, each with its names, separated by commas: in Gmail, and in other programs that keep such folders. */
const systemLabelNames: Readonly<Record<string, string>> = {
  INBOX: `
    inbox, posteingang, boîte de réception, recibidos, bandeja de entrada, posta in arrivo, caixa de entrada,
    postvak in, safata d'entrada, odebrane, inkorg, indbakke, innboks, saapuneet, doručená pošta, gelen kutusu,
    входящие, вхідні, 受信トレイ, 收件箱, 收件匣, 받은편지함`,
  SENT: `
    sent, sent mail, sent messages, sent items, gesendet, messages envoyés, envoyés, mails envoyés, enviados,
    enviado, posta inviata, inviati, e-mails enviados, itens enviados, verzonden, verzonden berichten, enviats,
    wysłane, skickat, skickade, sendt, sendte, lähetetyt, odeslaná pošta, odeslané, gönderilmiş postalar,
    gönderilenler, отправленные, надіслані, 送信済みメール, 送信済み, 已发邮件, 已发送邮件, 寄件備份, 보낸편지함`,
  DRAFT: `
    draft, drafts, entwurf, entwürfe, brouillon, brouillons, borrador, borradores, bozza, bozze, rascunho,
    rascunhos, concepten, esborrany, esborranys, wersje robocze, utkast, kladde, kladder, luonnokset, koncepty,
    taslaklar, черновики, чернетки, 下書き, 草稿, 임시보관함`,
  SPAM: `
    spam, junk, junk e-mail, courrier indésirable, correo no deseado, posta indesiderata, skräppost, søppelpost,
    roskaposti, спам, 迷惑メール, 垃圾邮件, 垃圾郵件, 스팸함`,
  TRASH: `
    trash, deleted items, deleted messages, papierkorb, corbeille, papelera, cestino, lixeira, lixo, prullenbak,
    paperera, kosz, papperskorgen, papirkurv, papperskorg, søppel, roskakori, koš, çöp kutusu, корзина, кошик, ゴミ箱,
    已删除邮件, 垃圾桶, 휴지통`,
  UNREAD: `
    unread, ungelesen, non lus, non lu, no leído, no leídos, sin leer, da leggere, non letti, não lida, não lidas,
    não lidos, ongelezen, no llegits, sense llegir, nieprzeczytane, oläst, olästa, ulæst, ulest, lukemattomat,
    nepřečtené, okunmamış, непрочитанные, 未読, 未读, 未讀, 읽지않음`,
  STARRED: `
    starred, markiert, suivis, messages suivis, favoris, destacados, destacado, speciali, com estrela, met ster,
    destacats, oznaczone gwiazdką, stjärnmärkt, stjernemarkerede, stjernemerket, tähdellä merkityt, s hvězdičkou,
    yıldızlı, помеченные, із зірочкою, スター付き, 已加星标, 已加星號, 별표편지함`,
  IMPORTANT: `
    important, wichtig, importants, importante, importantes, importanti, belangrijk, ważne, viktigt, vigtigt,
    viktig, tärkeät, důležité, önemli, важные, важное, 重要, 重要邮件, 중요편지함`,
  CHAT: 'chat',
  CATEGORY_PERSONAL: `
    category personal, category primary, kategorie allgemein, kategorie persönlich, catégorie personnel,
    catégorie e-mails personnels, catégorie principale, categoría personal, categoría principal,
    categoria personale, categoria principale, categoria pessoal, categoria principal, categorie persoonlijk,
    categoria personal`,
  CATEGORY_SOCIAL: `
    category social, kategorie soziale netzwerke, catégorie réseaux sociaux, categoría social, categoria social,
    categorie sociaal`,
  CATEGORY_PROMOTIONS: `
    category promotions, kategorie werbung, catégorie promotions, categoría promociones, categoria promozioni,
    categoria promoções, categorie reclame, categorie promoties, categoria promocions`,
  CATEGORY_UPDATES: `
    category updates, kategorie benachrichtigungen, catégorie notifications, catégorie mises à jour,
    categoría notificaciones, categoría novedades, categoria aggiornamenti, categoria atualizações,
    categorie updates, categoria actualitzacions, categoria notificacions`,
  CATEGORY_FORUMS: `
    category forums, kategorie foren, catégorie forums, categoría foros, categoria forum, categoria fóruns,
    categorie forums, categoria fòrums`,
};

/** States that Gmail shows by the absence of a label: of INBOX, of UNREAD. Takeout writes them as if they were labels. */
const namesOfNoLabel = `
  archived, archiviert, messages archivés, archivé, archivés, archivado, archivados, archiviati, archiviato,
  arquivado, arquivados, arquivadas, gearchiveerd, arxivat, arxivats, zarchiwizowane, arkiverat, arkiveret,
  arkivert, アーカイブ済み, 已归档, 已封存, opened, geöffnet, ouvert, ouverts, abierto, abiertos, aperto, aperti, aberto,
  aberta, abertos, geopend, obert, oberts, otwarte, öppnat, åbnet, åpnet, открытые, 開封済み, 已打开, 已開啟`;

/** What Gmail takes, and every argument that names a label. */
const maxNameCharacters = 225;

function splitNames(names: string): readonly string[] {
  return names.split(',').map((name) => name.trim());
}

const labelOfName: ReadonlyMap<string, string> = new Map([
  ...splitNames(namesOfNoLabel).map((name) => [name, ''] as const),
  ...Object.entries(systemLabelNames).flatMap(([id, names]) => splitNames(names).map((name) => [name, id] as const)),
]);

/**
 * The labels that names in an archive stand for, each once: ids of system labels (names in many languages, since
 * Takeout writes them in the language of the account), and every other name as a user label of that name. Names of
 * states without a label of their own, such as `Opened` and `Archived`, fall away; a name that is too long is cut.
 */
export function labelsOfNames(names: readonly string[]): string[] {
  const labels = names.map((name) => {
    const plain = name.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
    // French and others put a colon into their category names, some exports quotation marks.
    const key = plain
      .toLowerCase()
      .replaceAll(/[:"„“”«»]/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    return labelOfName.get(key) ?? plain.slice(0, maxNameCharacters).toWellFormed().trim();
  });
  return [...new Set(labels)].filter((label) => label !== '');
}
