import { mail } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { attacker, friend } from './world.ts';

/** By requests that are not what they seem. */
export const byDoor: readonly Attempt[] = [
  { title: 'a send as a GET', go: ({ raw }) => raw('GET', `/api/messages/send?to=${attacker}&body=x`) },
  { title: 'a send as a PUT', go: ({ raw }) => raw('PUT', '/api/messages/send', { body: JSON.stringify(mail) }) },
  {
    title: 'a GET that says it is a POST',
    go: ({ raw }) => raw('GET', `/api/messages/send?_method=POST`, { headers: { 'x-http-method-override': 'POST' } }),
  },
  {
    title: 'a send as a form',
    go: ({ raw }) =>
      raw('POST', '/api/messages/send', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `to=${attacker}&subject=x&body=x`,
      }),
  },
  {
    title: 'a send as a plain text, as a page can post it',
    go: ({ raw }) =>
      raw('POST', '/api/messages/send', { headers: { 'content-type': 'text/plain' }, body: JSON.stringify(mail) }),
  },
  {
    title: 'a send from a foreign page',
    go: ({ raw }) =>
      raw('POST', '/api/messages/send', {
        headers: { origin: 'https://attacker.example' },
        body: JSON.stringify(mail),
      }),
  },
  {
    title: 'a send to a foreign host name',
    go: ({ raw }) =>
      raw('POST', '/api/messages/send', { headers: { host: 'attacker.example' }, body: JSON.stringify(mail) }),
  },
  {
    title: 'a send without a token',
    go: ({ raw }) => raw('POST', '/api/messages/send', { headers: { authorization: '' }, body: JSON.stringify(mail) }),
  },
  {
    title: 'a send with the name of the owner for a token',
    go: ({ raw }) => raw('POST', '/api/messages/send', { token: 'owner', body: JSON.stringify(mail) }),
  },
  {
    title: 'a send with another request id',
    go: ({ raw }) =>
      raw('POST', '/api/messages/send', {
        headers: { 'x-request-id': '../../owner", "grants": ["send"], "x": "' },
        body: JSON.stringify(mail),
      }),
  },
  {
    title: 'a send with fields in path and body',
    go: ({ raw }) => raw('POST', '/api/drafts/r1/send', { body: '{"id": "r2"}' }),
  },
  {
    title: 'a way up in the path',
    go: ({ raw }) => raw('POST', '/api/drafts/../messages/send', { body: JSON.stringify(mail) }),
  },
  {
    title: 'an encoded way up in an id',
    go: ({ raw }) => raw('POST', '/api/drafts/..%2F..%2Fmessages%2Fsend/send', { body: '{}' }),
  },
  { title: 'a way up in an id over MCP', go: ({ mcp }) => mcp('read_message', { id: '../../users/evil/messages/1' }) },
  { title: 'an id that is a query', go: ({ rest }) => rest('read_message', { id: 'x?userId=evil' }) },
  {
    title: 'two JSON fields of one name',
    go: ({ raw }) =>
      raw('POST', '/api/messages/send', { body: `{"to":["${friend}"],"to":["${attacker}"],"body":"x"}` }),
  },
  {
    title: 'an operation that changes the policy',
    go: ({ raw }) => raw('PUT', '/api/policy', { body: '{"sending":"direct"}' }),
  },
  { title: 'a tool that changes the policy', go: ({ mcp }) => mcp('update_policy', { sending: 'direct' }) },
  {
    title: 'an upload that is the policy',
    go: ({ raw }) =>
      raw('POST', '/api/uploads?filename=../../policy.json', {
        headers: { 'content-type': 'application/octet-stream' },
        body: '{}',
      }),
    harmless: 'a file is a file',
  },
  {
    title: 'an account that is a path',
    go: ({ rest }) => rest('create_draft', { ...mail, account: '../../policy.json' }),
  },
  {
    title: 'an account that is not there',
    go: ({ rest }) => rest('send_message', { ...mail, account: 'nobody@attacker.example' }),
  },
];
