/** A registry that answers anything: a digest that is that of the bytes, or our own error. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { challengeOf, RegistryClient } from '../../../../core/io/registry/client.ts';
import { parseReference } from '../../../../core/io/registry/reference.ts';
import { fuzzed } from '../../../fuzz/fuzzed.ts';
import { mutated, mutatedText, onlyOurErrors, onlyOurRejections } from '../../../fuzz/mutation.ts';
import { Unharmed } from '../../../fuzz/unharmed.ts';
import { httpAnswer, RawAnswers } from '../../../rig/raw-answers.ts';

/** In `npm test`. */
const usual = { ms: 1_000 };
const close = { Connection: 'close' };

describe('answers of a registry, fuzzed', () => {
  test('to a request for a manifest, and for a token', async () => {
    await using server = await RawAnswers.listen();
    using unharmed = new Unharmed();
    const registry = `127.0.0.1:${server.port}`;
    const challenge = `Bearer realm="http://${registry}/token",service="r",scope="repository:x:pull"`;
    const digest = `sha256:${createHash('sha256').update('{}').digest('hex')}`;
    const manifest = httpAnswer(
      '200 OK',
      { 'Docker-Content-Digest': digest, 'Content-Length': '2', ...close },
      '{}',
    );
    const asks = httpAnswer(
      '401 Unauthorized',
      { 'WWW-Authenticate': challenge, 'Content-Length': '0', ...close },
      '',
    );
    const basic = httpAnswer(
      '401 x',
      { 'WWW-Authenticate': 'Basic realm="x"', 'Content-Length': '0', ...close },
      '',
    );
    const moved = httpAnswer(
      '307 x',
      { Location: `http://${registry}/elsewhere`, 'Content-Length': '0', ...close },
      '',
    );
    const token = httpAnswer('200 OK', { 'Content-Length': '13', ...close }, '{"token":"t"}');
    const client = new RegistryClient({
      credentials: async () => ({ username: 'u', password: 'p' }),
      insecure: [],
      timeoutMs: 300,
      signal: new AbortController().signal,
    });
    const cut = httpAnswer('200 OK', { 'Content-Length': '100', ...close }, '{}');
    server.answer = () => cut;
    await assert.rejects(client.digest(parseReference(`${registry}/x:1`)), {
      code: 'CLI_REGISTRY_UNREACHABLE',
    });
    const script = fc.array(mutated(manifest, asks, basic, moved, token), { minLength: 1, maxLength: 3 });
    await fuzzed(
      'registries',
      fc.asyncProperty(
        script,
        mutatedText('example.com:5000/a/b:1@sha256:00', challenge),
        async (said, text) => {
          onlyOurErrors(() => parseReference(text));
          challengeOf(text);
          const left = [...said];
          server.answer = () => left.shift() ?? manifest;
          const found = await onlyOurRejections(() => client.digest(parseReference(`${registry}/x:1`)));
          if (found !== undefined) assert.match(found, /^sha256:[0-9a-f]{64}$/);
          await unharmed.check();
        },
      ),
      usual,
    );
  });
});
