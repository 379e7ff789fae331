import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gmailMethods, matchGmailMethod, unitsOf } from '../../src/mail/gmail-methods.ts';

const library = join(dirname(createRequire(import.meta.url).resolve('@googleapis/gmail')), 'v1');
const source = readFileSync(`${library}.js`, 'utf8');
const types = readFileSync(`${library}.d.ts`, 'utf8');

/** What the official client's code says of each method: `Resource$Users$Messages.get`, where it is, whether it uploads. */
function methodsOfLibrary(): readonly string[] {
  const classes = source.split(/class Resource\$/).slice(1);
  return classes.flatMap((code) => {
    const [name = ''] = /^[\w$]+/.exec(code) ?? [];
    const functions = code.split(/\n {8}(?=\w+\(paramsOrCallback)/).slice(1);
    return functions.map((text) => {
      const [functionName = ''] = /^\w+/.exec(text) ?? [];
      const [, path = ''] = /url: \(rootUrl \+\s*'([^']+)'\)/.exec(text) ?? [];
      const [, httpMethod = ''] = /method: '(\w+)'/.exec(text) ?? [];
      const id = `gmail.${name.replaceAll('$', '.')}.${functionName}`.toLowerCase();
      return [id, httpMethod, path, text.includes('mediaUrl:'), scopesOf(name, functionName)].join(' ');
    });
  });
}

/** The example in the docblock of a method asks for all scopes that it takes. */
function scopesOf(className: string, functionName: string): string {
  const [, declaration = ''] = types.split(`class Resource$${className} {`);
  const [before = ''] = declaration.split(`\n        ${functionName}(params`);
  const docblock = before.slice(before.lastIndexOf('        /**'));
  return Array.from(
    docblock.matchAll(/'(https:\/\/(?:mail\.google\.com|www\.googleapis\.com\/auth)[^']*)'/g),
    ([, url = '']) => url,
  )
    .toSorted()
    .join(',');
}

test('the table has the methods of the official client, with their paths, uploads and scopes', () => {
  const ours = gmailMethods.map(({ id, httpMethod, path, takesUpload, scopes }) =>
    [id.toLowerCase(), httpMethod, path, takesUpload, scopes.toSorted().join(',')].join(' '),
  );
  assert.equal(ours.length, 79);
  assert.deepEqual(ours.toSorted(), methodsOfLibrary().toSorted());
});

test('every method is found by its own path', () => {
  for (const method of gmailMethods) {
    const path = method.path.replaceAll(/\{\w+\}/g, 'a%2Fb');
    const matched = matchGmailMethod(method.httpMethod, path);
    assert.equal(matched?.method.id, method.id);
    assert.ok(Object.values(matched?.parameters ?? {}).every((value) => value === 'a/b'));
    assert.equal(
      matchGmailMethod(method.httpMethod, `/upload${path}`)?.method.id,
      method.takesUpload ? method.id : undefined,
    );
    assert.equal(matchGmailMethod(method.httpMethod, `${path}/`), undefined);
  }
});

for (const [httpMethod, path] of [
  ['POST', '/gmail/v1/users/me/profile'],
  ['TRACE', '/gmail/v1/users/me/profile'],
  ['GET', '/gmail/v2/users/me/profile'],
  ['GET', '/gmail/v1/users/me/messages/'],
  ['GET', '/gmail/v1/users/me/messages/%E0%A4%A'],
  ['GET', '/upload/upload/gmail/v1/users/me/messages/send'],
] as const) {
  test(`${httpMethod} ${path} is no method`, () => {
    assert.equal(matchGmailMethod(httpMethod, path), undefined);
  });
}

test('units are those of the table that is asked for', () => {
  assert.equal(unitsOf('gmail.users.messages.get', '2026'), 20);
  assert.equal(unitsOf('gmail.users.messages.get', 'legacy'), 5);
  assert.equal(unitsOf('gmail.users.messages.send', '2026'), 100);
  assert.throws(() => unitsOf('gmail.users.messages.read', '2026'), /Gmail has no method gmail\.users\.messages\.read/);
});
