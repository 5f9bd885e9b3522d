import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BackupManifest } from '../../../core/backup/manifest.ts';
import { parseManifest } from '../../../core/backup/parse-manifest.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { fuzzed } from '../../fuzz/fuzzed.ts';

const manifest: BackupManifest = {
  version: 1,
  id: '20261130T041500Z-1a2b3c4d',
  fleet: 'acme',
  device: 'pump-1',
  app: 'shop',
  project: 'shop',
  release: '1.4.2',
  digest: `sha256:${'1a'.repeat(32)}`,
  cause: 'upgrade',
  before: `sha256:${'2b'.repeat(32)}`,
  mode: 'stop',
  atMs: 1,
  tookMs: 2,
  services: ['db'],
  volumes: [
    {
      key: 'data',
      name: 'shop_data',
      file: 'data.tar.zst',
      bytes: 3,
      contentBytes: 4,
      sha256: 'ab'.repeat(32),
    },
  ],
};
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const refuses = (value: unknown) =>
  assert.throws(
    () => parseManifest(bytesOf(value)),
    error => isTowlineError(error, 'BACKUP_MANIFEST'),
  );

test('a manifest is read as it was written', () => {
  assert.deepEqual(parseManifest(bytesOf(manifest)), manifest);
});

test('a manifest whose file lies elsewhere, twice, or without a digest is refused', () => {
  const [volume] = manifest.volumes;
  for (const file of ['../x', '/etc/passwd', '.', '..', 'a/b', ''])
    refuses({ ...manifest, volumes: [{ ...volume, file }] });
  refuses({ ...manifest, volumes: [volume, volume] });
  refuses({ ...manifest, volumes: [{ ...volume, sha256: 'ab' }] });
  refuses({ ...manifest, volumes: [{ ...volume, contentBytes: -1 }] });
  refuses({ ...manifest, id: '../20261130T041500Z-1a2b3c4d' });
  refuses({ ...manifest, project: '../other' });
  refuses({ ...manifest, version: 2 });
});

test('whatever the bytes: a manifest, or BACKUP_MANIFEST', async () => {
  const changed = fc
    .record({ key: fc.constantFrom(...Object.keys(manifest)), value: fc.jsonValue() })
    .map(({ key, value }) => bytesOf({ ...manifest, [key]: value }));
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.jsonValue().map(value => bytesOf(value)),
    changed,
  );
  const property = fc.property(input, bytes => {
    try {
      const { volumes } = parseManifest(bytes);
      assert.ok(volumes.every(({ file }) => !file.includes('/') && file !== '..'));
    } catch (error) {
      assert.ok(isTowlineError(error, 'BACKUP_MANIFEST'), String(error));
    }
  });
  await fuzzed('backup manifests', property, { runs: 300 });
});
