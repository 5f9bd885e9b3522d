import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { parse, parseDocument } from 'yaml';
import { editedYaml } from '../../../cli/desk/edit-yaml.ts';
import { addKeys } from '../../../cli/gateway/accept.ts';
import { startLines } from '../../../cli/gateway/next-step.ts';
import { GatewayProgram, TestFleet } from '../../gateway/rig/program.ts';
import { git, temporaryFolder, towline } from '../towline.ts';

test('a gateway shows its fingerprint once made; the desk writes its keys after that was typed, and nothing before', async () => {
  await using fleet = await TestFleet.make([]);
  const made = (await fleet.init()).stdout;
  const [, fingerprint = ''] = /^Fingerprint of its keys: (\S{24})$/m.exec(made) ?? [];
  assert.match(made, /Start it:\n {2}towline gateway --config /);
  const shown = async () =>
    new X509Certificate(await readFile(path.join(fleet.folder, 'state/keys/tls.crt'))).subjectAltName;
  assert.equal(await shown(), 'IP Address:127.0.0.1');
  // Its key, and so its pin, stays where it gets another address.
  assert.ok((await fleet.init('--address', 'gw.example.com:8443')).stdout.includes(fingerprint));
  assert.equal(await shown(), 'IP Address:127.0.0.1, DNS:gw.example.com');
  const pins: unknown = parse(made.slice(made.indexOf('gateways:')));
  await using gateway = await GatewayProgram.start(fleet.config);
  const work = path.join(fleet.folder, 'desk');
  await git(fleet.folder, 'clone', '--quiet', fleet.repository.path, work);
  const file = () => readFile(path.join(work, 'fleet.yaml'), 'utf8');
  const [before, address] = [await file(), `127.0.0.1:${gateway.devices}`];
  const accept = (...more: string[]) =>
    towline([
      ...['gateway', 'accept', '--repo', work, '--address', address],
      ...['--people', `127.0.0.1:${gateway.people}`, ...more],
    ]);
  const untyped = await accept();
  assert.equal(untyped.code, 2);
  assert.match(untyped.errors, /nothing is taken on first sight/);
  const other = await accept('--fingerprint', '0000-0000-0000-0000-0000');
  assert.match(other.errors, /^CLI_GATEWAY_FINGERPRINT /);
  assert.equal(await file(), before);
  const accepted = await accept('--fingerprint', fingerprint.toLowerCase().replaceAll('-', ' '));
  assert.equal(accepted.code, 0, accepted.errors);
  const { gateways } = parse(await file()) as { gateways: Record<string, unknown>[] };
  const [printed] = (pins as { gateways: Record<string, unknown>[] }).gateways;
  assert.deepEqual(gateways, [{ ...printed, address }]);
});

test('keys come beside those of the same address; another address is one more gateway; comments stay', () => {
  const [old, blank] = [`sha256:${'B'.repeat(43)}=`, `sha256:${'A'.repeat(43)}=`];
  const keys = { tlsPin: `sha256:${'C'.repeat(43)}=`, sshHostKey: 'ssh-ed25519 AAAA' };
  const edited = (text: string, address: string): string => {
    const document = parseDocument(text);
    addKeys(document, address, keys);
    return document.toString();
  };
  const same = edited(`# ours\ngateways: [{ address: "a:1", tlsPins: ["${old}"] }]\n`, 'a:1');
  assert.match(same, /^# ours\n/);
  const entry = { address: 'a:1', tlsPins: [old, keys.tlsPin], sshHostKeys: [keys.sshHostKey] };
  assert.deepEqual(parse(same).gateways, [entry]);
  assert.equal(edited(same, 'a:1'), same, 'twice is once');
  assert.equal(parse(edited(same, 'b:1')).gateways.length, 2);
  const template = edited(`gateways: [{ address: "x:1", tlsPins: ["${blank}"] }]\n`, 'a:1');
  assert.deepEqual(parse(template).gateways, [{ ...entry, tlsPins: [keys.tlsPin] }]);
});

test('keys that are written by an alias stay, and what others have by an anchor is not taken from them', async () => {
  const old = `sha256:${'B'.repeat(43)}=`;
  const keys = { tlsPin: `sha256:${'C'.repeat(43)}=`, sshHostKey: 'ssh-ed25519 AAAA' };
  await using root = await temporaryRoot();
  const file = path.join(root.path, 'fleet.yaml');
  await writeFile(
    file,
    `gateways:\n  - { address: "a:1", tlsPins: &own ["${old}"] }\n  - { address: "b:1", tlsPins: *own }\n`,
  );
  const edited = (address: string) => editedYaml(file, document => addKeys(document, address, keys));
  const { gateways } = parse(await edited('b:1')) as { gateways: Record<string, unknown>[] };
  assert.deepEqual(
    gateways.map(({ tlsPins }) => tlsPins),
    [[old], [old, keys.tlsPin]],
  );
  await assert.rejects(edited('a:1'), { code: 'FLEET_SCHEMA' });
});

test('the next step is the unit where it starts this very gateway, else the program', async () => {
  await using root = await temporaryRoot();
  const own = ['/etc/towline/gateway.yaml', '/var/lib/towline-gateway'] as const;
  assert.deepEqual(await startLines(...own, root.path), [`towline gateway --config ${own[0]}`]);
  await mkdir(path.join(root.path, 'usr/lib/systemd/system'), { recursive: true });
  await writeFile(path.join(root.path, 'usr/lib/systemd/system/towline-gateway.service'), '');
  assert.deepEqual(await startLines(...own, root.path), [
    'chown -R towline-gateway: /var/lib/towline-gateway',
    'systemctl enable --now towline-gateway',
  ]);
  assert.deepEqual(await startLines('/srv/gateway.yaml', own[1], root.path), [
    'towline gateway --config /srv/gateway.yaml',
  ]);
});

async function temporaryRoot() {
  const folder = await temporaryFolder();
  return { path: folder.path, [Symbol.asyncDispose]: () => folder.remove() };
}
