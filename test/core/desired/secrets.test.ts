import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { desiredState } from '../../../core/desired/desired-state.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { changeReason } from '../../../core/plan/change-reason.ts';
import { serviceDefinition } from '../../../core/plan/service-definition.ts';
import { sealSecret } from '../../rig/secrets.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from '../fleet/example-fleet.ts';

const dataKey = Buffer.alloc(32, 1);
let publicKey: string;
let fleet: Texts;

const seal = (path: string, plain: string) => sealSecret(path, plain, [publicKey], { dataKey });

const compose = (environment: string) =>
  String(exampleFleet['apps/web/releases/1.0.0/compose.yaml'])
    .replace('    environment:\n', `    environment:\n${environment}`)
    .replace('    configs:\n', '    secrets: [token]\n    configs:\n')
    .concat('secrets:\n  token:\n    environment: TOKEN\n');

async function compute(changes: Texts = {}) {
  const { reader, commit } = repositoryOf({ ...fleet, ...changes });
  return desiredState({ reader, commit, device: 'pump-1' });
}

async function project(changes: Texts = {}): Promise<DesiredProject> {
  const { state, problems } = await compute(changes);
  assert.deepEqual(shown(problems), []);
  const [found] = state?.projects ?? [];
  assert.ok(found);
  return found;
}

const reason = (from: DesiredProject, to: DesiredProject) =>
  changeReason(serviceDefinition(from, 'web').parts, serviceDefinition(to, 'web').parts);

before(async () => {
  ({ publicKey } = await openpgp.generateKey({ userIDs: [{ name: 'pump-1' }], format: 'armored' }));
  fleet = {
    ...exampleFleet,
    'apps/web/releases/1.0.0/app.yaml': 'apiVersion: towline/v1\nsecrets: [secrets/web.yaml]\n',
    'apps/web/releases/1.0.0/compose.yaml': compose('      PASSWORD:\n'),
    'secrets/web.yaml': await seal('secrets/web.yaml', 'TOKEN: one\nPASSWORD: two\nUNUSED: three\n'),
  };
});

