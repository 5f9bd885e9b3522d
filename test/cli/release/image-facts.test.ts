/** What a release says of its images besides their digests, and what it refuses. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { LayerSizes } from '../../../cli/release/layer-sizes.ts';
import { digestOf } from '../../../core/images/digest.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { imageManifest, pushIndex, sha256 } from '../../rig/pushed-images.ts';
import { httpAnswer, RawAnswers } from '../../rig/raw-answers.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { addKeys, report } from '../status/reports.ts';
import { temporaryFolder, towline } from '../towline.ts';

describe('images of a release', () => {
  let registry: Registry;
  before(async () => {
    registry = await startRegistry();
  });
  after(() => registry.stop());

  const release = (fleet: TestFleet, version: string, ...more: string[]) =>
    towline(['release', 'hello', version, '--repo', fleet.directory, ...more], {
      XDG_CACHE_HOME: fleet.folder,
    });
  const releaseFile = async (fleet: TestFleet, version: string) =>
    parse(await readFile(path.join(fleet.directory, `apps/hello/releases/${version}/release.yaml`), 'utf8'));
  async function pushBoth(version: string, options: Parameters<typeof pushIndex>[3]): Promise<void> {
    for (const name of ['web', 'worker'])
      await pushIndex(registry.address, `hello/${name}`, version, options);
  }

  test('have their platforms with the bytes to pull and, of this machine’s, to unpack; a layer is read once', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    const content = Buffer.concat([randomBytes(20_000), Buffer.alloc(100_000)]);
    const layer = gzipSync(content);
    await pushBoth('1.0.0', { layer });
    const made = await release(fleet, '1.0.0');
    assert.equal(made.code, 0, made.errors);
    assert.equal(made.errors.match(/reading a layer of/g)?.length, 1, made.errors);
    const { platforms } = (await releaseFile(fleet, '1.0.0')).images.web;
    assert.deepEqual(Object.keys(platforms), ['linux/amd64', 'linux/arm64']);
    const own = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
    assert.equal(platforms[own].unpacked, content.length);
    for (const { download } of Object.values<{ download: number }>(platforms))
      assert.ok(download > layer.length && download < layer.length + 200, String(download));
    await pushBoth('1.0.1', { layer });
    const again = await release(fleet, '1.0.1');
    assert.equal(again.errors, '');
    const file = await releaseFile(fleet, '1.0.1');
    assert.equal(file.images.worker.platforms[own].unpacked, content.length);
  });

  test('that lack the platform of a device with the app are refused, by the device’s own word, unless the release is for others', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    const [one] = await addKeys(fleet);
    const telemetry = await makeRepository();
    try {
      const host = { kernel: '6.1', platform: 'linux/arm/v7' };
      await report(telemetry, 'pump-1', one, { host });
      await pushBoth('2.0.0', { architectures: ['amd64', 'arm64'] });
      const asked = ['--telemetry', telemetry.path, '--assign', 'devices/berlin/pump-1.yaml'];
      const refused = await release(fleet, '2.0.0', ...asked);
      assert.equal(refused.code, 1, refused.output);
      assert.match(
        refused.errors,
        /^IMAGE_PLATFORM_MISSING .*hello\/web:2\.0\.0 of service "web" is for linux\/amd64, linux\/arm64; pump-1 would need linux\/arm\/v7/,
      );
      const made = await release(fleet, '2.0.0', ...asked, '--requires', 'platforms=linux/amd64');
      assert.equal(made.code, 0, made.errors);
      assert.deepEqual((await releaseFile(fleet, '2.0.0')).requires, { platforms: ['linux/amd64'] });
      await pushBoth('2.0.1', { architectures: ['amd64', 'arm/v7'] });
    } finally {
      await telemetry.remove();
    }
  });

  test('what is said of a release stands in it; what makes no sense is refused before a registry is asked', async () => {
    await using fleet = await makeFleet(['--registry', '127.0.0.1:1']);
    const nonsense = await release(fleet, '3.0.0', '--requires', 'engine=new');
    assert.equal(nonsense.code, 2);
    assert.match(nonsense.errors, /^CLI_USAGE .*engine/);
    const unknown = await release(fleet, '3.0.0', '--requires', 'kernal=5');
    assert.match(unknown.errors, /^CLI_USAGE unknown key "kernal"/);
    await fleet.replace('fleet.yaml', '127.0.0.1:1', registry.address);
    await pushBoth('3.0.0', {});
    const said = ['--requires', 'engine=20.10', '--requires', 'memory=64MiB', '--requires', 'disk=1GiB'];
    const words = ['--breaking', 'move /etc/pump', '--migration', 'one-way', '--notes', 'Faster.'];
    const made = await release(fleet, '3.0.0', ...said, ...words);
    assert.equal(made.code, 0, made.errors);
    const { notes, breaking, migration, requires } = await releaseFile(fleet, '3.0.0');
    assert.deepEqual(
      [notes, breaking, migration, requires],
      ['Faster.', 'move /etc/pump', 'one-way', { engine: '20.10', memory: '64MiB', disk: '1GiB' }],
    );
  });

  test('need the signatures that trust/images.yaml asks for; what no rule names is refused or not, as the file says', async () => {
    await using fleet = await makeFleet(['--registry', registry.address]);
    const { publicKey } = generateKeyPairSync('ed25519');
    await fleet.write('trust/keys/vendor.pub', String(publicKey.export({ format: 'pem', type: 'spki' })));
    const named = `name: vendor, repositories: ["${registry.address}/pump/*"], keys: [trust/keys/vendor.pub]`;
    await fleet.write(
      'trust/images.yaml',
      `apiVersion: towline/v1\ndefault: refuse\nrules: [{ ${named} }]\n`,
    );
    await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
    await pushBoth('5.0.0', {});
    const refused = await release(fleet, '5.0.0');
    assert.match(
      refused.errors,
      /^IMAGE_PUBLISHER_UNKNOWN no rule in trust\/images\.yaml names 127\.0\.0\.1:\d+\/hello\/web/,
    );
    await fleet.replace('trust/images.yaml', 'default: refuse', 'default: allow');
    const made = await release(fleet, '5.0.0', '--assign', 'groups/canary.yaml');
    assert.equal(made.code, 0, made.errors);
    assert.equal((await releaseFile(fleet, '5.0.0')).images.web.signed, undefined);
    const validate = () => towline(['validate', fleet.directory, '--worktree']);
    const checked = await validate();
    assert.equal(checked.code, 0, checked.output);
    assert.match(checked.output, /TRUST_IMAGES_UNUSED .*pump\/\*/);
    // A rule that comes later holds for the release that is there, too: its devices would say so.
    await fleet.replace('trust/images.yaml', '/pump/*', '/hello/*');
    const later = (await validate()).output;
    assert.match(later, /release\.yaml:\d+:\d+ IMAGE_UNSIGNED .*no signature that rule "vendor"/);
    assert.match((await release(fleet, '5.0.1')).errors, /^CLI_REGISTRY_REFUSED/);
    await pushBoth('5.0.1', {});
    assert.match(
      (await release(fleet, '5.0.1')).errors,
      /^IMAGE_UNSIGNED .* has no signature at its registry/,
    );
    // A key that is none is told where it stands.
    await fleet.replace('trust/images.yaml', 'vendor.pub', 'nobody.pub');
    const broken = (await validate()).output;
    assert.match(
      broken,
      /^trust\/images\.yaml:3:\d+ TRUST_IMAGES trust\/keys\/nobody\.pub cannot be used: /m,
    );
    assert.match((await release(fleet, '5.0.2')).errors, /TRUST_IMAGES .*nobody\.pub/);
  });

  test('of layers that lie on another server are refused, and nothing is written', async () => {
    const foreign = {
      ...{ mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', size: 5 },
      ...{ digest: sha256('x'), urls: ['http://169.254.169.254/latest'] },
    };
    // Debian's registry takes no such image.
    const config = JSON.stringify({ os: 'linux', architecture: 'amd64' });
    const manifest = JSON.stringify(imageManifest(config, [foreign]));
    await using server = await RawAnswers.listen();
    server.answer = () =>
      httpAnswer('200 OK', { 'Content-Length': String(manifest.length), Connection: 'close' }, manifest);
    await using fleet = await makeFleet(['--registry', `127.0.0.1:${server.port}`]);
    const made = await release(fleet, '4.0.0');
    assert.match(made.errors, /^IMAGE_REFUSED .*hello\/web:4\.0\.0: layer 1 is a foreign layer/);
    assert.equal(await fleet.git('status', '--porcelain'), '');
  });
});

describe('layers', () => {
  async function* once(bytes: Buffer) {
    yield bytes;
  }

  test('that unpack to far more than they are are refused; less is measured, also of several members', async () => {
    await using folder = await temporaryFolder().then(made => ({
      ...made,
      [Symbol.asyncDispose]: () => made.remove(),
    }));
    const sizes = await LayerSizes.open({ XDG_CACHE_HOME: folder.path }, 1_000_000);
    const layerOf = (bytes: Buffer) =>
      ({ digest: digestOf(bytes), size: bytes.length, packing: 'gzip' }) as const;
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    await assert.rejects(
      sizes.of(layerOf(bomb), () => once(bomb)),
      { code: 'IMAGE_REFUSED', message: /unpacks to more than/ },
    );
    const twice = Buffer.concat([gzipSync('one'), gzipSync('two')]);
    assert.equal(await sizes.of(layerOf(twice), () => once(twice)), 6);
    const broken = gzipSync('whole').subarray(0, 12);
    await assert.rejects(
      sizes.of(layerOf(broken), () => once(broken)),
      { code: 'IMAGE_REFUSED', message: /cannot be unpacked/ },
    );
  });
});
