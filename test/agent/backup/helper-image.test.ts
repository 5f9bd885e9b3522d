/** Which image is run with the volumes of all apps. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { helperImageId } from '../../../agent/backup/helper-image.ts';
import { tarArchive } from '../../../lab/machine/tar.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const digest = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** An archive of an image that no other test has. */
function archived(tag: string) {
  const layer = tarArchive([{ path: 'word', bytes: tag }]);
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest(layer)}`] },
  });
  const file = `${digest(config)}.json`;
  const manifest = [{ Config: file, RepoTags: [tag], Layers: ['layer.tar'] }];
  const bytes = tarArchive([
    { path: 'manifest.json', bytes: JSON.stringify(manifest) },
    { path: file, bytes: config },
    { path: 'layer.tar', bytes: layer },
  ]);
  return { bytes, id: `sha256:${digest(config)}` };
}

test('an image to which somebody has given the tag of the helper is not taken for it', async () => {
  await using rig = await DeviceRig.start();
  const { worker } = await buildImages(rig);
  const repo = `localhost/helper-${rig.project}`;
  const tag = `${repo}:1`;
  const folder = mkdtempSync(path.join(tmpdir(), 'towline-helper-'));
  const { bytes, id } = archived(tag);
  const file = path.join(folder, 'helper.tar');
  writeFileSync(file, bytes);
  try {
    await rig.post(`/images/${worker}/tag`, { repo, tag: '1' });
    assert.equal(await helperImageId(rig.engine, file, rig.signal), id);
    assert.equal(await helperImageId(rig.engine, file, rig.signal), id);
  } finally {
    await rig.engine.call({ method: 'DELETE', path: `/images/${id}`, query: { force: true } }, rig.signal);
    rmSync(folder, { recursive: true });
  }
});
