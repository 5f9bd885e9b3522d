/** Whatever comes to the portal's port: it is answered, or its connection ends; nobody else notices, and nothing of it is done. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  portalChallengeText,
  readPortalChallenge,
  signerOfChallenge,
} from '../../../core/access/portal-login.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { readTarget } from '../../../portal/server/request-target.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';
import { ServedPortal } from '../rig/served-portal.ts';

test('requests of any form at the portal', async () => {
  let made = 0;
  await using portal = await ServedPortal.start({
    endpoints: [
      {
        ...{ method: 'POST', path: '/changes' },
        answer: async exchange => {
          made += 1;
          await exchange.json({});
        },
      },
    ],
  });
  const client = portal.logIn('alice');
  const { host } = new URL(portal.origin);
  const post = [
    ...['POST /api/v1/changes HTTP/1.1', `Host: ${host}`, `Origin: ${portal.origin}`],
    ...['Content-Type: application/json', 'Sec-Fetch-Site: same-origin', 'Content-Length: 2'],
    ...['Authorization: Bearer nobody', 'Connection: close', '', '{}'],
  ].join('\r\n');
  const get = `GET /api/v1/live?ids=pump-1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const upgrade = `GET /api/v1/terminals/aaaaaaaaaaaaaaaa HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${portal.origin}\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n`;
  await fuzzed(
    'portal-requests',
    fc.asyncProperty(mutatedText(post, get, upgrade), async sent => {
      const socket = connect(portal.port, '127.0.0.1');
      socket.on('error', () => undefined);
      let answer = '';
      socket.on('data', (bytes: Buffer) => {
        answer += bytes.toString('latin1');
      });
      socket.end(sent);
      await once(socket, 'close');
      assert.ok(answer === '' || answer.startsWith('HTTP/1.1 '), answer.slice(0, 100));
      assert.doesNotMatch(
        answer,
        /^HTTP\/1\.1 (?:2\d\d|500) [^\n]*\n(?:.*\n)*Content-Type: application\/json/i,
      );
    }),
    { runs: 200 },
  );
  assert.equal(made, 0, 'nobody was logged in');
  assert.equal((await client.post('/changes', {})).status, 200);
});

test('targets of requests that are nearly right', async () => {
  const target = '/api/v1/devices/pump-1/logs?app=web&q=caf%C3%A9&limit=100';
  await fuzzed(
    'portal-requests',
    fc.property(mutatedText(target), sent => {
      const read = readTarget(sent);
      if (read === undefined) return;
      assert.ok(sent.startsWith(read.path));
      assert.ok(read.segments.every(segment => !/[%\\/]|^\.{1,2}$/.test(segment)));
      for (const value of read.query.values()) assert.doesNotMatch(value, /\p{Cc}|\p{Cs}/u);
    }),
  );
});

test('challenges and their signatures that are nearly right let in nobody else', async () => {
  const key = await makeSshKey();
  try {
    const untilMs = Date.UTC(2026, 10, 30, 12);
    const text = portalChallengeText({
      origin: 'https://p.example',
      fleet: 'acme',
      nonce: 'A'.repeat(43),
      untilMs,
    });
    const wire = key.publicKey.split(' ')[1] ?? '';
    const armored = key.sign?.(Buffer.from(text), 'towline-login') ?? '';
    const lineOf = (asked: string) => (asked === wire ? key.publicKey : undefined);
    assert.equal(signerOfChallenge(armored, text, lineOf), wire);
    await fuzzed(
      'portal-requests',
      fc.property(mutatedText(text), mutatedText(armored), (otherText, otherArmored) => {
        const read = readPortalChallenge(otherText);
        if (read !== undefined) assert.equal(portalChallengeText(read), otherText);
        for (const [signed, over] of [
          [armored, otherText],
          [otherArmored, text],
        ] as const) {
          if (signed.trim() === armored.trim() && over === text) continue;
          try {
            // The same bytes can be armored in other lines.
            assert.equal(signerOfChallenge(signed, over, lineOf), wire);
            assert.equal(over, text);
          } catch (error) {
            assert.ok(isTowlineError(error, 'PORTAL_LOGIN_REFUSED'), String(error));
          }
        }
      }),
      { runs: 150 },
    );
  } finally {
    await key.remove();
  }
});
