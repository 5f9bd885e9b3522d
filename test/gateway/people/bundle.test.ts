/** `ssh git@gateway bundle pump-1`: a bundle for a device, out of a real registry behind the gateway, and who gets none. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type PutImage, putImage } from '../../../lab/rig/oci-image.ts';
import { chunksOf } from '../../core/bundle/sample-bundle.ts';
import { guideLine } from '../../rig/guide-line.ts';
import { git, testDevice } from '../rig/gateway.ts';
import { command, deviceFile, GatewayProgram, sshFlags, TestFleet } from '../rig/program.ts';

const [own, other, foreign] = [testDevice('pump-1'), testDevice('pump-2'), testDevice('pump-3')];
const name = 'images.example.com:5000';

describe('a bundle by the people’s port', { timeout: 240_000 }, () => {
  let registry: Registry;
  let fleet: TestFleet;
  let gateway: GatewayProgram;
  let bob: SshKey;
  let web: PutImage;
  let base: string;

  const operatorFile = (rights: string) =>
    `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\n${rights}\n`;
  const release = (app: string, image: string, digest: string) => ({
    [`apps/${app}/releases/1.0.0/release.yaml`]: `apiVersion: towline/v1\nversion: "1.0.0"\nimages:\n  web: { image: "${image}", digest: "${digest}" }\n`,
    [`apps/${app}/releases/1.0.0/compose.yaml`]: `services:\n  web: { image: "${image}" }\n`,
  });

  before(async () => {
    registry = await startRegistry();
    web = await putImage(registry.address, 'pump/web', '1.0', [3_000_000, 5_000_000, 100]);
    fleet = await TestFleet.make([own, other, foreign]);
    bob = await makeSshKey();
    base = await fleet.repository.head();
    const elsewhere = `elsewhere.example.com/pump/x:1.0@sha256:${'0'.repeat(64)}`;
    const assigned = (device: typeof own, app: string) => ({
      [`devices/${device.id}.yaml`]: deviceFile(device, [`apps: { ${app}: { release: "1.0.0" } }`]),
    });
    await fleet.repository.commit({
      files: {
        'operators/bob.yaml': operatorFile('bundles: [{ devices: [pump-1, pump-3] }]'),
        ...release('web', `${name}/pump/web:1.0`, web.digest),
        ...release('x', elsewhere, `sha256:${'0'.repeat(64)}`),
        ...assigned(own, 'web'),
        ...assigned(foreign, 'x'),
      },
      signer: fleet.operator,
    });
    await fleet.init();
    appendFileSync(fleet.config, `registries:\n  "${name}": { url: "http://${registry.address}" }\n`);
    gateway = await GatewayProgram.start(fleet.config);
  });
  after(async () => {
    await gateway[Symbol.asyncDispose]();
    await fleet[Symbol.asyncDispose]();
    await bob.remove();
    await registry.stop();
  });

  const session = (what: string) =>
    spawn('ssh', [...sshFlags(bob), ...['-p', `${gateway.people}`, 'towline@127.0.0.1', what]], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ask = async (what: string) => {
    const child = session(what);
    const out: Buffer[] = [];
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, bytes: Buffer.concat(out), err };
  };
  /** Everything in it, checked. */
  const opened = async (bytes: Buffer) => {
    const bundle = await openBundle(chunksOf(bytes, 65_536));
    const parts = new Map<string, Buffer>();
    let commits: Buffer = Buffer.alloc(0);
    for await (const part of bundle.parts()) {
      const pieces: Uint8Array[] = [];
      for await (const piece of part.bytes) pieces.push(piece);
      if (part.kind === 'git') commits = Buffer.concat(pieces);
      else parts.set(part.digest, Buffer.concat(pieces));
    }
    return { contents: bundle.contents, size: bundle.size, parts, commits };
  };

  test('has main as the gateway trusts it, the commits for stock git, and the images of the device', async () => {
    const [, , , , ...words] = guideLine('air-gapped', 'ssh -p 2222 git@gateway.example.com bundle pump', {
      'pump-17': 'pump-1',
    });
    const { code, bytes, err } = await ask(words.slice(0, words.indexOf('>')).join(' '));
    assert.equal(code, 0, err);
    const { contents, size, parts, commits } = await opened(bytes);
    const head = await fleet.repository.head();
    assert.equal(size, bytes.length);
    assert.deepEqual(
      [contents.fleet, contents.devices, contents.commit, contents.timestamp],
      ['acme', ['pump-1'], head, undefined],
    );
    assert.deepEqual(contents.images, [{ image: `${name}/pump/web:1.0`, digest: web.digest, leftOut: [] }]);
    for (const { digest, bytes: layer } of web.layers) assert.ok(parts.get(digest)?.equals(layer), digest);
    const file = join(fleet.folder, 'commits.bundle');
    writeFileSync(file, commits);
    assert.match(git(['bundle', 'verify', file], { cwd: fleet.repository.path }), /complete history/);
    const [allowed, ended] = fleet.audited().filter(({ action }) => action === 'bundle pump-1');
    assert.deepEqual(
      [allowed?.who, allowed?.outcome, allowed?.details],
      ['bob', 'allowed', { commit: head, bytes: size }],
    );
    assert.deepEqual([ended?.outcome, ended?.details], ['ended', { bytes: size }]);
  });

  test('is one that a gateway takes', async () => {
    const file = join(fleet.folder, 'pump-1.tlb');
    writeFileSync(file, (await ask('bundle pump-1')).bytes);
    const args = ['gateway', 'import', file, '--config', fleet.config, '--json'];
    const { code, stdout, stderr } = await command(join(commandFolder, 'towline'), args);
    assert.equal(code, 0, stderr);
    const { main, blobs, unserved } = JSON.parse(stdout);
    // Index, manifest, configuration, three layers: as the first one has left them.
    assert.deepEqual([main, blobs.kept, blobs.known, unserved], ['same', 0, 6, []]);
  });

  test('begins after a commit of main, and after no other', async () => {
    const { bytes } = await ask(`bundle --since ${base} pump-1`);
    const { contents, commits } = await opened(bytes);
    assert.equal(contents.since, base);
    assert.match(commits.toString('latin1'), new RegExp(`^# v2 git bundle\n-${base}`));
    for (const [command, said] of [
      [`bundle --since ${'a'.repeat(40)} pump-1`, /BUNDLE_PREREQUISITE/],
      ['bundle --since main pump-1', /bundle \[--since COMMIT\] DEVICE/],
      ['bundle', /bundle \[--since COMMIT\] DEVICE/],
      ['bundle pump-1 pump-2', /bundle \[--since COMMIT\] DEVICE/],
    ] as const) {
      const refused = await ask(command);
      assert.deepEqual([refused.code, refused.bytes.length], [1, 0], command);
      assert.match(refused.err, said);
    }
  });

  test('is for devices that the person carries for; an image that the gateway has not is named before any byte', async () => {
    for (const [device, code] of [
      [other.id, 'GATEWAY_BUNDLE_FORBIDDEN'],
      ['pump-99', 'GATEWAY_BUNDLE_FORBIDDEN'],
      ['../pump-1', 'GATEWAY_BUNDLE_FORBIDDEN'],
      [foreign.id, 'BUNDLE_IMAGE_UNSERVED .*elsewhere.example.com/pump/x:1.0'],
    ] as const) {
      const refused = await ask(`bundle ${device}`);
      assert.deepEqual([refused.code, refused.bytes.length], [1, 0], device);
      assert.match(refused.err, new RegExp(code));
    }
    const line = fleet.audited().find(({ action }) => action === `bundle ${other.id}`);
    assert.deepEqual([line?.who, line?.outcome, line?.code], ['bob', 'refused', 'GATEWAY_BUNDLE_FORBIDDEN']);
  });

  test('waits for who does not read, and is cut when the right goes', async () => {
    const child = session('bundle pump-1');
    const closed = once(child, 'close') as Promise<[number | null]>;
    await once(child.stdout, 'readable');
    await wait(500);
    await fleet.repository.commit({
      files: { 'operators/bob.yaml': operatorFile('bundles: [{ devices: [pump-3] }]') },
      signer: fleet.operator,
    });
    const from = gateway.lines.length;
    assert.equal((await fleet.push(gateway)).code, 0);
    await gateway.line('fleet in effect', from);
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const [code] = await closed;
    assert.equal(code, 1);
    assert.ok(bytes < 8_000_000, `${bytes} bytes came`);
    const line = fleet.audited().findLast(({ action }) => action === 'bundle pump-1');
    assert.deepEqual([line?.outcome, line?.code], ['refused', 'GATEWAY_BUNDLE_FORBIDDEN']);
  });
});
