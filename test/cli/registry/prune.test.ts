/** `towline registry prune` before a real registry: what a fleet may do without, and what it must never lose. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stringify } from 'yaml';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { ociImage, ociIndex } from '../../../core/images/manifest.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { buildPack } from '../../../core/io/git/object-write.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type PutImage, putImage, putManifest } from '../../../lab/rig/oci-image.ts';
import { statusFile } from '../../gateway/fleet-status/rig.ts';
import { git, testDevice } from '../../gateway/rig/gateway.ts';
import { command, deviceFile, fleetFile } from '../../gateway/rig/program.ts';
import { refOf } from '../../gateway/rig/push.ts';

const [pump, silent] = [testDevice('pump-1'), testDevice('pump-2')];
const daySec = 86_400;
const now = Math.floor(Date.now() / 1000);

/** A version → an index of its own image, unless it shares another's. */
type Images = Readonly<Record<'old' | 'shared' | 'run' | 'back' | 'late' | 'here', PutImage>>;

describe('images that the fleet needs no more', { timeout: 180_000 }, () => {
  let registry: Registry;
  let closed: Registry;
  let operator: SshKey;
  let repository: FleetRepository;
  let folder: string;
  let images: Images;
  let sharing: string;

  const releaseFiles = (version: string, name: string, digest: string) => ({
    [`apps/web/releases/${version}/release.yaml`]: `apiVersion: towline/v1\nversion: "${version}"\nimages:\n  web: { image: "${name}:${version}", digest: "${digest}" }\n`,
    [`apps/web/releases/${version}/compose.yaml`]: `services:\n  web: { image: "${name}:${version}" }\n`,
  });

  /** pump-1 runs one release and wants another, as it says itself at that time. */
  const say = async (timeSec: number) => {
    const project = { app: 'web', project: 'web', state: 'healthy', services: [] } as const;
    const projects = [{ ...project, release: '0.4.0', wanted: { release: '0.5.0', digest: 'x' } }];
    const trusted = { commit: await repository.head() };
    const time = `${new Date(timeSec * 1000).toISOString().slice(0, 19)}Z`;
    const status = statusFile(pump.id, { fleet: 'acme', time, trusted, projects: projects as never });
    const said = makeStatusCommit({
      ...{ parent: undefined, files: new Map([['status.yaml', Buffer.from(stringify(status))]]) },
      ...{
        message: 'said',
        device: pump.id,
        fleet: 'acme',
        timeMs: timeSec * 1000,
        key: sshKeyOf(pump.keys),
      },
    });
    const cwd = join(folder, 'telemetry.git');
    git(['index-pack', '--stdin'], { cwd, input: buildPack(said.objects) });
    git(['update-ref', refOf(pump), said.id], { cwd });
  };

  before(async () => {
    registry = await startRegistry();
    closed = await startRegistry(false);
    operator = await makeSshKey();
    folder = mkdtempSync(join(tmpdir(), 'towline-prune-'));
    const put = (tag: string) => putImage(registry.address, 'pump/web', tag, [1000]);
    const [old, shared, run, back, late, here] = [
      await put('old'),
      await put('shared'),
      await put('run'),
      await put('back'),
      await put('late'),
      await put('here'),
    ];
    images = { old, shared, run, back, late, here };
    // An index of its own that names a manifest of a release that is there.
    const { digest, bytes } = here.manifest;
    const platform = { architecture: 'amd64', os: 'linux' };
    sharing = (
      await putManifest(registry.address, 'pump/web', 'sharing', {
        ...{ schemaVersion: 2, mediaType: ociIndex, annotations: { 'a.b': 'other' } },
        manifests: [{ mediaType: ociImage, digest, size: bytes.length, platform }],
      })
    ).digest;
    const web = `${registry.address}/pump/web`;
    const lone = await putImage(closed.address, 'pump/x', '1', [1000]);
    const pinned: readonly (readonly [version: string, digest: string, name?: string])[] = [
      ['0.1.0', old.digest],
      ['0.2.0', shared.digest],
      ['0.3.0', sharing],
      ['0.4.0', run.digest],
      ['0.5.0', back.digest],
      ['0.6.0', late.digest],
      ['0.7.0', lone.digest, `${closed.address}/pump/x`],
      ['1.0.0', here.digest],
      // Another release that is there has the same image.
      ['1.1.0', shared.digest],
    ];
    const made = await makeFleetRepository({
      ...{ signer: operator, timeSec: now - 90 * daySec },
      files: {
        'fleet.yaml': fleetFile,
        ...Object.assign({}, ...pinned.map(([version, id, name = web]) => releaseFiles(version, name, id))),
        [`devices/${pump.id}.yaml`]: deviceFile(pump, ['apps: { web: { release: "1.0.0" } }']),
      },
    });
    repository = made.repository;
    const gone = (...versions: string[]) =>
      Object.fromEntries(
        versions.flatMap(version =>
          ['release.yaml', 'compose.yaml'].map(name => [`apps/web/releases/${version}/${name}`, null]),
        ),
      );
    await repository.commit({
      files: gone('0.1.0', '0.2.0', '0.3.0', '0.4.0', '0.5.0', '0.7.0'),
      ...{ signer: operator, timeSec: now - 60 * daySec },
    });
    await repository.commit({ files: gone('0.6.0'), signer: operator, timeSec: now - 10 * daySec });
    git(['init', '-q', '--bare', join(folder, 'telemetry.git')]);
    await say(now);
  });
  after(async () => {
    await Promise.all([registry.stop(), closed.stop(), repository.remove(), operator.remove()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const prune = async (...args: string[]) => {
    const { code, stdout, stderr } = await command(join(commandFolder, 'towline'), [
      ...['registry', 'prune', '--json', '--repo', repository.path],
      ...['--telemetry', join(folder, 'telemetry.git'), ...args],
    ]);
    return { code, stderr, said: code === 0 ? JSON.parse(stdout) : undefined };
  };
  const isThere = async (digest: string, address = registry.address, name = 'pump/web') =>
    (
      await fetch(`http://${address}/v2/${name}/manifests/${digest}`, {
        headers: { accept: `${ociIndex}, ${ociImage}` },
      })
    ).ok;

  test('are those of releases taken away 30 days ago that no release, no device and no way back names', async () => {
    const { code, said, stderr } = await prune();
    assert.equal(code, 0, stderr);
    const listed = said.images.map(({ digest }: { digest: string }) => digest);
    assert.equal(listed.length, 3);
    assert.ok(listed.includes(images.old.digest) && listed.includes(sharing));
    const one = said.images.find(({ digest }: { digest: string }) => digest === images.old.digest);
    assert.deepEqual([one.releases, one.manifests], [['web 0.1.0'], 2]);
    assert.ok(await isThere(images.old.digest), 'a list removes nothing');
  });

  test('are removed in the repositories that are named, and nothing that is needed with them', async () => {
    const web = `${registry.address}/pump/web`;
    const asked = await prune('--delete', web);
    assert.notEqual(asked.code, 0);
    assert.match(asked.stderr, /CLI_USAGE.*--yes|--yes/s);
    const { code, said, stderr } = await prune('--delete', '--yes', web);
    assert.equal(code, 0, stderr);
    assert.equal(said.removed, 3);
    for (const digest of [images.old.digest, images.old.manifest.digest, sharing])
      assert.equal(await isThere(digest), false, digest);
    const { shared, run, back, late, here } = images;
    for (const image of [shared, run, back, late, here])
      for (const digest of [image.digest, image.manifest.digest])
        assert.ok(await isThere(digest), `${image.image} ${digest}`);
    assert.deepEqual((await prune(web)).said.images, []);
  });

  test('a registry that removes nothing is named by code', async () => {
    const { code, stderr } = await prune('--delete', '--yes', `${closed.address}/pump/x`);
    assert.notEqual(code, 0);
    assert.match(stderr, /REGISTRY_DELETE_REFUSED/);
  });

  test('while a device has said nothing, nothing is removed', async () => {
    await repository.commit({
      files: { [`devices/${silent.id}.yaml`]: deviceFile(silent) },
      signer: operator,
    });
    const { said } = await prune();
    assert.deepEqual(said.silent, [silent.id]);
    const { code, stderr } = await prune('--delete', '--yes');
    assert.notEqual(code, 0);
    assert.match(stderr, /REGISTRY_DEVICES_SILENT.*pump-2/s);
  });

  test('a word of more than 30 days ago counts as none: what was released since may have come by a bundle', async () => {
    await say(now - 31 * daySec);
    assert.deepEqual((await prune()).said.silent, [pump.id, silent.id]);
  });
});
