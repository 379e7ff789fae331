import { parseAddressList } from '../../mail/mime/read-headers.ts';
import type { Address } from '../../mail/message.ts';
import type { MessageView } from '../messages/message-schemas.ts';
import { countOf, oneLine } from '../kernel/render-text.ts';

/** How much of a header with addresses is looked at. */
const readCharacters = 10_000;

/** More people than this are counted, not listed. */
const listedPeople = 10;

function peopleOf(header: string): readonly Address[] {
  return parseAddressList(header.slice(0, readCharacters)).filter(({ name, address }) => name !== '' || address !== '');
}

/**
 * Names the people of a thread, message after message: with their address when they first appear, by their name alone
 * from then on, unless two of them go by the same name. Recipients are said where they are others than before.
 */
export class ThreadPeople {
  readonly #addressesOfName = new Map<string, Set<string>>();
  readonly #introduced = new Set<string>();
  #before = '';

  /** The header lines of the next message that name people. */
  linesOf({ from, to, cc, bcc, replyTo }: MessageView): readonly string[] {
    const lists = { From: peopleOf(from), To: peopleOf(to), Cc: peopleOf(cc), Bcc: peopleOf(bcc) };
    const everybody = Object.values(lists).flat();
    for (const { name, address } of everybody) this.#meet(name, address);
    const present = [...new Set(everybody.map(({ address }) => address.toLowerCase()))].toSorted().join(' ');
    const isSameRound = present === this.#before;
    this.#before = present;
    return [
      ...this.#line('From', lists.From),
      ...(replyTo === '' || replyTo === from ? [] : [`Reply-To: ${oneLine(replyTo, 120)}`]),
      ...(isSameRound
        ? []
        : [...this.#line('To', lists.To), ...this.#line('Cc', lists.Cc), ...this.#line('Bcc', lists.Bcc)]),
    ];
  }

  #meet(name: string, address: string): void {
    const shown = oneLine(name).toLowerCase();
    const addresses = this.#addressesOfName.get(shown) ?? new Set();
    addresses.add(address.toLowerCase());
    this.#addressesOfName.set(shown, addresses);
  }

  #line(title: string, people: readonly Address[]): readonly string[] {
    if (people.length === 0) return title === 'From' ? ['From: (nobody)'] : [];
    const shown = people.slice(0, listedPeople).map((one) => this.#nameOf(one));
    const more = people.length - shown.length;
    return [`${title}: ${shown.join(', ')}${more > 0 ? ` and ${countOf(more, 'other')}` : ''}`];
  }

  #nameOf({ name, address }: Address): string {
    const shownName = oneLine(name, 80);
    const key = `${shownName.toLowerCase()} ${address.toLowerCase()}`;
    const isKnown = this.#introduced.has(key) && this.#addressesOfName.get(shownName.toLowerCase())?.size === 1;
    this.#introduced.add(key);
    if (shownName === '') return oneLine(address, 100);
    return isKnown || address === '' ? shownName : `${shownName} <${oneLine(address, 100)}>`;
  }
}
