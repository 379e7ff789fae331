import * as z from 'zod';

const person = z.object({ name: z.string(), address: z.string() }).readonly();

const eventTime = z
  .object({
    local: z.string().describe('As the sender wrote it: 2026-12-04 15:00, or the day alone.'),
    isDay: z.boolean(),
    instantMs: z.number().exactOptional().describe('Milliseconds since 1970, where its time zone is known.'),
    zone: z.string().describe('As the sender named it.'),
  })
  .readonly();

const invitation = z
  .object({
    kind: z.literal('invitation'),
    method: z.enum(['request', 'cancel', 'reply', 'counter', 'publish']),
    sequence: z.int().describe('How often it was changed since it was first sent.'),
    isCancelled: z.boolean(),
    summary: z.string(),
    location: z.string(),
    description: z.string(),
    organizer: person.exactOptional(),
    attendees: z
      .array(person.unwrap().extend({ status: z.string(), isOptional: z.boolean(), isAsked: z.boolean() }))
      .readonly(),
    start: eventTime.exactOptional(),
    end: eventTime.exactOptional(),
    repetition: z.string().describe('weekly, every 2 months on 1MO, … in words of this server.'),
    otherEvents: z.int(),
  })
  .readonly();

/** The message that a report is about. */
const original = {
  originalMessageId: z.string().describe('Its Message-ID header; empty where the report does not say.'),
  originalId: z.string().exactOptional().describe('Its id, where it is in this mailbox.'),
  originalSubject: z.string().exactOptional(),
};

const bounce = z
  .object({
    kind: z.literal('bounce'),
    recipients: z
      .array(
        z.object({
          address: z.string(),
          action: z.enum(['failed', 'delayed', 'delivered', 'relayed', 'expanded', 'unknown']),
          status: z.string().describe('An enhanced status code such as 5.1.1.'),
          reason: z.string(),
        }),
      )
      .readonly(),
    ...original,
  })
  .readonly();

const receipt = z
  .object({
    kind: z.literal('receipt'),
    recipient: z.string(),
    disposition: z.enum(['displayed', 'deleted', 'dispatched', 'processed', 'denied', 'failed', 'unknown']),
    ...original,
  })
  .readonly();

/** What a message is beside a text; every text in it is the sender's. */
export const messageKind = z
  .discriminatedUnion('kind', [
    invitation.unwrap(),
    bounce.unwrap(),
    receipt.unwrap(),
    z.object({ kind: z.literal('encrypted'), method: z.enum(['OpenPGP', 'S/MIME']) }),
    z.object({ kind: z.literal('signed'), method: z.enum(['OpenPGP', 'S/MIME']) }),
    z.object({ kind: z.literal('part'), number: z.int(), total: z.int().exactOptional() }),
    z.object({
      kind: z.literal('empty'),
      pictures: z.int(),
      files: z.int().describe('Attachments that are no pictures.'),
    }),
  ])
  .readonly()
  .meta({ id: 'MessageKind' });

export type MessageKindView = z.output<typeof messageKind>;
