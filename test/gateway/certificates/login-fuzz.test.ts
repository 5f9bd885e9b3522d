/** What a provider publishes, and what somebody brings as its token: taken or refused in our words, whatever it is. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import fc from 'fast-check';
import { isTowlineError } from '../../../core/errors.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { IdTokens } from '../../../gateway/certificates/id-token.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText } from '../../fuzz/mutation.ts';

test('a provider whose answers are anything, and tokens that are', async () => {
  let answer = '';
  const server = createServer((_request, response) => {
    response.setHeader('connection', 'close');
    response.end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'ES256', kid: 'k' })}.${part({ iss: issuer, sub: 's', aud: 'a', exp: 9e9 })}.AAAA`;
  const published = JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks`, keys: [{ kty: 'EC', kid: 'k' }] });
  const hostile = fc.tuple(mutatedText(published), mutatedText(token));
  await fuzzed(
    'logins',
    fc.asyncProperty(hostile, async ([body, shown]) => {
      answer = body;
      const tokens = new IdTokens({ issuer, clientId: 'a', clock: createSystemClock() });
      await assert.rejects(tokens.check(shown, 'n'), error => isTowlineError(error));
    }),
    { runs: 60 },
  );
  server.close();
});

test('a provider whose keys have no end is listened to no longer', { timeout: 30_000 }, async () => {
  let sent = 0;
  const server = createServer((request, response) => {
    response.on('error', () => {}).setHeader('connection', 'close');
    if (request.url !== '/jwks') {
      response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }));
      return;
    }
    const piece = Buffer.alloc(64 * 1024, ' ');
    const more = (): void => {
      if (response.destroyed || sent > 64 * 1024 * 1024) return void response.end();
      sent += piece.length;
      response.write(piece, more);
    };
    more();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const tokens = new IdTokens({ issuer, clientId: 'a', clock: createSystemClock() });
  const token = `${part({ alg: 'ES256' })}.${part({ iss: issuer })}.AAAA`;
  const error = await tokens.check(token, 'n').catch((refusal: unknown) => refusal);
  server.closeAllConnections();
  server.close();
  assert.ok(isTowlineError(error, 'LOGIN_PROVIDER'));
  assert.ok(sent < 16 * 1024 * 1024, `${sent} bytes`);
});
