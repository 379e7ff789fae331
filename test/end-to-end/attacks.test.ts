import { attacks } from './attacks.ts';
import { testAttacks } from './test-attacks.ts';

/** One of each kind that broke something once; `npm run test:attacks` tries them all. */
const shortForm = [
  'headers: a subject',
  'headers: parameters',
  'text: line feeds',
  'parts: thousands of files',
  'invitations: a zone that changes each second',
  'short HTML: generated text',
];

testAttacks(attacks.filter(({ name }) => shortForm.includes(name)));
