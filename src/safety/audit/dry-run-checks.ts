import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../core/errors.ts';
import { maxImportBytes, maxSendBytes, type LabelChange, type MailboxReader } from '../../mail/mailbox.ts';
import type { Label, LabelFields } from '../../mail/message.ts';
import type { FilterFields } from '../../mail/settings.ts';

/** How many messages are looked for at once. */
const lookedForAtOnce = 20;

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Fields and labels in whatever order they were given. */
function sortedFilter({ criteria, action }: FilterFields): unknown {
  const { addLabelIds = [], removeLabelIds = [], forward } = action;
  return [{ ...criteria }, addLabelIds.toSorted(), removeLabelIds.toSorted(), forward];
}

function checkSize(raw: Uint8Array, limitBytes: number): void {
  if (raw.byteLength <= limitBytes) return;
  throw new AppError('TOO_LARGE', `The message of ${raw.byteLength} bytes is too large.`, {
    expected: `at most ${limitBytes} bytes`,
    got: `${raw.byteLength} bytes`,
  });
}

function missing(what: string, got: string): AppError {
  return new AppError('NOT_FOUND', `There is no ${what} ${got}.`, { got });
}

function taken(what: string, got: string): AppError {
  return new AppError('CONFLICT', `The ${what} ${got} is there already.`, { got });
}

function nameIsFree(name: string | undefined, labels: readonly Label[]): void {
  const label = name === undefined ? undefined : labels.find((one) => isSame(one.name, name));
  if (label?.type === 'user') throw taken('label', label.name);
  if (label !== undefined)
    throw new AppError('INVALID_INPUT', `${label.name} is Gmail's own name.`, { got: label.name });
}

async function isListed(list: () => Promise<readonly string[]>, address: string): Promise<boolean> {
  return (await list()).some((one) => isSame(one, address));
}

async function isFree(what: string, list: () => Promise<readonly string[]>, address: string): Promise<void> {
  if (await isListed(list, address)) throw taken(what, address);
}

async function isThere(what: string, list: () => Promise<readonly string[]>, address: string): Promise<void> {
  if (!(await isListed(list, address))) throw missing(what, address);
}

/**
 * For each change, what a mailbox would refuse and reading can tell: things that are not there, or are there already, and
 * what is too large. The same codes as the change itself would end with; only a dry run asks.
 */
export function dryRunChecks(mailbox: MailboxReader) {
  async function messagesAreThere(ids: readonly string[]): Promise<void> {
    const lost: string[] = [];
    for (let start = 0; start < ids.length; start += lookedForAtOnce) {
      const looks = ids.slice(start, start + lookedForAtOnce).map(async (id) => {
        try {
          await mailbox.getMessage(id);
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'NOT_FOUND') throw error;
          lost.push(id);
        }
      });
      await Promise.all(looks);
    }
    if (lost.length > 0) throw missing(lost.length === 1 ? 'message' : 'messages', lost.join(', '));
  }

  async function userLabel(id: string): Promise<readonly Label[]> {
    const labels = await mailbox.listLabels();
    const label = labels.find((one) => one.id === id);
    if (label === undefined) throw missing('label', id);
    if (label.type === 'user') return labels.filter((one) => one.id !== id);
    throw new AppError('INVALID_INPUT', `The label ${id} is Gmail's own and cannot be changed.`, { got: id });
  }

  const sendAs = async () => (await mailbox.listSendAs()).map(({ sendAsEmail }) => sendAsEmail);
  const forwarding = async () =>
    (await mailbox.listForwardingAddresses()).map(({ forwardingEmail }) => forwardingEmail);
  const delegates = async () => (await mailbox.listDelegates()).map(({ delegateEmail }) => delegateEmail);

  return {
    modifyMessages: ({ ids }: LabelChange) => messagesAreThere(ids),
    deleteMessages: messagesAreThere,
    importMessage: async ({ raw }: { readonly raw: Uint8Array }) => checkSize(raw, maxImportBytes),
    createLabel: async ({ name }: LabelFields) => nameIsFree(name, await mailbox.listLabels()),
    updateLabel: async (id: string, { name }: Partial<LabelFields>) => nameIsFree(name, await userLabel(id)),
    deleteLabel: async (id: string) => void (await userLabel(id)),
    createDraft: async ({ raw }: { readonly raw: Uint8Array }) => checkSize(raw, maxSendBytes),
    updateDraft: async ({ raw }: { readonly raw: Uint8Array }) => checkSize(raw, maxSendBytes),
    async createFilter(fields: FilterFields) {
      const wanted = sortedFilter(fields);
      const twin = (await mailbox.listFilters()).find((filter) => isDeepStrictEqual(sortedFilter(filter), wanted));
      if (twin !== undefined) throw taken('filter', twin.id);
    },
    deleteFilter: (id: string) =>
      isThere('filter', async () => (await mailbox.listFilters()).map((filter) => filter.id), id),
    createSendAs: (email: string) => isFree('send-as address', sendAs, email),
    updateSendAs: (email: string) => isThere('send-as address', sendAs, email),
    deleteSendAs: (email: string) => isThere('send-as address', sendAs, email),
    createForwardingAddress: (email: string) => isFree('forwarding address', forwarding, email),
    deleteForwardingAddress: (email: string) => isThere('forwarding address', forwarding, email),
    createDelegate: (email: string) => isFree('delegate', delegates, email),
    deleteDelegate: (email: string) => isThere('delegate', delegates, email),
  };
}
