import { demoOwner } from '../demo-messages.ts';

/** Who the demo mailbox writes with. Every address is of a domain that belongs to nobody (RFC 2606). */
export const people = {
  robin: demoOwner,
  maya: 'Maya Okafor <maya.okafor@studio-nine.example>',
  jonas: 'Jonas Weber <jonas.weber@studio-nine.example>',
  priya: 'Priya Raman <priya.raman@studio-nine.example>',
  sofia: 'Sofia Marques <sofia@porto-stays.example>',
  brandt: 'Hausverwaltung Brandt <service@brandt-hausverwaltung.example>',
  juergen: 'Jürgen Größl <j.groessl@heizung-groessl.example>',
  claire: 'Claire Lefèvre <claire.lefevre@ecole-musique.example>',
  weiming: '陈伟明 <chen.weiming@hangzhou-print.example>',
  lin: '林晓雯 <lin.xiaowen@hangzhou-print.example>',
  nadia: 'نادية منصور <nadia.mansour@cairo-books.example>',
  yuki: '佐藤 由紀 <shop@kissaten-yuki.example>',
  carmen: 'Carmen Ruiz <carmen@reformas-ruiz.example>',
  tomas: 'Tomás Lindqvist <tomas@trail-friends.example>',
  ada: 'Ada Kowalska <ada.kowalska@trail-friends.example>',
  mum: 'Helga Meyer <helga.meyer@family-post.example>',
} as const;

/** An answer with the message it answers quoted below, as most programs write it. */
export function answer(text: string, to: string, quoted: string): string {
  return `${text}\n\n${to} wrote:\n${quoted.replaceAll(/^(?=>)/gm, '>').replaceAll(/^(?!>)/gm, '> ')}`;
}
