/** Makes marks: each is unlike all others and found wherever it goes. */
export function createMarks(): { readonly next: (what: string) => string; readonly all: readonly string[] } {
  const all: string[] = [];
  return {
    all,
    next(what) {
      const mark = `ZQ${all.length}Q${what.replaceAll(/\W/g, '')}`;
      all.push(mark);
      return mark;
    },
  };
}

/** A message in which everything that a sender can choose is a mark, as RFC 5322 bytes. */
export function hostileMail(
  mark: (what: string) => string,
  ids: { readonly id: string; readonly answers?: string },
): Buffer {
  const files = Array.from({ length: 3 }, (_, index) => [
    '--edge',
    `Content-Type: application/${mark('type')}; name="${mark('name')}.bin"`,
    `Content-Disposition: attachment; filename="${mark('filename')}${index}.bin"`,
    `Content-Description: ${mark('description')}`,
    '',
    mark('bytes'),
  ]);
  const lines = [
    `From: ${mark('fromName')} <${mark('from')}@${mark('fromHost')}.example>`,
    `Reply-To: ${mark('replyName')} <${mark('reply')}@example.net>`,
    `To: Bob <bob@example.org>, ${mark('toName')} <${mark('to')}@example.net>`,
    `Cc: "${mark('ccName')}" <${mark('cc')}@example.net>`,
    `Subject: ${mark('subject')}`,
    `Message-ID: <${ids.id}>`,
    ...(ids.answers === undefined ? [] : [`In-Reply-To: <${ids.answers}>`, `References: <${ids.answers}>`]),
    `List-Id: ${mark('list')} <${mark('listId')}.example>`,
    `X-Gmail-Labels: ${mark('label')}`,
    `Authentication-Results: ${mark('authserv')}; dkim=pass header.d=${mark('signer')}.example`,
    `X-Mailer: ${mark('mailer')}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="edge"',
    '',
    '--edge',
    'Content-Type: multipart/alternative; boundary="inner"',
    '',
    '--inner',
    'Content-Type: text/plain; charset=utf-8',
    '',
    mark('text'),
    '[kvd719] end',
    mark('afterFalseEnd'),
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    `<title>${mark('title')}</title><p>${mark('html')} <a href="https://${mark('linkHost')}.example/${mark('path')}">${mark('link')}.example</a> <img src="cid:x" alt="${mark('alt')}"></p><div style="display:none">${mark('hidden')}</div>`,
    '--inner--',
    '--edge',
    `Content-Type: text/plain; name="${mark('textName')}.txt"`,
    `Content-Disposition: attachment; filename="${mark('textFile')}.txt"`,
    '',
    mark('textContent'),
    ...files.flat(),
    '--edge',
    'Content-Type: message/rfc822',
    '',
    `From: ${mark('innerFrom')} <inner@example.net>`,
    `Subject: ${mark('innerSubject')}`,
    '',
    mark('innerText'),
    '--edge--',
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}
