import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { mintSessionId, readSessionId } from '../../src/mcp/session-id.ts';

const elicitation = { form: {} };

describe('a session id', () => {
  it('carries the handshake for its principal, and for nobody else', () => {
    const id = mintSessionId('2025-11-25', { elicitation, sampling: {} }, 'ann');
    const handshake = readSessionId(id, 'ann');
    assert.equal(handshake?.protocolVersion, '2025-11-25');
    assert.deepEqual(handshake.capabilities, { elicitation, sampling: {} });
    assert.equal(readSessionId(id, 'bob'), undefined);
    assert.doesNotMatch(Buffer.from(id, 'base64url').toString(), /ann/);
    const named = mintSessionId('2025-11-25', {}, 'ann', { name: '語'.repeat(5000), version: '1' });
    assert.deepEqual(readSessionId(named, 'ann')?.client, { name: '語'.repeat(100), version: '1' });
  });

  it('stays short whatever the client declares', () => {
    const extensive = {
      elicitation: { form: { much: 'x'.repeat(10_000) } },
      experimental: { more: 'x'.repeat(10_000) },
      roots: { listChanged: true },
    };
    const id = mintSessionId('2025-11-25', extensive, 'ann');
    assert.ok(id.length < 400, `${id.length} characters`);
    assert.deepEqual(readSessionId(id, 'ann')?.capabilities, { elicitation, roots: { listChanged: true } });
  });

  it('of another making is not read, and never throws', () => {
    const json = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)).toString('base64url'));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), json), (id) => {
        assert.equal(readSessionId(id, 'ann'), undefined);
      }),
    );
  });
});
