import { writePdf } from '../demo-files.ts';
import type { DemoMessage } from '../demo-messages.ts';
import { answer, people } from './people.ts';

const { robin, brandt, juergen, claire, weiming, lin, nadia, yuki, carmen } = people;

const heating1 = `Sehr geehrte Mieterinnen und Mieter,

am kommenden Donnerstag zwischen 8:00 und 12:00 Uhr wird die Heizungsanlage gewartet. Bitte ermöglichen Sie den Zugang zu
allen Heizkörpern. In dieser Zeit gibt es kein warmes Wasser.

Mit freundlichen Grüßen
Hausverwaltung Brandt`;
const heating2 = `Guten Tag,

am Donnerstag bin ich erst ab 10:30 Uhr zu Hause. Geht es auch danach?

Robin Meyer (Wohnung 12)`;
const inscription1 = `Bonjour,

votre inscription au cours de violoncelle du mardi soir est presque complète. Il nous manque encore l'attestation
d'assurance et le règlement du premier trimestre (186 €).

Merci de nous les envoyer avant la fin du mois : la liste d'attente est longue cette année.

Bien à vous,
Claire Lefèvre
École de musique du quartier`;
const print1 = `您好！

新画册的报价如下：

一、印刷数量 2,000 册，封面 300 克铜版纸，内页 157 克哑粉纸；
二、单价 11.80 元，总价 23,600 元，不含运费；
三、收到确认后十二个工作日内交货。

请在本周五之前确认封面的颜色（潘通 7621C 或 7622C）。

陈伟明
杭州印刷`;

/** Mail in German, French, Chinese, Arabic, Japanese and Spanish. */
export const messagesInManyLanguages: readonly DemoMessage[] = [
  {
    key: 'heizung-1',
    hoursAgo: 150,
    from: brandt,
    to: [robin],
    subject: 'Heizungswartung am Donnerstag',
    text: heating1,
    labels: ['INBOX', 'Home'],
  },
  {
    key: 'heizung-2',
    hoursAgo: 149,
    from: robin,
    to: [brandt],
    cc: [juergen],
    subject: 'Re: Heizungswartung am Donnerstag',
    text: `${heating2}\n\n${brandt} schrieb:\n${heating1.replaceAll(/^/gm, '> ')}`,
    answers: 'heizung-1',
    labels: ['SENT', 'Home'],
  },
  {
    key: 'heizung-3',
    hoursAgo: 146,
    from: juergen,
    to: [robin],
    cc: [brandt],
    subject: 'AW: Heizungswartung am Donnerstag',
    text: 'Grüß Gott,\n\npasst, ich komme zu Ihnen als Letztes, so gegen 11 Uhr. Läuft das Wasser im Bad immer noch über die Fußbodenheizung? Dann bringe ich ein neues Überströmventil mit (48,50 €).\n\nJürgen Größl',
    answers: 'heizung-2',
    labels: ['INBOX', 'Home'],
  },
  {
    key: 'musique-1',
    hoursAgo: 70,
    from: claire,
    to: [robin],
    subject: "Votre inscription à l'école de musique : pièces manquantes",
    text: inscription1,
    labels: ['INBOX', 'UNREAD'],
  },
  {
    key: 'musique-2',
    hoursAgo: 46,
    from: claire,
    to: [robin],
    subject: "RE: Votre inscription à l'école de musique : pièces manquantes",
    text: 'Bonjour,\n\nvoici le relevé d’identité bancaire que j’avais oublié de joindre. À mardi !\n\nClaire Lefèvre',
    answers: 'musique-1',
    files: [
      {
        filename: 'Relevé d’identité bancaire.pdf',
        mimeType: 'application/pdf',
        content: writePdf([
          'École de musique du quartier',
          'IBAN FR00 0000 0000 0000 0000 0000 000',
          'Règlement: 186 EUR',
        ]),
      },
    ],
    labels: ['INBOX'],
  },
  {
    key: 'print-1',
    hoursAgo: 190,
    from: weiming,
    to: [robin],
    cc: [lin],
    subject: '新画册印刷报价',
    text: print1,
    labels: ['INBOX', 'IMPORTANT'],
  },
  {
    key: 'print-2',
    hoursAgo: 188,
    from: robin,
    to: [weiming],
    cc: [lin],
    subject: 'Re: 新画册印刷报价',
    text: answer('陈先生您好，\n\n封面请用 7622C。运费能否一起报给我？\n\n罗宾', weiming, print1),
    answers: 'print-1',
    labels: ['SENT'],
  },
  {
    key: 'print-3',
    hoursAgo: 164,
    from: lin,
    to: [robin],
    cc: [weiming],
    subject: '回复: 新画册印刷报价',
    text: '罗宾您好：\n\n海运到汉堡 1,850 元，约三十五天；空运 6,200 元，约六天。样书今天已经寄出，运单号 HZ20881。\n\n林晓雯',
    answers: 'print-2',
    labels: ['INBOX', 'STARRED'],
  },
  {
    key: 'book-fair',
    hoursAgo: 60,
    from: nadia,
    to: [robin],
    subject: 'دعوة إلى معرض القاهرة للكتاب',
    text: 'عزيزي روبن،\n\nيسعدنا أن ندعوك إلى معرض القاهرة للكتاب. ستكون ندوتك عن تصميم أغلفة الكتب يوم الثلاثاء في الساعة السادسة مساءً في القاعة رقم ٣.\n\nنتحمل تكاليف الطيران والفندق لثلاث ليالٍ. نرجو تأكيد الحضور قبل نهاية الأسبوع.\n\nمع أطيب التحيات،\nنادية منصور',
    labels: ['INBOX', 'UNREAD', 'Travel'],
  },
  {
    key: 'coffee',
    hoursAgo: 264,
    from: yuki,
    to: [robin],
    subject: 'ご注文ありがとうございます（注文番号 4471）',
    text: 'ロビン・マイヤー様\n\nこの度はコーヒー豆（エチオピア 200g ×2）をご注文いただき、誠にありがとうございます。\n合計：3,960円（送料込み）\n発送予定日：3営業日以内\n\n喫茶 由紀',
    labels: ['INBOX', 'CATEGORY_UPDATES'],
  },
  {
    key: 'kitchen',
    hoursAgo: 340,
    from: carmen,
    to: [robin],
    subject: 'Presupuesto para la cocina: ¿empezamos en enero?',
    text: 'Hola Robin:\n\nte mando el presupuesto de la cocina. Son 7.940 € con la encimera de roble, tres semanas de obra. Si te parece bien, empezamos el 12 de enero. El año que viene suben los precios de la madera, así que mejor decidir pronto.\n\nUn saludo,\nCarmen',
    files: [
      {
        filename: 'Presupuesto_cocina_ñ12.pdf',
        mimeType: 'application/pdf',
        content: writePdf([
          'Reformas Ruiz - Presupuesto 2044',
          'Muebles de cocina: 4.310 EUR',
          'Encimera de roble: 1.250 EUR',
          'Mano de obra: 2.380 EUR',
          'Total: 7.940 EUR',
        ]),
      },
    ],
    labels: ['INBOX', 'Home'],
  },
];
