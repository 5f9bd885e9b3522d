import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { checkFleet } from '../../../core/check/check-fleet.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { FleetSource } from '../../../lab/mirror/fleet-source.ts';
import { filesOf, lookAtFleet, type Mirror } from '../../../lab/mirror/mirror.ts';
import type { MirroredFiles } from '../../../lab/mirror/mirrored-files.ts';
import { replaceWorkingTree } from '../../../lab/mirror/working-tree.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { digest, labIdentity, ProductionFleet, productionWords } from '../../rig/production-fleet.ts';

const { signal } = new AbortController();

async function lookAt(fleet: ProductionFleet, engine = false): Promise<Mirror> {
  const source = new FleetSource(fleet.repository.path);
  return await lookAtFleet({ at: await source.at('main', signal), engine }, signal).finally(() =>
    source[Symbol.asyncDispose](),
  );
}

describe('a mirror of a fleet', () => {
  let production: ProductionFleet;
  let root: SshKey;
  let mirror: Mirror;
  let files: MirroredFiles;
  let source: FleetSource;
  const text = (file: string) => Buffer.from(files.get(file)?.bytes ?? []).toString('utf8');

  before(async () => {
    [production, root] = await Promise.all([ProductionFleet.make(), makeSshKey()]);
    source = new FleetSource(production.repository.path);
    mirror = await lookAtFleet({ at: await source.at('main', signal), engine: false }, signal);
    const lab = await labIdentity(
      mirror.standIns.map(({ device }) => device),
      root,
    );
    files = await filesOf(mirror, lab, undefined, signal);
  });

  after(async () => {
    await source[Symbol.asyncDispose]();
    await production.remove();
    await root.remove();
  });

  it('has one device for each distinct plan, and says whom each stands for', () => {
    assert.deepEqual(mirror.problems, []);
    assert.equal(mirror.devices, 5);
    // a-2 is of another stage of the rollout; b-1 has another variable; c-1 a secret of its own.
    assert.deepEqual(
      mirror.standIns.map(({ standsFor }) => standsFor),
      [['a-1', 'a-3'], ['a-2'], ['b-1'], ['c-1']],
    );
  });

  it('is a fleet that validates, with images by production’s digests', async () => {
    const repository = await makeRepository('acme-lab');
    const spread = [...files].map(([name, { mode, bytes }]) => [name, { mode, content: bytes }] as const);
    const commit = await repository.commit({ parents: [], files: Object.fromEntries(spread), signer: root });
    const checked = await checkFleet({ files: new ObjectReader(repository), commit, date: new Date() });
    await repository.remove();
    assert.deepEqual(checked.problems, []);
    assert.equal(checked.fleet?.name, 'acme-lab');
    assert.equal(checked.fleet?.devices.size, 4);
    assert.equal(parse(text('apps/web/releases/1.0.0/release.yaml')).images.web.digest, digest('1'));
    assert.deepEqual(parse(text('fleet.yaml')).images.throughGateway, ['docker.io', 'registry.acme.example']);
  });

  it('takes the stages of rollouts along by device: a percentage is drawn by the fleet’s name', () => {
    const { stages } = parse(text('rollouts/web/first.yaml'));
    assert.deepEqual(stages, [
      { name: 'one', select: { devices: ['a-2'] } },
      { name: 'rest', select: { devices: ['a-1', 'b-1', 'c-1'] } },
    ]);
  });

  it('has nothing of production’s in any object of its repository: no sealed byte, key, store, address, person', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'tl-mirror-'));
    const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'latin1' });
    git('init', '--quiet', '--initial-branch=main');
    await replaceWorkingTree(folder, files);
    git('add', '--all');
    git(
      '-c',
      'user.name=lab',
      '-c',
      'user.email=lab@lab',
      'commit',
      '--quiet',
      '--no-gpg-sign',
      '-m',
      'A lab',
    );
    assert.equal(git('rev-list', '--count', '--all').trim(), '1');
    const objects = git('cat-file', '--batch', '--batch-all-objects');
    assert.match(git('ls-files', '--stage', 'apps/web/run.sh'), /^100755 /);
    await rm(folder, { recursive: true });
    assert.ok(production.sealed.length > 20);
    const device = parse(await production.repository.git(['show', 'main:devices/site/a-1.yaml'])).keys;
    const keys = [production.signer.publicKey, device.tls, device.ssh].map(key => key.split(' ')[1] ?? key);
    const body = String(device.openpgp).split('\n').slice(2, 4);
    for (const word of [...productionWords, ...production.sealed, ...keys, ...body])
      assert.ok(!objects.includes(word), word);
  });

  it('seals stand-ins of the same names, kinds and lengths to the devices that use them, and leaves the others out', () => {
    const names = [...files.keys()].filter(name => name.startsWith('secrets/'));
    assert.deepEqual(names.sort(), ['secrets/web.env', 'secrets/web/c-1.env']);
    const sealed = text('secrets/web.env');
    const length = /^TOKEN=ENC\[AES256_GCM,data:([^,]+),.*type:str\]$/m.exec(sealed)?.[1] ?? '';
    assert.equal(Buffer.from(length, 'base64').length, 'hunter2hunter2'.length);
    assert.match(sealed, /^PORT_unencrypted=[\w-]{15}$/m);
    // Four devices.
    assert.equal(sealed.match(/_fp=/g)?.length, 4);
  });

  it('lets a release run that is for another processor, where images stand in for it', async () => {
    const lab = await labIdentity(
      mirror.standIns.map(({ device }) => device),
      root,
    );
    const digests = new Map([
      [digest('1'), digest('a')],
      [digest('2'), digest('b')],
      [digest('3'), digest('c')],
    ]);
    const standing = await filesOf(mirror, lab, digests, signal);
    const read = (name: string) => parse(Buffer.from(standing.get(name)?.bytes ?? []).toString('utf8'));
    const release = read('apps/web/releases/1.0.0/release.yaml');
    assert.equal(release.images.web.digest, digest('a'));
    assert.deepEqual(release.requires, {});
    const app = read('apps/web/releases/1.0.0/app.yaml');
    assert.deepEqual(app.compose, ['compose.yaml', 'towline-lab.yaml']);
    assert.deepEqual(read('apps/web/releases/1.0.0/towline-lab.yaml').services.web.user, '0:0');
    const { image } = read('apps/tools/towline-lab.yaml').services.tool;
    assert.equal(image, `registry.lab.test/library/tool@${digest('c')}`);
    const repository = await makeRepository('acme-lab');
    const spread = [...standing].map(([name, { mode, bytes }]) => [name, { mode, content: bytes }] as const);
    const commit = await repository.commit({ parents: [], files: Object.fromEntries(spread), signer: root });
    const checked = await checkFleet({ files: new ObjectReader(repository), commit, date: new Date() });
    await repository.remove();
    assert.deepEqual(checked.problems, []);
  });
});

