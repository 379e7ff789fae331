/** What a caller may do with mail, from reading to deleting for good: what `GMAIL_GRANTS` can name. */
export const grants = ['read', 'organize', 'draft', 'send', 'settings', 'delete'] as const;
export type MailGrant = (typeof grants)[number];
/** What a token can be good for. `admin` is about this installation itself: `GMAIL_GRANTS` neither gives nor limits it. */
export const tokenGrants = [...grants, 'admin'] as const;
export type Grant = (typeof tokenGrants)[number];

/** Groups of operations that `all` shows to an agent. */
export const mailToolsets = [
  'core',
  'drafts',
  'threads',
  'labels',
  'filters',
  'settings',
  'sync',
  'data',
  'delete',
] as const;
/** Groups of operations that an agent can be shown. */
export const toolsets = [...mailToolsets, 'admin'] as const;
export type Toolset = (typeof toolsets)[number];
