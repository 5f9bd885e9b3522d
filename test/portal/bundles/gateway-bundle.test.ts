/** A bundle by the gateway’s page: made for who carries, with its digest before it is fetched, and the same that SSH hands out. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openBundle } from '../../../core/bundle/open-bundle.ts';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { type Registry, startRegistry } from '../../../lab/machine/registry.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { type PutImage, putImage } from '../../../lab/rig/oci-image.ts';
import { chunksOf } from '../../core/bundle/sample-bundle.ts';
import { testDevice } from '../../gateway/rig/gateway.ts';
import { command, deviceFile } from '../../gateway/rig/program.ts';
import type { PortalClient } from '../rig/portal-client.ts';
import { PortalGateway } from '../rig/portal-gateway.ts';

const [own, other] = [testDevice('pump-1'), testDevice('pump-2')];
const name = 'images.example.com:5000';

describe('a bundle by the gateway’s page', { timeout: 600_000 }, () => {
  let registry: Registry;
  let portal: PortalGateway;
  let bob: SshKey;
  let web: PutImage;
  let page: PortalClient;

  const operatorFile = (rights: string) =>
    `apiVersion: towline/v1\nsshKeys: ["${bob.publicKey}"]\nreads: [{ all: true }]\n${rights}\n`;
  before(async () => {
    registry = await startRegistry();
    web = await putImage(registry.address, 'pump/web', '1.0', [3_000_000, 5_000_000, 100]);
    bob = await makeSshKey();
    portal = await PortalGateway.start(
      [own, other],
      [],
      `registries:\n  "${name}": { url: "http://${registry.address}" }\n`,
    );
    const image = `${name}/pump/web:1.0`;
    await portal.commit({
      'operators/bob.yaml': operatorFile('bundles: [{ devices: [pump-1] }]'),
      'apps/web/releases/1.0.0/release.yaml': `apiVersion: towline/v1\nversion: "1.0.0"\nimages:\n  web: { image: "${image}", digest: "${web.digest}" }\n`,
      'apps/web/releases/1.0.0/compose.yaml': `services:\n  web: { image: "${image}" }\n`,
      [`devices/${own.id}.yaml`]: deviceFile(own, ['apps: { web: { release: "1.0.0" } }']),
    });
    page = await portal.loggedIn(bob);
  });
  after(async () => {
    await portal[Symbol.asyncDispose]();
    await bob.remove();
    await registry.stop();
  });

  /** Until it is no longer being made. */
  const made = async (device: string) => {
    const begun = await page.post('/bundles', { device });
    assert.equal(begun.status, 201, begun.text);
    for (;;) {
      const { json } = await page.api(`/bundles/${begun.json.id}`);
      if (json.state !== 'making') return json;
    }
  };

  test('has a digest and a size before it is fetched, and comes whole; what is in it is what the device needs', async () => {
    const bundle = await made('pump-1');
    assert.deepEqual([bundle.state, bundle.name, bundle.why], ['ready', 'pump-1.tlb', undefined]);
    const { status, bytes, headers } = await page.api(`/bundles/${bundle.id}/file`);
    assert.equal(status, 200);
    assert.equal(bytes.length, bundle.totalBytes);
    assert.equal(Number(headers['content-length']), bytes.length);
    assert.equal(headers['content-disposition'], 'attachment; filename="pump-1.tlb"');
    assert.equal(createHash('sha256').update(bytes).digest('hex'), bundle.sha256);
    const opened = await openBundle(chunksOf(bytes, 65_536));
    const digests: string[] = [];
    for await (const part of opened.parts()) {
      digests.push(part.digest);
      for await (const _piece of part.bytes);
    }
    assert.equal(opened.contents.commit, await portal.fleet.repository.head());
    for (const { digest } of web.layers) assert.ok(digests.includes(digest));
    const lines = portal.fleet.audited().filter(({ action }) => action === 'bundle pump-1');
    assert.deepEqual(
      lines.map(({ who, outcome, details }) => [who, outcome, JSON.stringify(details).includes('portal')]),
      [['bob', 'allowed', true]],
    );
    const file = join(portal.fleet.folder, 'pump-1.tlb');
    writeFileSync(file, bytes);
    const args = ['gateway', 'import', file, '--config', portal.fleet.config, '--json'];
    const { code, stdout, stderr } = await command(join(commandFolder, 'towline'), args);
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).main, 'same');
  });

  test('is refused, and written down as such, to who asks for one; not to who looks at a page', async () => {
    const refused = () =>
      portal.fleet
        .audited()
        .filter(({ action, outcome }) => outcome === 'refused' && String(action).startsWith('bundle')).length;
    const { can } = (await page.api('/devices/pump-2')).json as { can: { bundle: boolean } };
    assert.equal(can.bundle, false);
    assert.equal((await page.api('/upgrades?limit=100')).status, 200);
    await page.post('/bundles', { device: 'pump-98' });
    await eventually(() => refused() > 0);
    assert.equal(refused(), 1);
  });

  test('is made for nobody who does not carry, and for no device that is none: one answer', async () => {
    for (const device of ['pump-2', 'pump-99']) {
      const { code, status } = await page.post('/bundles', { device });
      assert.deepEqual([code, status], ['GATEWAY_BUNDLE_FORBIDDEN', 403], device);
    }
    const anonymous = portal.client();
    assert.equal((await anonymous.post('/bundles', { device: 'pump-1' })).code, 'PORTAL_LOGIN_NEEDED');
  });

  test('is its maker’s alone, and not there for who guesses', async () => {
    const bundle = await made('pump-1');
    const alice = await portal.loggedIn();
    for (const path of [`/bundles/${bundle.id}`, `/bundles/${bundle.id}/file`, `/bundles/${'A'.repeat(22)}`])
      assert.equal((await alice.api(path)).code, 'PORTAL_NOT_FOUND', path);
    for (const path of ['/bundles/..', '/bundles/%2e%2e', `/bundles/${'A'.repeat(200)}`])
      assert.equal((await page.api(path)).code, 'PORTAL_NOT_FOUND', path);
  });

  test('is handed out no longer once the right to it is gone', async () => {
    const bundle = await made('pump-1');
    await portal.commit({ 'operators/bob.yaml': operatorFile('') });
    const { code } = await page.api(`/bundles/${bundle.id}/file`);
    assert.equal(code, 'GATEWAY_BUNDLE_FORBIDDEN');
  });
});
