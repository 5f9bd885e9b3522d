import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { digest, exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

let publicKey: string;
let fleet: Texts;
const seal = (path: string, plain: string) => sealSecret(path, plain, [publicKey]);

const image = `registry.example.com/app:1@${digest('a')}`;
const app = (secrets: readonly string[]) => `apiVersion: towline/v1\nsecrets: ${JSON.stringify(secrets)}\n`;
const compose = `services:\n  app:\n    image: ${image}\n    environment: [PASSWORD]\n`;

before(async () => {
  ({ publicKey } = await openpgp.generateKey({ userIDs: [{ name: 'pump-1' }], format: 'armored' }));
  fleet = {
    'fleet.yaml': exampleFleet['fleet.yaml'],
    'groups/all.yaml': 'apiVersion: towline/v1\n',
    'devices/pump-1.yaml': 'apiVersion: towline/v1\ngroups: [all]\napps:\n  bank: {}\n  evil: {}\n',
    'apps/bank/app.yaml': app(['secrets/bank.env']),
    'apps/bank/compose.yaml': compose,
    'apps/evil/compose.yaml': compose,
    'secrets/bank.env': await seal('secrets/bank.env', 'PASSWORD=of-the-bank\n'),
  };
});

async function problems(changes: Texts): Promise<string[]> {
  const { reader, commit } = repositoryOf({ ...fleet, ...changes });
  return shown((await desiredState({ reader, commit, device: 'pump-1' })).problems);
}

describe('a secret of one app', () => {
  test('is given to no other one, whichever file names it: its own, a group, the device, the fleet', async () => {
    const assigned = 'apps:\n  evil:\n    secrets: [secrets/bank.env]\n';
    const naming: Texts[] = [
      { 'apps/evil/app.yaml': app(['secrets/bank.env']) },
      { 'groups/all.yaml': `apiVersion: towline/v1\n${assigned}` },
      { 'devices/pump-1.yaml': `apiVersion: towline/v1\ngroups: [all]\n${assigned}  bank: {}\n` },
      { 'fleet.yaml': `${exampleFleet['fleet.yaml']}${assigned}` },
    ];
    for (const change of naming) {
      const [file = ''] = Object.keys(change);
      const [found, ...more] = await problems(change);
      assert.deepEqual(more, [], file);
      assert.match(
        found ?? '',
        new RegExp(`^${file}:\\d+:\\d+ SECRET_OF_ANOTHER_APP .*secrets/bank\\.env.*bank`),
      );
    }
  });

  test('stands below a first name that lists the apps it is for; what is no such list is for nobody', async () => {
    const forEvil = async (path: string) =>
      problems({
        'apps/evil/app.yaml': app([path]),
        [path]: await seal(path, path.endsWith('.env') ? 'PASSWORD=x\n' : 'PASSWORD: x\n'),
      });
    for (const path of [
      'secrets/evil.env',
      'secrets/evil/db.env',
      'secrets/evil.yaml',
      'secrets/bank+evil.env',
      'secrets/evil+bank/deep/er/bank.env',
    ]) {
      assert.deepEqual(await forEvil(path), [], path);
    }
    for (const path of [
      'secrets/bank/evil.env',
      'secrets/evil-2.env',
      'secrets/Evil.env',
      'secrets/EVIL/evil.env',
      'secrets/evil_/evil.env',
      'secrets/bank+/evil.env',
      'secrets/evil+.env',
      'secrets/evil++bank.env',
      'secrets/registries+evil.env',
      'secrets/bank.evil.env',
      'secrets/evil.bank/db.env',
    ]) {
      assert.match(
        (await forEvil(path)).join(),
        /apps\/evil\/app\.yaml:\d+:\d+ (SECRET_OF_ANOTHER_APP|FLEET_)/,
        path,
      );
    }
  });

  test('is no login of registries, and the logins are no secret of an app, not even of one that is called so', async () => {
    const registries = await seal('secrets/registries.yaml', 'r.example.com: {username: a, password: b}\n');
    const logins = { 'secrets/registries.yaml': registries };
    const device = String(fleet['devices/pump-1.yaml']);
    const named = (path: string) => ({ 'devices/pump-1.yaml': `${device}registryCredentials: ${path}\n` });
    assert.deepEqual(await problems({ ...logins, ...named('secrets/registries.yaml') }), []);
    const other = { 'secrets/bank.yaml': await seal('secrets/bank.yaml', 'r: {username: a, password: b}\n') };
    assert.match(
      (await problems({ ...other, ...named('secrets/bank.yaml') })).join(),
      /pump-1\.yaml:\d+:\d+ SECRET_OF_ANOTHER_APP/,
    );
    assert.match(
      (await problems({ ...logins, 'apps/evil/app.yaml': app(['secrets/registries.yaml']) })).join(),
      /SECRET_OF_ANOTHER_APP/,
    );
    const called = {
      'devices/pump-1.yaml': 'apiVersion: towline/v1\napps:\n  registries: {}\n',
      'apps/registries/app.yaml': app(['secrets/registries.yaml']),
      'apps/registries/compose.yaml': compose,
    };
    assert.match((await problems({ ...logins, ...called })).join(), /SECRET_OF_ANOTHER_APP/);
  });
});

describe('what a sealed file says of its own path', () => {
  const own = 'secrets/evil.env';
  const with_ = (text: string) => problems({ 'apps/evil/app.yaml': app([own]), [own]: text });
  const line = (text: string) => /^TOWLINE_PATH=.*$/m.exec(text)?.[0] ?? '';

  test('is no variable: no container sees it', async () => {
    const { reader, commit } = repositoryOf({
      ...fleet,
      'apps/bank/compose.yaml': compose.replace('PASSWORD', 'PASSWORD, TOWLINE_PATH'),
    });
    const { state } = await desiredState({ reader, commit, device: 'pump-1' });
    assert.deepEqual([...(state?.projects[0]?.secrets?.variables.keys() ?? [])], ['PASSWORD']);
  });

  test('must be there once, at the top, sealed: else the file names the command that mends it', async () => {
    const sealed = await seal(own, 'PASSWORD=x\n');
    assert.notEqual(line(sealed), '');
    const spoilt = {
      'not there': sealed.replace(`${line(sealed)}\n`, ''),
      'in clear': sealed.replace(line(sealed), `TOWLINE_PATH=acme ${own}`),
      empty: sealed.replace(line(sealed), 'TOWLINE_PATH='),
      'left in clear by the rule of the file': sealed
        .replace(line(sealed), `TOWLINE_PATH=acme ${own}`)
        .replace('sops_unencrypted_suffix=_unencrypted', 'sops_unencrypted_suffix=_PATH'),
      'sealed, and its rule says that it is in clear': sealed.replace(
        'sops_unencrypted_suffix=_unencrypted',
        'sops_unencrypted_suffix=_PATH',
      ),
      'in other letters': sealed.replace('TOWLINE_PATH=', 'towline_path='),
      'and in other letters too': `${line(sealed).replace('TOWLINE_PATH', 'Towline_Path')}\n${sealed}`,
    };
    for (const [what, text] of Object.entries(spoilt)) {
      assert.match((await with_(text)).join(), /secrets\/evil\.env SECRET_PATH_MISSING/, what);
    }
  });
});