describe('secrets in the desired state', () => {
  test('are references and sealed files: nothing of it needs a key or holds a value', async () => {
    const { secrets, model } = await project();
    assert.deepEqual([...(secrets?.variables.keys() ?? [])], ['PASSWORD', 'TOKEN']);
    assert.deepEqual([...(secrets?.files.keys() ?? [])], ['secrets/web.yaml']);
    assert.equal(model.secrets?.token?.environment, 'TOKEN');
    const environment = model.services.web?.environment as Record<string, unknown> | undefined;
    assert.equal(environment?.PASSWORD, null);
  });

  test('change the digest, and a plan names the one that changed', async () => {
    const was = await project();
    const changed = await seal('secrets/web.yaml', 'TOKEN: other\nPASSWORD: two\nUNUSED: three\n');
    const keep = (text: string, key: string) => new RegExp(`^${key}: .*$`, 'm').exec(text)?.[0] ?? '';
    const original = String(fleet['secrets/web.yaml']);
    const onlyToken = changed.replace(keep(changed, 'PASSWORD'), keep(original, 'PASSWORD'));
    const is = await project({ 'secrets/web.yaml': onlyToken });
    assert.notEqual(is.digest, was.digest);
    assert.equal(reason(was, is), 'secret token changed');
  });

  test('that a project does not use change no container of it', async () => {
    const was = await project();
    const original = String(fleet['secrets/web.yaml']);
    const sealed = await seal('secrets/web.yaml', 'UNUSED: four\n');
    const line = /^UNUSED: .*$/m;
    const is = await project({
      'secrets/web.yaml': original.replace(line, line.exec(sealed)?.[0] ?? ''),
    });
    assert.equal(serviceDefinition(is, 'web').hash, serviceDefinition(was, 'web').hash);
  });

  test('of several files: an assignment comes after the app, a narrower one after a wider one', async () => {
    const group = String(exampleFleet['groups/eu.yaml']);
    const device = String(exampleFleet['devices/berlin/pump-1.yaml']);
    const { secrets } = await project({
      'groups/eu.yaml': group.replace('    release:', '    secrets: [secrets/web/eu.env]\n    release:'),
      'devices/berlin/pump-1.yaml': `${device}apps:\n  web:\n    secrets: [secrets/web/pump-1.env]\n`,
      'secrets/web/eu.env': await seal('secrets/web/eu.env', 'TOKEN=eu\nPASSWORD=eu\n'),
      'secrets/web/pump-1.env': await seal('secrets/web/pump-1.env', 'TOKEN=own\n'),
    });
    assert.equal(secrets?.variables.get('TOKEN')?.file, 'secrets/web/pump-1.env');
    assert.equal(secrets?.variables.get('PASSWORD')?.file, 'secrets/web/eu.env');
    assert.equal(secrets?.files.has('secrets/web.yaml'), false);
  });

  test('never become a part of other text, in a Compose file or in an env file', async () => {
    const inCompose = await compute({
      'apps/web/releases/1.0.0/compose.yaml': compose('      URL: "db://$PASSWORD@db"\n'),
    });
    assert.match(
      shown(inCompose.problems).join(),
      /apps\/web\/releases\/1\.0\.0\/compose\.yaml:\d+:\d+ SECRET_INTERPOLATED/,
    );
    const withFile = compose('').replace('    environment:\n', '    env_file: [web.env]\n    environment:\n');
    const inFile = await compute({
      'apps/web/releases/1.0.0/compose.yaml': withFile,
      'apps/web/releases/1.0.0/web.env': 'A=1\nURL="db://$PASSWORD@db"\n',
    });
    assert.match(
      shown(inFile.problems).join(),
      /apps\/web\/releases\/1\.0\.0\/web\.env:2 SECRET_INTERPOLATED PASSWORD/,
    );
  });

  test('credentials of registries come from the narrowest file that names some, sealed', async () => {
    const device = String(exampleFleet['devices/berlin/pump-1.yaml']);
    const { state, problems } = await compute({
      'fleet.yaml': `${exampleFleet['fleet.yaml']}registryCredentials: secrets/registries.yaml\n`,
      'devices/berlin/pump-1.yaml': `${device}registryCredentials: secrets/registries/one.yaml\n`,
      'secrets/registries/one.yaml': await seal(
        'secrets/registries/one.yaml',
        'r.example.com: {username: a, password: b}\n',
      ),
    });
    assert.deepEqual(shown(problems), []);
    assert.equal(state?.registryCredentials?.path, 'secrets/registries/one.yaml');
    assert.equal(state?.provenance.get('/registryCredentials'), 'devices/berlin/pump-1.yaml');
    const missing = await compute({
      'fleet.yaml': `${exampleFleet['fleet.yaml']}registryCredentials: secrets/registries.yaml\n`,
    });
    assert.match(shown(missing.problems).join(), /fleet\.yaml:\d+:\d+ SECRET_FILE_MISSING/);
  });

  test('a file that is not sealed, and a path that leaves secrets/, are refused', async () => {
    const plain = await compute({ 'secrets/web.yaml': 'TOKEN: one\n' });
    assert.match(shown(plain.problems).join(), /secrets\/web\.yaml SECRET_MALFORMED/);
    for (const path of ['secrets/../fleet.yaml', 'fleet.yaml', 'secrets/a.txt', '/secrets/a.env']) {
      const { problems } = await compute({
        'apps/web/releases/1.0.0/app.yaml': `apiVersion: towline/v1\nsecrets: ["${path}"]\n`,
      });
      assert.match(shown(problems).join(), /apps\/web\/releases\/1\.0\.0\/app\.yaml:\d+:\d+ FLEET_/, path);
    }
  });
});
