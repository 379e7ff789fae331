/** Where the API's page and its description are, and the root, which leads a browser on: whoever sees the server may see them. */
export const publicPaths = [
  '/',
  '/docs',
  '/docs/page.css',
  '/docs/start.js',
  '/docs/swagger-ui.css',
  '/docs/swagger-ui-bundle.js',
  '/openapi.json',
] as const;

export type PublicPath = (typeof publicPaths)[number];
