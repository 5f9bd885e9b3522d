/** A store at a desk: its key is made, a device copies with it, and who is named reads and prunes what lies there. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { zstdDecompressSync } from 'node:zlib';
import { stringify } from 'yaml';
import { makeDeviceKeys, sshPublicKey, tlsPublicKey } from '../../../core/io/device-keys.ts';
import { ensureOpenpgpKey } from '../../../core/io/openpgp-key.ts';
import { makeSshPrivateKey } from '../../../core/io/openssh-key.ts';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { type Sshd, startSshd } from '../../../lab/rig/sshd.ts';
import { OwnFolder, StoreRig } from '../../rig/store-rig.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { towline } from '../towline.ts';

let rig: StoreRig;
let fleet: TestFleet;
let sshd: Sshd;
let [alice, mallory]: GpgKey[] = [];
let disk: OwnFolder;
let device: string;
/** Of its backups, older first. */
const backups: string[] = [];

const secretFile = () => `secrets/backups/${device}.yaml`;
const repository = () => path.join(disk.path, device);
const home = (person: GpgKey | undefined) => ({ GNUPGHOME: person?.home ?? '' });

const backup = (words: readonly string[], environment: Record<string, string> = home(alice)) =>
  towline(['backup', ...words], environment, fleet.directory);

/** What it prints, as JSON. */
async function answer(...words: string[]): Promise<Record<string, unknown>> {
  const { code, output, errors } = await backup([...words, '--json']);
  assert.equal(code, 0, errors);
  return JSON.parse(output);
}

async function refused(code: string, words: readonly string[], environment?: Record<string, string>) {
  const ran = await backup([...words, '--json'], environment);
  assert.equal(JSON.parse(ran.errors).error.code, code, ran.errors);
  assert.equal(ran.code, /^CLI_/.test(code) ? 2 : 1);
  return ran.errors;
}

async function commit(): Promise<void> {
  await fleet.git('add', '-A');
  await fleet.git('commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', 'Stores');
}

async function describeDevice(): Promise<void> {
  const keys = makeDeviceKeys(device);
  const openpgp = await ensureOpenpgpKey(path.join(rig.device.stateDirectory, 'keys'), device);
  const address = `127.0.0.1:${sshd.port}`;
  const sftp = { address, user: sshd.user, path: `${disk.path}/{device}`, hostKeys: [sshd.hostKey] };
  const secret = 'secrets/backups/{device}.yaml';
  await fleet.write(
    `devices/${device}.yaml`,
    stringify({
      apiVersion: 'towline/v1',
      keys: { tls: tlsPublicKey(keys), ssh: sshPublicKey(keys), openpgp },
      backupStores: {
        stick: { folder: `${disk.path}/{device}`, onFirstDisk: true, secret },
        nas: { sftp, secret },
      },
    }),
  );
}

before(async () => {
  rig = await StoreRig.start();
  device = rig.device.device;
  disk = new OwnFolder();
  sshd = await startSshd();
  fleet = await makeFleet(['--name', 'rig']);
  [alice, mallory] = [
    await makeGpgKey({ name: 'alice', algorithm: 'default', usage: 'default' }),
    await makeGpgKey({ name: 'mallory', algorithm: 'default', usage: 'default' }),
  ];
  await fleet.write('trust/keys/alice.asc', await alice.publicKey());
  await fleet.replace('trust/policy.yaml', 'ssh:', 'openpgp: [trust/keys/alice.asc]\n    ssh:');
  await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
  await describeDevice();
});
after(async () => {
  await fleet[Symbol.asyncDispose]();
  await alice?.remove();
  await mallory?.remove();
  await sshd.stop();
  disk[Symbol.dispose]();
  await rig[Symbol.asyncDispose]();
});

/** The device, with the file as it lies in the repository. */
async function copy(id: string): Promise<void> {
  const place = { folder: repository(), onFirstDisk: true };
  const bytes = readFileSync(path.join(fleet.directory, secretFile()));
  const state = rig.desiredWith({ name: 'stick', place, secret: secretFile() }, bytes);
  assert.equal(await rig.copied(state, id), 'copied', rig.lines.join('\n'));
}

