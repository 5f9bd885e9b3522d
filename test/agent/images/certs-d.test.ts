/** `towline agent certs-d`: what a person pulls by hand, on the real engine, by a key that is the engine's alone. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import type { PushedImage } from '../../../lab/machine/images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { ownAddress } from '../../gateway/rig/gateway.ts';
import { TestClient } from '../../gateway/rig/request.ts';
import { TcpRelay } from '../../rig/tcp-relay.ts';
import { certsD, ImageRig, registryName } from './rig.ts';

const run = promisify(execFile);
const dir = '/etc/docker/certs.d';

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/guides/registry.md'), 'utf8');
/** What the guide has a person type at the device, and at the desk. */
const typed = [...page.matchAll(/^```sh\n((?:towline|docker) .*)\n```$/gm)].map(([, line = '']) => line);

let rig: ImageRig;
let engine: DeviceRig;
let relay: TcpRelay;
let one: PushedImage;
let other: PushedImage;
let state: string;
/** As the engine dials it: not on loopback, where engines ask for no certificate. */
let address: string;
/** A repository of the registry, as the engine names it. */
let repository: string;

before(async () => {
  rig = await ImageRig.start();
  engine = await DeviceRig.start(rig.registry.address);
  relay = await TcpRelay.start('127.0.0.1', rig.gateway.port, ownAddress);
  address = `${ownAddress}:${relay.port}`;
  repository = `${address}/${registryName.replace(':', '_')}/app`;
  one = await engine.images.push('app', '1', 'worker', `certs-d ${engine.device}`);
  other = await engine.images.push('app', '2', 'worker', `certs-d other ${engine.device}`);
  state = mkdtempSync(path.join(tmpdir(), 'towline-certs-d-'));
});
after(async () => {
  for (const tag of ['1', 'own']) await engine?.delete(`/images/${repository}:${tag}`).catch(() => undefined);
  rmSync(path.join(dir, address), { recursive: true, force: true });
  rmSync(state, { recursive: true, force: true });
  await relay?.stop();
  await engine?.[Symbol.asyncDispose]();
  await rig?.[Symbol.asyncDispose]();
});

const ask = (tlsPin: string, ...more: string[]) => certsD({ address, tlsPin, more });

/** From now on the file of the device names this key for its engine. */
const name = (registry: string, revoked = false): void =>
  rig.pin([{ image: `${registryName}/app:1`, digest: one.digest }], { registry, revoked });

/** What the engine says to it. */
async function asked(request: string, query: Record<string, string>): Promise<string> {
  const credentials = { username: '', password: '', serveraddress: '' };
  try {
    const stream = await engine.engine.stream(
      { method: 'POST', path: request, query, credentials },
      engine.signal,
    );
    return await text(stream);
  } catch (error) {
    return String(error);
  }
}

const pull = (reference: string) => asked('/images/create', { fromImage: reference });
const lines = (code: string) => rig.gateway.audited.filter(event => event.code === code);

test('its key is for pulls: what is pinned, nothing else, until the file names it no more', async () => {
  const shown = await ask(rig.tlsPin);
  const folder = path.join(dir, address);
  assert.deepEqual([shown.device, shown.folders], ['pump', [folder]]);
  assert.equal(statSync(path.join(folder, 'client.key')).mode & 0o777, 0o600);

  assert.match(await pull(`${repository}:1`), /unauthorized|denied|no device of this fleet/i);
  assert.equal(lines('GATEWAY_KEY_UNKNOWN').length > 0, true);

  name(shown.key);
  assert.deepEqual(
    [typed[0], typed[1]?.split('MFkw')[0], typed.length],
    ['towline agent certs-d', 'towline device registry-key pump-17 ', 3],
  );
  const reference = `${typed[2]}`
    .replace('docker pull gateway.example.com:8443/registry.example.com/pump/web', repository)
    .replace('1.4.2', '1');
  assert.match(await pull(reference), /Downloaded newer image|Image is up to date/);
  const { RepoDigests } = await engine.engine.call<{ RepoDigests: string[] }>(
    { method: 'GET', path: `/images/${repository}:1/json` },
    engine.signal,
  );
  assert.deepEqual(RepoDigests, [`${repository}@${one.digest}`]);

  assert.match(await pull(`${repository}@${other.digest}`), /denied|keys\.registry/i);
  const [forbidden] = lines('GATEWAY_IMAGE_FORBIDDEN');
  assert.deepEqual([forbidden?.who, forbidden?.action], ['pump', 'pull-image']);
  assert.match(forbidden?.message ?? '', /^the engine of pump, by keys\.registry: no release of pump pins /);

  await engine.post(`/images/${repository}:1/tag`, { repo: repository, tag: 'own' });
  assert.match(await asked(`/images/${repository}/push`, { tag: 'own' }), /"error"|405|unsupported/i);
  assert.equal(lines('GATEWAY_REGISTRY_READ_ONLY').length > 0, true);

  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const keys = { ...rig.device.keys, tlsKey: read('client.key'), tlsCertificate: read('client.cert') };
  using client = new TestClient(rig.gateway.port, { ...rig.device, keys });
  const code = async (where: string, method = 'GET') => {
    const { status, body } = await client.ask(where, { method });
    return `${status} ${/[A-Z]+_[A-Z_]+/.exec(body.toString())?.[0]}`;
  };
  assert.equal(await code('/v2/_catalog'), '405 GATEWAY_REGISTRY_READ_ONLY');
  for (const [where, method] of [
    ['/fleet.git/info/refs?service=git-upload-pack', 'GET'],
    ['/telemetry.git/info/refs?service=git-receive-pack', 'GET'],
    ['/v1/hints', 'GET'],
    ['/v1/enrolment', 'POST'],
  ] as const)
    assert.equal(await code(where, method), '403 GATEWAY_KEY_PULLS_ONLY', where);
  assert.equal(
    lines('GATEWAY_KEY_PULLS_ONLY').every(({ who }) => who === 'pump'),
    true,
  );

  // The certificate is checked by whoever knows no pins.
  const files = ['--cacert', 'ca.crt', '--cert', 'client.cert', '--key', 'client.key'];
  const { stdout } = await run('curl', ['--silent', '--show-error', ...files, `https://${address}/v2/`], {
    cwd: folder,
  });
  assert.equal(stdout, '{}');

  name(shown.key, true);
  assert.match(await pull(`${repository}:1`), /denied|revoked/i);
  assert.match(lines('GATEWAY_DEVICE_REVOKED').at(-1)?.message ?? '', /the engine of pump/);
});

test('again it keeps the key, renewed it has another; a gateway that shows another key is not written down', async () => {
  const folder = path.join(dir, address);
  const before = await ask(rig.tlsPin);
  writeFileSync(path.join(folder, 'ca.crt'), 'of a key that the gateway had before');
  assert.deepEqual(await ask(rig.tlsPin), before);
  assert.match(readFileSync(path.join(folder, 'ca.crt'), 'utf8'), /^-----BEGIN CERTIFICATE-----/);
  const renewed = await ask(rig.tlsPin, '--renew');
  assert.notEqual(renewed.key, before.key);
  name(before.key);
  assert.match(await pull(`${repository}:1`), /unauthorized|denied|no device of this fleet/i);
  name(renewed.key);
  assert.match(await pull(`${repository}:1`), /up to date|Downloaded newer/);
  const elsewhere = path.join(state, 'certs.d');
  await assert.rejects(ask(`sha256:${'A'.repeat(43)}=`, '--dir', elsewhere), /AGENT_GATEWAY_PIN/);
  assert.equal(existsSync(elsewhere), false);
});
