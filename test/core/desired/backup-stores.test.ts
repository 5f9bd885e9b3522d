import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { checkFleet } from '../../../core/check/check-fleet.ts';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const store = (path: string, secret: string) =>
  `backupStores:
  nas:
    sftp:
      address: nas.example.com:2022
      user: backup
      path: ${path}
      hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
    secret: "${secret}"
    maxRate: 1MiB
  stick:
    folder: "/mnt/stick/{device}"
    secret: "${secret}"
`;
const app = (to: string) => `apiVersion: towline/v1\nbackup:\n  volumes: all\n  to: ${to}\n`;

let publicKey: string;
let fleet: Texts;

const own = 'secrets/backups/pump-1.yaml';
const appFile = 'apps/web/releases/1.0.0/app.yaml';
const composeFile = 'apps/web/releases/1.0.0/compose.yaml';

async function compute(changes: Texts = {}, device = 'pump-1') {
  const { reader, commit } = repositoryOf({ ...fleet, ...changes });
  return desiredState({ reader, commit, device });
}

before(async () => {
  ({ publicKey } = await openpgp.generateKey({ userIDs: [{ name: 'pump-1' }], format: 'armored' }));
  fleet = {
    ...exampleFleet,
    'fleet.yaml': exampleFleet['fleet.yaml'] + store('"/srv/{device}"', 'secrets/backups/{device}.yaml'),
    [appFile]: app('nas'),
    [composeFile]: `${exampleFleet[composeFile]}volumes:\n  db: {}\n`,
    [own]: await sealSecret(own, 'password: secret\nidentity: key\n', [publicKey]),
  };
});

describe('stores of backups in the desired state', () => {
  test('are those that an app names, as this device has them, with a sealed file', async () => {
    const { state, problems } = await compute();
    assert.deepEqual(shown(problems), []);
    const [nas, ...others] = state?.backupStores ?? [];
    assert.equal(others.length, 0);
    const { name, place, secret, maxRateBytes, sealed } = nas ?? assert.fail();
    assert.deepEqual({ name, secret, maxRateBytes }, { name: 'nas', secret: own, maxRateBytes: 1024 ** 2 });
    const { hostKeys, ...where } = 'host' in place ? place : assert.fail();
    assert.deepEqual(where, { host: 'nas.example.com', port: 2022, user: 'backup', path: '/srv/pump-1' });
    assert.equal(hostKeys.length, 1);
    assert.equal(sealed.path, own);
    assert.equal(state?.provenance.get('/backupStores/nas'), 'fleet.yaml');
  });

  test('come from the narrowest file that gives the name', async () => {
    const device = String(exampleFleet['devices/berlin/pump-1.yaml']);
    const narrow = `${device}backupStores: {nas: {folder: /mnt/disk, onFirstDisk: true, secret: ${own}}}\n`;
    const { state, problems } = await compute({ 'devices/berlin/pump-1.yaml': narrow });
    assert.deepEqual(shown(problems), []);
    assert.deepEqual(state?.backupStores?.[0]?.place, { folder: '/mnt/disk', onFirstDisk: true });
  });

  test('an app has the restore that is asked for of it, alone or in a list with those of others, and no other state by it', async () => {
    const file = 'devices/berlin/pump-1.yaml';
    const [device, id] = [String(exampleFleet[file]), '20261130T041500Z-1a2b3c4d'];
    const of = async (restore: string) => {
      const { state, problems } = await compute({ [file]: `${device}${restore}` });
      assert.deepEqual(shown(problems), []);
      return state?.projects.find(one => one.app === 'web') ?? assert.fail();
    };
    const asked = `{app: web, backup: ${id}, release: 1.0.0}`;
    const wanted = { backup: id, migrate: false, release: '1.0.0' };
    const [alone, among, none] = [
      await of(`restore: ${asked}\n`),
      await of(`restore: [{app: door, backup: ${id}}, ${asked}]\n`),
      await of(`restore: [{app: door, backup: ${id}}]\n`),
    ];
    assert.deepEqual([alone.restore, among.restore, none.restore], [wanted, wanted, undefined]);
    assert.deepEqual([alone.digest, among.digest], [none.digest, none.digest]);
  });

  test('that nobody gives, or that a secret of another device opens, are refused', async () => {
    const unknown = await compute({ [appFile]: app('nass') });
    assert.match(shown(unknown.problems).join(), /app\.yaml BACKUP_STORE_UNKNOWN .*"nass".*nas/);
    const file = exampleFleet['fleet.yaml'] + store('"/srv/{device}"', 'secrets/backups/pump-2.yaml');
    const foreign = await compute({ 'fleet.yaml': file });
    assert.match(shown(foreign.problems).join(), /fleet\.yaml:\d+:\d+ BACKUP_STORE_SECRET .*pump-2\.yaml/);
    const { [own]: _gone, ...without } = fleet;
    fleet = without;
    const missing = await compute();
    fleet = { ...without, [own]: _gone };
    assert.match(shown(missing.problems).join(), /fleet\.yaml:\d+:\d+ SECRET_FILE_MISSING/);
    for (const both of [
      '{secret: secrets/backups/a.yaml}',
      '{folder: relative, secret: secrets/backups/a.yaml}',
    ]) {
      const malformed = `${exampleFleet['fleet.yaml']}backupStores: {nas: ${both}}\n`;
      assert.match(shown((await compute({ 'fleet.yaml': malformed })).problems).join(), /FLEET_SCHEMA/, both);
    }
  });
});

describe('validate', () => {
  async function check(changes: Texts) {
    const { reader, commit } = repositoryOf({ ...fleet, ...changes });
    return shown((await checkFleet({ files: reader, commit, date: new Date() })).problems).join('\n');
  }

  test('misses the secret of each device, also of one that is like another', async () => {
    const second = String(exampleFleet['devices/berlin/pump-1.yaml']);
    assert.match(
      await check({ 'devices/berlin/pump-11.yaml': second }),
      /SECRET_FILE_MISSING there is no secrets\/backups\/pump-11\.yaml/,
    );
  });

  test('refuses one repository for two devices', async () => {
    const said = await check({
      'fleet.yaml': exampleFleet['fleet.yaml'] + store('/srv/all', 'secrets/backups/{device}.yaml'),
    });
    assert.match(said, /fleet\.yaml:\d+:\d+ BACKUP_STORE_SHARED backup@nas\.example\.com:2022\/srv\/all/);
  });
});