test('key makes the password and the login of a device’s stores, sealed to it and to who edits secrets, and never anew', async () => {
  await refused('CLI_NO_SUCH_DEVICE', ['key', 'nobody']);
  await refused('BACKUP_STORE_UNKNOWN', ['key', device, '--store', 'tape']);
  const { code, output, errors } = await backup(['key', device]);
  assert.equal(code, 0, errors);
  assert.match(output, new RegExp(`sealed ${secretFile()} for alice, device ${device}: commit it`));
  const [login = ''] = output.match(/^restrict,command="internal-sftp" ssh-ed25519 \S+ \S+$/m) ?? [];
  appendFileSync(`${sshd.identity}.pub`, `${login}\n`);
  const sealed = readFileSync(path.join(fleet.directory, secretFile()), 'utf8');
  assert.match(sealed, /^password: ENC\[/m);
  assert.match(sealed, /^identity: ENC\[/m);
  await refused('CLI_USAGE', ['key', device]);
  assert.equal(readFileSync(path.join(fleet.directory, secretFile()), 'utf8'), sealed);
  await commit();
  const valid = await towline(['validate'], {}, fleet.directory);
  assert.equal(valid.code, 0, valid.output + valid.errors);
});

test('pull lists what the device has copied with that key, and brings its tar byte for byte by SFTP', async () => {
  using data = new OwnFolder();
  for (let round = 0; round < 2; round += 1) {
    writeFileSync(path.join(data.path, `file-${round}`), randomBytes(300_000));
    const id = rig.makeBackup(data.path);
    await copy(id);
    backups.push(id);
  }
  const [older = '', newer = ''] = backups;
  await refused('CLI_USAGE', ['pull', device]);
  const { backups: rows } = await answer('pull', device, '--store', 'stick');
  assert.ok(Array.isArray(rows));
  assert.deepEqual(
    rows.map(row => [row.backup, row.project]),
    [
      [newer, rig.device.project],
      [older, rig.device.project],
    ],
  );
  using out = new OwnFolder();
  const folder = path.join(out.path, 'data');
  const nas = [newer, '--store', 'nas', '--out', folder];
  const { code, errors, output } = await backup(['pull', device, ...nas]);
  assert.equal(code, 0, errors);
  assert.match(output, /data\/data\.tar\.zst \d/);
  const tarIn = (from: string) => zstdDecompressSync(readFileSync(path.join(from, 'data.tar.zst')));
  assert.ok(tarIn(folder).equals(tarIn(path.join(rig.backups, newer))));
  assert.deepEqual(readdirSync(folder).sort(), ['data.tar.zst', 'manifest.json', 'project.json']);
  assert.deepEqual(readdirSync(out.path), ['data'], 'nothing is left beside it');
  await refused('CLI_USAGE', ['pull', device, ...nas]);
  const left = readdirSync('/dev/shm').filter(name => existsSync(path.join('/dev/shm', name, 'known_hosts')));
  assert.deepEqual(left, [], 'the password is gone');
});

test('verify reads each of them with --all, and logs in as the desk says: another key, another user', async () => {
  const [older = '', newer = ''] = backups;
  using own = new OwnFolder();
  const identity = path.join(own.path, 'identity');
  writeFileSync(identity, readFileSync(sshd.identity), { mode: 0o600 });
  const nas = ['verify', device, '--store', 'nas'];
  const { verified } = await answer(...nas, '--all', '--identity', identity, '--user', sshd.user);
  assert.ok(Array.isArray(verified));
  assert.deepEqual(
    verified.map(row => [row.backup, row.project]),
    [
      [newer, rig.device.project],
      [older, rig.device.project],
    ],
  );
  await refused('BACKUP_STORE_DENIED', [...nas, '--user', 'nobody']);
  writeFileSync(identity, makeSshPrivateKey('stranger'));
  await refused('BACKUP_STORE_DENIED', [...nas, '--identity', identity]);
});

test('who is not named, a disk that is not, and a desk without restic are told apart', async () => {
  const list = ['pull', device, '--store', 'stick'];
  const said = await refused('SECRET_KEYRING', list, home(mallory));
  assert.match(said, new RegExp(alice?.fingerprint.slice(-16) ?? ''));
  using other = new OwnFolder();
  assert.match(await refused('BACKUP_STORE_UNREACHABLE', [...list, '--folder', other.path]), /--folder/);
  for (const name of ['git', 'gpg', 'sh']) symlinkSync(`/usr/bin/${name}`, path.join(other.path, name));
  const bare = { ...home(alice), PATH: other.path };
  assert.match(await refused('BACKUP_RESTIC', list, bare), /apt install restic/);
});

test('prune says what would go, and takes it with --yes, also where the device has been revoked', async () => {
  const [older = ''] = backups;
  const prune = ['prune', device, '--store', 'stick', '--keep-last'];
  await refused('CLI_USAGE', [...prune, '0']);
  await fleet.replace(`devices/${device}.yaml`, 'apiVersion', 'revoked: true\napiVersion');
  await commit();
  const dry = await backup([...prune, '1']);
  assert.equal(dry.code, 0, dry.errors);
  const lines = dry.output.split('\n');
  assert.equal(lines[0], `would remove ${older} of ${rig.device.project}`);
  assert.ok(
    lines.some(line => /^total prune: .*KiB$/.test(line)),
    dry.output,
  );
  assert.equal(lines.at(-2), '1 kept; --yes removes');
  const done = await answer(...prune, '1', '--yes');
  assert.deepEqual([done.done, done.removed, done.kept], [true, [older], 1]);
  await refused('BACKUP_STORE_MISSING', ['pull', device, older, '--store', 'stick']);
});

test('verify reads all of what is left, and says that a pack is damaged', async () => {
  const [, newer = ''] = backups;
  const stick = ['verify', device, '--store', 'stick'];
  const ran = await backup(stick);
  assert.equal(ran.code, 0, ran.errors);
  assert.match(ran.output, new RegExp(`^whole ${newer} of ${rig.device.project}, `));
  const data = path.join(repository(), 'data');
  const packs = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(data, name))
    .filter(file => statSync(file).isFile() && statSync(file).size > 100_000);
  assert.ok(packs.length > 0);
  for (const file of packs) {
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(50_000) ^ 1, 50_000);
    chmodSync(file, 0o600);
    writeFileSync(file, bytes);
  }
  await refused('BACKUP_STORE_DAMAGED', stick);
});

test('each verb has its help', async () => {
  for (const verb of ['key', 'pull', 'verify', 'prune']) {
    const { code, output } = await backup([verb, '--help']);
    assert.equal(code, 0);
    assert.match(output, new RegExp(`towline backup ${verb} pump-4`));
  }
});
