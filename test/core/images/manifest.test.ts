/** What of an image is refused, whoever it comes from; and that no bytes do more than that. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { configPlatform, imageTypes, indexTypes, readManifest } from '../../../core/images/manifest.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';
import { mutatedText, onlyOurErrors } from '../../fuzz/mutation.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const layer = { mediaType: layerType, digest, size: 10 };
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 100 };
const image = { schemaVersion: 2, mediaType: imageTypes[0], config, layers: [layer] };
const entry = {
  mediaType: imageTypes[0],
  digest,
  size: 500,
  platform: { os: 'linux', architecture: 'amd64' },
};
const index = { schemaVersion: 2, mediaType: indexTypes[0], manifests: [entry] };
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('manifests of images', () => {
  test('an image has its configuration and its layers, and how each is packed', () => {
    const read = readManifest(bytesOf(image));
    assert.deepEqual(read, {
      kind: 'image',
      config: { digest, size: 100 },
      layers: [{ digest, size: 10, packing: 'gzip' }],
    });
  });

  test('an index has its platforms; attestations and signatures are none', () => {
    const attestation = { ...entry, platform: { os: 'unknown', architecture: 'unknown' } };
    const signature = { ...entry, platform: undefined };
    const arm = { ...entry, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } };
    const read = readManifest(bytesOf({ ...index, manifests: [entry, attestation, signature, arm] }));
    assert.equal(read.kind, 'index');
    const platforms = read.kind === 'index' ? read.manifests.map(({ platform }) => platform) : [];
    assert.deepEqual(platforms, ['linux/amd64', 'linux/arm/v7']);
  });

  const layers = (one: object) => ({ ...image, layers: [{ ...layer, ...one }] });
  const manifests = (one: object) => ({ ...index, manifests: [{ ...entry, ...one }] });
  const refused: Record<string, unknown> = {
    'an index in an index': manifests({ mediaType: indexTypes[0] }),
    'an index without a platform': { ...index, manifests: [] },
    'an index of a thousand platforms': { ...index, manifests: Array(1000).fill(entry) },
    'a manifest of five megabytes in an index': manifests({ size: 5 * 1024 * 1024 }),
    'a foreign layer by its type': layers({
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    }),
    'a layer that may not be distributed': layers({
      mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
    }),
    'a layer with addresses of its own': layers({ urls: ['http://169.254.169.254/'] }),
    'a layer by SHA-512': layers({ digest: `sha512:${'a'.repeat(128)}` }),
    'a layer by a path': layers({ digest: 'sha256:../../etc/passwd' }),
    'a layer of a negative size': layers({ size: -1 }),
    'a layer of half a byte': layers({ size: 0.5 }),
    'a layer of no known type': layers({ mediaType: 'application/zip' }),
    '10,000 layers': { ...image, layers: Array(10_000).fill(layer) },
    'a configuration of ten megabytes': { ...image, config: { ...config, size: 10 * 1024 * 1024 } },
    'schema 1': { ...image, schemaVersion: 1 },
    'an image that is an index too': { ...image, ...index },
    'a text': 'image',
  };
  for (const [name, value] of Object.entries(refused)) {
    test(`${name} is refused`, () =>
      assert.throws(() => readManifest(bytesOf(value)), { code: 'IMAGE_REFUSED' }));
  }

  test('more than four megabytes of manifest are not read', () => {
    const bytes = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    assert.throws(() => readManifest(bytes), { code: 'IMAGE_REFUSED' });
  });

  test('a configuration names its platform, or is refused', () => {
    const named = bytesOf({ os: 'linux', architecture: 'arm64', variant: 'v8' });
    assert.equal(configPlatform(named), 'linux/arm64');
    assert.throws(() => configPlatform(bytesOf({})), { code: 'IMAGE_REFUSED' });
    assert.throws(() => configPlatform(Buffer.from('{')), { code: 'IMAGE_REFUSED' });
  });

  test('whatever the bytes are, they are read or refused', async () => {
    await fuzzed(
      'manifests',
      fc.property(mutatedText(JSON.stringify(image), JSON.stringify(index)), text => {
        onlyOurErrors(() => readManifest(Buffer.from(text)));
        onlyOurErrors(() => configPlatform(Buffer.from(text)));
      }),
      { ms: 500 },
    );
  });
});
