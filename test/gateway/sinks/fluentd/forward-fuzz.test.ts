/** What a Fluentd server says: messages, or an end; never more than a message held. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { TowlineError } from '../../../../core/errors.ts';
import {
  checkPong,
  type ForwardSecurity,
  ping,
  readHelo,
  readPong,
} from '../../../../gateway/sinks/fluentd/handshake.ts';
import { MessageReader } from '../../../../gateway/sinks/fluentd/message-reader.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated } from '../../../fuzz/mutation.ts';

const security: ForwardSecurity = { sharedKey: 'key', hostname: 'us', user: { name: 'a', password: 'b' } };
const salt = Buffer.alloc(16, 7);

const good = [
  ['HELO', { nonce: Buffer.alloc(16, 1), auth: Buffer.alloc(16, 2), keepalive: true }],
  ['PONG', true, '', 'them', 'ab'.repeat(64)],
  { ack: 'bm90aGluZw==' },
].map(message => Buffer.from(encode(message)));

test('what a Fluentd server says, fuzzed', async () => {
  await fuzzed(
    'forward',
    fc.asyncProperty(
      mutated(Buffer.concat(good), ...good),
      fc.integer({ min: 1, max: 64 }),
      async (bytes, cut) => {
        const reader = new MessageReader();
        for (let at = 0; at < bytes.length; at += cut) reader.push(bytes.subarray(at, at + cut));
        reader.end();
        for (const message of await saidBy(reader)) judge(message);
      },
    ),
  );
});

async function saidBy(reader: MessageReader): Promise<unknown[]> {
  const said: unknown[] = [];
  try {
    for await (const message of reader.messages()) said.push(message);
  } catch (error) {
    assert.ok(error instanceof Error);
  }
  return said;
}

function judge(message: unknown): void {
  const helo = readHelo(message);
  if (helo !== undefined) assert.equal(ping(security, helo, salt).length, 6);
  const pong = readPong(message);
  if (pong === undefined) return;
  const known = { nonce: Buffer.alloc(16), auth: Buffer.alloc(0) };
  assert.throws(() => checkPong(security, pong, known, salt), TowlineError);
}
