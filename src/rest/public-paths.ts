/** Where the API's page and its description are: whoever sees the server may see them. */
export const publicPaths = [
  '/docs',
  '/docs/start.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/openapi.json',
] as const;

export type PublicPath = (typeof publicPaths)[number];
