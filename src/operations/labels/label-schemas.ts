import * as z from 'zod';

const color = z.string().regex(/^#[0-9a-f]{6}$/, 'expected a colour such as #16a765');

/** A label's name or id, as every label argument takes it; Gmail's limit is 225 characters. */
export const labelNameOrId = z.string().min(1).max(225);

/** What can be chosen of a label; a field that is not given stays as it is. */
export const labelFields = {
  messageListVisibility: z.enum(['show', 'hide']).exactOptional(),
  labelListVisibility: z.enum(['labelShow', 'labelShowIfUnread', 'labelHide']).exactOptional(),
  color: z
    .strictObject({ textColor: color, backgroundColor: color })
    .exactOptional()
    .describe("Two colours of Gmail's palette."),
};

/** A label's name as it is chosen: a slash makes it nested. */
export const labelName = z
  .string()
  .max(225)
  .regex(/^[^\S\r\n]*\S[^\r\n]*$/, 'expected one line of text')
  .describe('A slash nests it: Projects/Rome.');

/** A label as lists show it. */
export const label = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['system', 'user']),
    messageListVisibility: z.enum(['show', 'hide']).exactOptional(),
    labelListVisibility: z.enum(['labelShow', 'labelShowIfUnread', 'labelHide']).exactOptional(),
    color: z.object({ textColor: z.string(), backgroundColor: z.string() }).exactOptional(),
  })
  .meta({ id: 'Label' });
