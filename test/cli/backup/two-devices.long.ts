/** Two devices with a store each: what one has copied opens for the people who are named, and for nobody else. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { OwnFolder, StoreRig } from '../../rig/store-rig.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

interface Device {
  readonly rig: StoreRig;
  readonly id: string;
  /** As it lies in the repository. */
  secret(): { readonly path: string; readonly bytes: Buffer };
  /** Of its backup. */
  backup: string;
}

let fleet: TestFleet;
let [alice, mallory]: GpgKey[] = [];
let [one, other]: Device[] = [];
let disk: OwnFolder;
let data: OwnFolder;
const ended = new AsyncDisposableStack();

async function makeDevice(): Promise<Device> {
  const rig = ended.use(await StoreRig.start());
  const id = rig.device.device;
  const keys = makeDeviceKeys(id);
  const openpgp = await ensureOpenpgpKey(path.join(rig.device.stateDirectory, 'keys'), id);
  const secret = 'secrets/backups/{device}.yaml';
  await fleet.write(
    `devices/${id}.yaml`,
    stringify({
      apiVersion: 'towline/v1',
      keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys), openpgp },
      backupStores: { stick: { folder: `${disk.path}/{device}`, onFirstDisk: true, secret } },
    }),
  );
  const own = `secrets/backups/${id}.yaml`;
  const read = () => ({ path: own, bytes: readFileSync(path.join(fleet.directory, own)) });
  return { rig, id, secret: read, backup: rig.makeBackup(data.path) };
}

const backup = (person: GpgKey | undefined, ...words: string[]) =>
  towline(['backup', ...words], { GNUPGHOME: person?.home ?? '' }, fleet.directory);

/** With which code a device says that it cannot copy to the repository of another. */
const tries = (who: Device, whose: Device, { path: secret, bytes }: ReturnType<Device['secret']>) =>
  who.rig.copied(
    who.rig.desiredWith(
      { name: 'stick', place: { folder: path.join(disk.path, whose.id), onFirstDisk: true }, secret },
      bytes,
    ),
    who.backup,
  );

before(async () => {
  fleet = ended.use(await makeFleet(['--name', 'rig']));
  disk = ended.use(new OwnFolder());
  data = ended.use(new OwnFolder());
  writeFileSync(path.join(data.path, 'row'), 'acknowledged\n');
  const made = { algorithm: 'default', usage: 'default' };
  [alice, mallory] = [
    await makeGpgKey({ name: 'alice', ...made }),
    await makeGpgKey({ name: 'mallory', ...made }),
  ];
  for (const person of [alice, mallory]) ended.defer(() => person.remove());
  await fleet.write('trust/keys/alice.asc', await alice.publicKey());
  await fleet.replace('trust/policy.yaml', 'ssh:', 'openpgp: [trust/keys/alice.asc]\n    ssh:');
  await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
  [one, other] = [await makeDevice(), await makeDevice()];
  for (const { id } of [one, other]) {
    const { code, errors } = await backup(alice, 'key', id);
    assert.equal(code, 0, errors);
  }
  await fleet.git('add', '-A');
  await fleet.git('commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', 'Stores');
  for (const device of [one, other])
    assert.equal(await tries(device, device, device.secret()), 'copied', device.rig.lines.join('\n'));
});
after(() => ended.disposeAsync());

test('the key of another device opens no password of this one, and its own password no repository but its own', async () => {
  assert.ok(one !== undefined && other !== undefined);
  other.backup = other.rig.makeBackup(data.path);
  assert.equal(await tries(other, one, one.secret()), 'SECRET_NOT_A_RECIPIENT');
  assert.equal(await tries(other, one, other.secret()), 'BACKUP_STORE_PASSWORD');
  assert.equal(await tries(other, other, other.secret()), 'copied', 'its own is as before');
});

test('a person who is not named opens neither; who is named lists, pulls and verifies both', async () => {
  for (const device of [one, other]) {
    assert.ok(device !== undefined);
    for (const words of [
      ['pull', device.id],
      ['pull', device.id, device.backup],
      ['verify', device.id],
    ]) {
      const { code, errors } = await backup(mallory, ...words, '--json');
      assert.deepEqual([code, JSON.parse(errors).error.code], [1, 'SECRET_KEYRING'], words.join(' '));
    }
    using out = new OwnFolder();
    const folder = path.join(out.path, 'data');
    const pulled = await backup(alice, 'pull', device.id, device.backup, '--out', folder);
    assert.equal(pulled.code, 0, pulled.errors);
    const { device: whose } = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
    assert.equal(whose, device.id);
    const verified = await backup(alice, 'verify', device.id, '--all');
    assert.equal(verified.code, 0, verified.errors);
    assert.match(
      verified.output,
      new RegExp(`^whole ${device.backup} of ${device.rig.device.project}, `, 'm'),
    );
  }
});

test('a file of one device that is put in the place of another’s opens for neither device, and is said of the path', async () => {
  assert.ok(one !== undefined && other !== undefined);
  one.backup = one.rig.makeBackup(data.path);
  const copied = { path: other.secret().path, bytes: one.secret().bytes };
  assert.equal(await tries(one, other, copied), 'SECRET_PATH_OTHER');
});
