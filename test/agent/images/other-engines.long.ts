/**
 * Engines that devices have elsewhere: Docker 26 and 28 (with its own store, and with containerd's), Podman 4.3 and 5.4. What
 * a person pulls by hand with the engine's own command, and what the agent pulls, both through the gateway.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import type { PushedImage } from '../../../lab/machine/images.ts';
import { OwnPodman } from '../../../lab/machine/own-podman.ts';
import { insideRoot, suiteRoot } from '../../../lab/machine/suite-root.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { ownAddress } from '../../gateway/rig/gateway.ts';
import { TcpRelay } from '../../rig/tcp-relay.ts';
import { certsD, ImageRig, registryName, releasedApp, throughGateway } from './rig.ts';

const run = promisify(execFile);

interface OtherEngine extends AsyncDisposable {
  readonly socket: string;
  /** Where it looks for keys of registries. */
  readonly certsD: string;
  /** Its own command. */
  command(words: readonly string[]): string[];
}

async function docker(suite: 'trixie' | 'sid', settings: object): Promise<OtherEngine> {
  const root = suiteRoot(suite, `docker-${suite}`, ['docker.io', 'docker-cli']);
  const engine = await startOwnEngine({ root, settings });
  return {
    socket: engine.socket,
    certsD: path.join(root, 'etc/docker/certs.d'),
    command: words => insideRoot(root, ['docker', '--host', `unix://${engine.socket}`, ...words]),
    [Symbol.asyncDispose]: () => engine.stop(),
  };
}

async function podman(suite: 'bookworm' | 'trixie'): Promise<OtherEngine> {
  const service = await OwnPodman.start(suite);
  return {
    socket: service.socket,
    certsD: path.join(service.root, 'etc/containers/certs.d'),
    command: words => service.command(words),
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
}

const containerdStore = { features: { 'containerd-snapshotter': true } };
const engines = {
  'Docker 26.1': [/^26\.1\./, () => docker('trixie', {})],
  'Docker 26.1 with containerd’s store': [/^26\.1\./, () => docker('trixie', containerdStore)],
  'Docker of sid': [/^(?:2[89]|[3-9]\d)\./, () => docker('sid', {})],
  'Docker of sid with containerd’s store': [/^(?:2[89]|[3-9]\d)\./, () => docker('sid', containerdStore)],
  'Podman 4.3': [/^4\.3\./, () => podman('bookworm')],
  'Podman 5.4': [/^5\.4\./, () => podman('trixie')],
} as const;

let rig: ImageRig;
let maker: DeviceRig;
let relay: TcpRelay;
let one: PushedImage;
let two: PushedImage;
let strange: PushedImage;
let address: string;
let repository: string;

before(async () => {
  rig = await ImageRig.start();
  maker = await DeviceRig.start(rig.registry.address);
  relay = await TcpRelay.start('127.0.0.1', rig.gateway.port, ownAddress);
  address = `${ownAddress}:${relay.port}`;
  repository = `${address}/${registryName.replace(':', '_')}/app`;
  const push = (tag: string) => maker.images.push('app', tag, 'worker', `other ${tag} ${maker.device}`);
  [one, two, strange] = [await push('1'), await push('2'), await push('3')];
});
after(async () => {
  await relay?.stop();
  await maker?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
});

/** From now on the file of the device says this. */
function say(registry?: string, revoked = false): void {
  const pinned = [one, two].map(({ tag, digest }) => ({ image: `${registryName}/app:${tag}`, digest }));
  rig.pin(pinned, { ...(registry === undefined ? {} : { registry }), revoked });
}

const audited = (code: string) => rig.gateway.audited.filter(event => event.code === code).length;

/** What it says, and whether it ended well. */
async function said(engine: OtherEngine, words: readonly string[]): Promise<string> {
  const [command = '', ...rest] = engine.command(words);
  const done = await run(command, rest, { timeout: 120_000 }).catch(
    (error: { code?: number; stdout?: string; stderr?: string }) => error,
  );
  const code = 'code' in done ? done.code : 0;
  return `${code} ${done.stdout ?? ''}${done.stderr ?? ''}`;
}

interface Image {
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
}

for (const [name, [version, start]] of Object.entries(engines))
  describe(name, () => {
    let engine: OtherEngine;
    before(async () => {
      engine = await start();
    });
    after(async () => {
      rmSync(path.join(engine?.certsD ?? '/nowhere', address), { recursive: true, force: true });
      await engine?.[Symbol.asyncDispose]();
    });

    test('a person pulls with the engine’s own command what is pinned, and nothing else', async () => {
      say();
      const { key } = await certsD({ address, tlsPin: rig.tlsPin, more: ['--dir', engine.certsD] });
      const unknown = audited('GATEWAY_KEY_UNKNOWN');
      assert.match(
        await said(engine, ['pull', `${repository}:1`]),
        /^[1-9].*(unauthorized|denied|forbidden)/is,
      );
      assert.ok(audited('GATEWAY_KEY_UNKNOWN') > unknown);

      say(key);
      assert.match(await said(engine, ['pull', `${repository}:1`]), /^0 /);
      const refused = () => audited('GATEWAY_IMAGE_FORBIDDEN') + audited('GATEWAY_REGISTRY_READ_ONLY');
      const before = refused();
      assert.match(
        await said(engine, ['pull', `${repository}@${strange.digest}`]),
        /^[1-9].*(denied|forbidden)/is,
      );
      const afterPull = refused();
      assert.ok(afterPull > before);
      await said(engine, ['tag', `${repository}:1`, `${repository}:own`]);
      // Podman asks for layers as it would pack them, and ends there.
      const pushed = await said(engine, ['push', `${repository}:own`]);
      assert.match(pushed, /^[1-9]/);
      assert.ok(refused() > afterPull, pushed);

      say(key, true);
      assert.match(await said(engine, ['pull', `${repository}:2`]), /^[1-9].*(denied|forbidden)/is);
    });

    test('the agent’s own pull: an update, nothing that speaks of loopback, no second pull, the refusal of what is not pinned', async context => {
      say();
      await using device = new DeviceRig(engine.socket, rig.registry.address);
      const { Version } = await device.engine.call<{ Version: string }>(
        { method: 'GET', path: '/version' },
        device.signal,
      );
      assert.match(Version, version);
      context.diagnostic(`${name}: ${Version}`);
      const pass = (image: PushedImage) => {
        const project = releasedApp(device.project, image);
        const desired = throughGateway(device.device, project);
        return device.pass([project], { desired, images: rig.endpoint });
      };
      const running = () => device.inspect(`${device.project}-app-1`);
      for (const image of [one, two]) {
        const { outcome } = await pass(image);
        assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
        assert.equal((await running()).State.Running, true);
        assert.deepEqual((await pass(image)).reasons, [], 'nothing more to do');
      }
      const images = await device.engine.call<Image[]>(
        { method: 'GET', path: '/images/json' },
        device.signal,
      );
      const names = images.flatMap(({ RepoTags, RepoDigests }) => [
        ...(RepoTags ?? []),
        ...(RepoDigests ?? []),
      ]);
      assert.ok(names.includes(`${registryName}/app:2`), names.join('\n'));
      assert.deepEqual(
        names.filter(each => /127\.0\.0\.1:\d+\/\d+\//.test(each)),
        [],
      );
      const before = await running();
      device.aheadMs += 3_600_000;
      const { outcome } = await pass(strange);
      assert.equal(outcome.projects[0]?.code, 'ENGINE_REGISTRY_DENIED', JSON.stringify(outcome));
      assert.equal((await running()).Id, before.Id);
    });
  });
