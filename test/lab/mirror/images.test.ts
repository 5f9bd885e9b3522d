import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { digestOf } from '../../../core/images/digest.ts';
import { RegistryClient } from '../../../core/io/registry/client.ts';
import { parseReference } from '../../../core/io/registry/reference.ts';
import { Daemon } from '../../../lab/machine/daemon.ts';
import { freePort } from '../../../lab/machine/free-port.ts';
import { findCommand, requireCommands } from '../../../lab/machine/packages.ts';
import { portAnswers } from '../../../lab/machine/port-answers.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { copyImages, type ImageOrigin } from '../../../lab/mirror/copied-images.ts';
import { makeStandIns } from '../../../lab/mirror/made-stand-ins.ts';
import { RegistryStorage } from '../../../lab/mirror/registry-storage.ts';
import { type PutImage, putImage } from '../../../lab/rig/oci-image.ts';

const { signal } = new AbortController();
const platform = 'linux/amd64';

describe('images of a mirror', () => {
  let production: Registry;
  let image: PutImage;
  let client: RegistryClient;
  let origin: ImageOrigin;
  const folder = mkdtempSync(path.join(tmpdir(), 'tl-storage-'));
  const storage = new RegistryStorage(path.join(folder, 'images'));

  before(async () => {
    production = await startRegistry();
    image = await putImage(production.address, 'pump/web', '1', [20_000, 300]);
    client = new RegistryClient({
      credentials: async () => undefined,
      ...{ insecure: [], timeoutMs: 60_000, signal },
    });
    const at = (digest: string) => parseReference(`${production.address}/pump/web@${digest}`);
    origin = {
      manifest: (_image, digest) => client.found(at(digest)),
      blob: (_image, blob) => client.blob(at(blob.digest), blob),
    };
  });
  after(async () => {
    await production.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lie in the lab’s registry by their digests, as it serves them to everybody', async () => {
    const wanted = { repository: 'registry.acme.example/pump/web', digest: image.digest };
    await copyImages([wanted], { from: origin, to: storage, platform, signal });
    const standIns = await makeStandIns([wanted], storage, signal);
    requireCommands(['docker-registry']);
    const address = `127.0.0.1:${await freePort()}`;
    const config = path.join(folder, 'config.yml');
    writeFileSync(
      config,
      `version: 0.1\nlog: { level: warn }\nstorage: { filesystem: { rootdirectory: ${folder}/images } }\nhttp: { addr: "${address}" }\n`,
    );
    const daemon = new Daemon({
      command: findCommand('docker-registry') ?? 'docker-registry',
      arguments: ['serve', config],
      log: path.join(folder, 'log'),
      environment: { PATH: process.env.PATH ?? '', OTEL_TRACES_EXPORTER: 'none' },
    });
    try {
      await daemon.until(() => portAnswers(Number(address.split(':')[1])), 60_000);
      const at = (digest: string) => parseReference(`${address}/pump/web@${digest}`);
      const served = await client.manifest(at(image.digest));
      assert.ok(served.bytes.equals(image.index));
      assert.ok((await client.manifest(at(image.manifest.digest))).bytes.equals(image.manifest.bytes));
      for (const { digest, bytes } of image.layers) {
        const blob = await client.smallBlob(at(digest), { digest, size: bytes.length });
        assert.ok(blob.equals(bytes));
      }
      const standIn = standIns.get(image.digest) ?? '';
      assert.match((await client.manifest(at(standIn))).bytes.toString(), /"layers"/);
    } finally {
      await daemon.stop(2000);
    }
  });

  it('are named together where some are missing, or for another processor', async () => {
    const wanted = [
      { repository: 'registry.acme.example/pump/web', digest: digestOf(randomBytes(8)) },
      { repository: 'registry.acme.example/pump/web', digest: image.digest },
    ];
    const copying = { from: origin, to: storage, platform: 'linux/arm64', signal };
    const named = wanted.map(({ repository, digest }) => `${repository}@${digest}`);
    await assert.rejects(copyImages(wanted, copying), { code: 'MIRROR_IMAGES', details: { missing: named } });
  });

  it('never lie under a name that is not theirs, nor outside of the registry’s folder', async () => {
    const lying: ImageOrigin = {
      ...origin,
      blob: async function* () {
        yield randomBytes(10);
      },
    };
    const fresh = new RegistryStorage(path.join(folder, 'other'));
    const wanted = { repository: 'registry.acme.example/pump/web', digest: image.digest };
    const copying = { from: lying, to: fresh, platform, signal };
    await assert.rejects(copyImages([wanted], copying), { code: 'CLI_REGISTRY_ANSWER' });
    assert.equal(await fresh.has(image.layers[0]?.digest ?? ''), false);
    for (const repository of ['../../etc', 'a/../../b', '/etc', 'A', ''])
      await assert.rejects(fresh.putManifest(repository, image.digest, image.index), {
        code: 'CLI_REGISTRY_ANSWER',
      });
    await assert.rejects(fresh.has('sha256:../../x'), { code: 'CLI_REGISTRY_ANSWER' });
  });
});
