/** Messages as common mail programs write them, each with a history quoted in that program's way. Made up. */
export interface ClientOriginal {
  readonly client: string;
  readonly raw: Uint8Array;
}

function mail(...lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

const addresses = [
  'From: =?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@example.net>',
  'To: Me <me@gmail.com>, Bob <bob@example.org>',
  'Cc: "Lee, Carla" <carla@example.org>, m.e+work@googlemail.com',
  'Date: Fri, 20 Nov 2026 09:55:06 +0100',
  'Message-ID: <third@example.net>',
  'In-Reply-To: <second@example.org>',
  'References: <first@example.net> <second@example.org>',
  'MIME-Version: 1.0',
];

const alternative = (text: readonly string[], html: readonly string[]): string[] => [
  'Content-Type: multipart/alternative; boundary="alt"',
  '',
  '--alt',
  'Content-Type: text/plain; charset="UTF-8"',
  'Content-Transfer-Encoding: 8bit',
  '',
  ...text,
  '--alt',
  'Content-Type: text/html; charset="UTF-8"',
  'Content-Transfer-Encoding: 8bit',
  '',
  ...html,
  '--alt--',
];

export const clientOriginals: readonly ClientOriginal[] = [
  {
    client: 'Gmail',
    raw: mail(
      ...addresses,
      'Subject: Re: Plan for the week',
      ...alternative(
        [
          'Sounds good – see you there.',
          '',
          'On Thu, Nov 19, 2026 at 6:02 PM Bob <bob@example.org> wrote:',
          '',
          '> Shall we meet?',
          '>',
          '>> On Wednesday?',
        ],
        [
          '<div dir="ltr">Sounds good – see you there.</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Thu, Nov 19, 2026 at 6:02 PM Bob &lt;<a href="mailto:bob@example.org">bob@example.org</a>&gt; wrote:<br></div>',
          '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">Shall we meet?</blockquote></div>',
        ],
      ),
    ),
  },
  {
    client: 'Outlook',
    raw: mail(
      ...addresses,
      'Subject: AW: Plan for the week',
      'Thread-Topic: Plan for the week',
      'Content-Type: multipart/related; boundary="rel"; type="multipart/alternative"',
      '',
      '--rel',
      ...alternative(
        [
          'Passt.',
          '[cid:image001.png@01DC5A00.1B2C3D40]',
          'Von: Bob <bob@example.org>',
          'Gesendet: Donnerstag, 19. November 2026 18:02',
          'Betreff: Plan for the week',
          '',
          'Shall we meet?',
        ],
        [
          '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt} --></style></head>',
          '<body lang="DE" link="#0563C1"><div class="WordSection1"><p class="MsoNormal">Passt.<o:p></o:p></p>',
          '<p class="MsoNormal"><img width="80" height="40" src="cid:image001.png@01DC5A00.1B2C3D40"></p>',
          '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Bob &lt;bob@example.org&gt;<br><b>Gesendet:</b> Donnerstag, 19. November 2026 18:02</p></div>',
          '<p class="MsoNormal">Shall we meet?</p></div></body></html>',
        ],
      ),
      '--rel',
      'Content-Type: image/png; name="image001.png"',
      'Content-ID: <image001.png@01DC5A00.1B2C3D40>',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: inline; filename="image001.png"',
      '',
      'iVBORw0KGgo=',
      '--rel--',
    ),
  },
  {
    client: 'Apple Mail',
    raw: mail(
      ...addresses,
      'Subject: Re: Plan for the week',
      'X-Mailer: Apple Mail (2.3826)',
      ...alternative(
        ['Yes!', '', '> On 19. Nov 2026, at 18:02, Bob <bob@example.org> wrote:', '> ', '> Shall we meet?'],
        [
          '<html><head></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">Yes!<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>On 19. Nov 2026, at 18:02, Bob &lt;bob@example.org&gt; wrote:</div><br class="Apple-interchange-newline"><div>Shall we meet?</div></blockquote></div><br></body></html>',
        ],
      ),
    ),
  },
  {
    client: 'Thunderbird',
    raw: mail(
      ...addresses,
      'Subject: Re: Plan for the week',
      'User-Agent: Mozilla Thunderbird',
      'Content-Type: text/plain; charset=UTF-8; format=flowed',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Klar, ich komme gern und bringe alles mit, was wir für den Nachmittag ',
      'brauchen.',
      '',
      'Am 19.11.26 um 18:02 schrieb Bob:',
      '> Shall we meet?',
      '>> On Wednesday?',
      '',
      '-- ',
      'Jörg',
    ),
  },
  {
    client: 'Yahoo',
    raw: mail(
      ...addresses,
      'Subject: Re: Plan for the week',
      'X-Mailer: WebService/1.1 YMailNorrin',
      ...alternative(
        [
          ' Sure.',
          '    On Thursday, November 19, 2026 at 06:02:11 PM GMT+1, Bob <bob@example.org> wrote:  ',
          ' ',
          ' Shall we meet?  ',
        ],
        [
          '<html><head></head><body><div class="ydpyahoo-style-wrap" style="font-family:Helvetica Neue, Helvetica, Arial, sans-serif;font-size:13px;"><div dir="ltr">Sure.</div><div><br></div></div><div id="ydpquoted" class="ydpyahoo_quoted">',
          '<div style="font-family:Helvetica;color:#26282a;">On Thursday, November 19, 2026 at 06:02:11 PM GMT+1, Bob &lt;bob@example.org&gt; wrote:</div><div>Shall we meet?</div></div></body></html>',
        ],
      ),
    ),
  },
];
