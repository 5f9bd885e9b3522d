/** A registry that answers anything: a digest that is that of the bytes, or our own error. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RegistryClient } from '../../../../core/io/registry/client.ts';
import { readManifest } from '../../../../core/io/registry/manifest.ts';
import { parseReference } from '../../../../core/io/registry/reference.ts';
import { challengeOf } from '../../../../core/io/registry/registry-login.ts';
import { readRange, readRegistryPath } from '../../../../core/io/registry/registry-path.ts';
import { readWhole, UpstreamRegistry } from '../../../../gateway/registry/upstream-registry.ts';
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
    const upstream = new UpstreamRegistry(
      {
        ...{ name: registry, url: `http://${registry}`, tokenFile: undefined, caFile: undefined },
        ...{ username: undefined, passwordFile: undefined },
      },
      4,
    );
    const { signal } = new AbortController();
    const ask = { method: 'GET', repository: 'x', rest: '/manifests/1' } as const;
    const cut = httpAnswer('200 OK', { 'Content-Length': '100', ...close }, '{}');
    server.answer = () => cut;
    await assert.rejects(client.manifest(parseReference(`${registry}/x:1`)), {
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
          const lost = [...said];
          server.answer = () => left.shift() ?? manifest;
          const found = await onlyOurRejections(() => client.manifest(parseReference(`${registry}/x:1`)));
          if (found !== undefined) assert.match(found.digest, /^sha256:[0-9a-f]{64}$/);
          server.answer = () => lost.shift() ?? manifest;
          await onlyOurRejections(async () => await readWhole(await upstream.ask(ask, signal), 1000));
          await unharmed.check();
        },
      ),
      usual,
    );
  });

  test('to what a device asks for, and to what an image is', async () => {
    const descriptor = `{"mediaType":"x","digest":"sha256:${'0'.repeat(64)}","size":5}`;
    const manifest = `{"schemaVersion":2,"config":${descriptor},"layers":[${descriptor}]}`;
    const index = `{"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[${descriptor}]}`;
    assert.equal(readManifest(Buffer.from(manifest))?.children.length, 2);
    assert.equal(readManifest(Buffer.from(index))?.children[0]?.kind, 'manifest');
    for (const wrong of ['"size":-1', '"size":1e99', '"size":"5"', `"digest":"md5:${'0'.repeat(32)}"`])
      assert.equal(readManifest(Buffer.from(index.replace(/"size":5|"digest":"[^"]*"/, wrong))), undefined);
    const asked = `/v2/a.b_5000/c/manifests/sha256:${'0'.repeat(64)}`;
    await fuzzed(
      'registry asks',
      fc.property(
        mutatedText(manifest, index),
        mutatedText(asked, '/v2/a/b/blobs/uploads/', '/v2/a/b/tags/list', '/v2/a/referrers/1'),
        mutatedText('bytes=5-100', 'bytes=-5'),
        fc.nat(1000),
        (text, url, header, size) => {
          for (const { digest, size: length } of readManifest(Buffer.from(text))?.children ?? []) {
            assert.match(digest, /^sha256:[0-9a-f]{64}$/);
            assert.ok(Number.isSafeInteger(length) && length >= 0);
          }
          const ask = readRegistryPath(url);
          if ('name' in ask) assert.match(ask.name, /^[a-z0-9]+([._/-]+[a-z0-9]+)*$/);
          if ('digest' in ask) assert.match(ask.digest, /^sha256:[0-9a-f]{64}$/);
          const range = readRange(header, size);
          if (typeof range === 'object')
            assert.ok(0 <= range.from && range.from < range.to && range.to <= size);
        },
      ),
    );
  });
});
