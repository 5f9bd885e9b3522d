import assert from 'node:assert/strict';
import test from 'node:test';
import Docker from 'dockerode';
import { ImageMaker } from '../../../lab/machine/images.ts';
import { startRegistry } from '../../../lab/machine/registry.ts';

const socket = process.env.TOWLINE_ENGINE_SOCKET ?? '/var/run/docker.sock';

test('two versions of an image have two digests in the registry, and the engine no copy that spares a pull', async t => {
  const registry = await startRegistry();
  t.after(() => registry.stop());
  const images = new ImageMaker(socket, registry.address);
  t.after(() => images.forget());
  const name = `rig-${process.pid}`;
  const [first, second] = [await images.push(name, '1.0', 'web'), await images.push(name, '1.1', 'web')];

  assert.notEqual(first.digest, second.digest);
  const answer = await fetch(`http://${registry.address}/v2/${name}/manifests/1.0`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
  });
  assert.equal(answer.headers.get('docker-content-digest'), first.digest);
  const local = await new Docker({ socketPath: socket }).listImages();
  assert.ok(!local.some(image => image.RepoTags?.includes(first.reference)));
});

test('a registry that was down comes back on its address with its images', async t => {
  const registry = await startRegistry();
  t.after(() => registry.stop());
  const images = new ImageMaker(socket, registry.address);
  const { digest } = await images.push(`rig-${process.pid}`, '1.0', 'one-shot');

  await registry.pause();
  await assert.rejects(fetch(`http://${registry.address}/v2/`));
  await registry.resume();
  const answer = await fetch(`http://${registry.address}/v2/rig-${process.pid}/manifests/${digest}`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
  });
  assert.equal(answer.status, 200);
});