describe('a repository that a mirror is asked for', () => {
  const fleets: ProductionFleet[] = [];
  const make = async (more: Parameters<typeof ProductionFleet.make>[0]) => {
    const fleet = await ProductionFleet.make(more);
    fleets.push(fleet);
    return fleet;
  };
  after(async () => {
    for (const fleet of fleets) await fleet.remove();
  });

  it('is refused with a symbolic link, a submodule, or a name that leads out of it', async () => {
    const link = await make({ 'apps/web/link': { mode: '120000', content: '/etc/shadow' } });
    await assert.rejects(lookAt(link), { code: 'TRUST_MALFORMED_OBJECT', message: /symbolic link/ });
    const id = 'a'.repeat(40);
    const module = await make({ 'apps/sub': { mode: '160000', id } });
    await assert.rejects(lookAt(module), { code: 'TRUST_MALFORMED_OBJECT', message: /submodule/ });
  });

  it('may have any policy: none of it counts', async () => {
    const odd = await make({ 'trust/policy.yaml': 'this: [is no policy', 'operators/x.yaml': '!!' });
    assert.deepEqual((await lookAt(odd)).problems, []);
  });

  it('is told what its apps ask of the engine, which is this machine’s own', async () => {
    const services = { web: { image: `docker.io/library/tool@${digest('3')}`, privileged: true } };
    const root = await make({
      'apps/tools/compose.yaml': JSON.stringify({ services }),
      'groups/all.yaml': 'apiVersion: towline/v1\nengine: { privileged: true }\n',
    });
    const [problem, ...others] = (await lookAt(root)).problems;
    assert.equal(others.length, 0);
    assert.equal(problem?.code, 'COMPOSE_POLICY_REFUSED');
    assert.deepEqual((await lookAt(root, true)).problems, []);
  });
});
