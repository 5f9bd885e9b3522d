/** An adopted app whose environment has secrets, and one that adopts no more: what runs is not touched for want of a word or a key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecretAccess } from '../../../agent/secrets/opened-secrets.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { TowlineError } from '../../../core/errors.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { adopted, reasonsOf, standing } from './adopted.ts';

const files = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, environment: [DB_PASSWORD, LEVEL=info]}\n  side: {image: IMAGE_WORKER}\n',
  '.env': 'DB_PASSWORD=hunter2\n',
};
/** As `docker compose` reads `.env`: for interpolation alone. */
const composed = {
  ...files,
  'compose.yaml': files['compose.yaml'].replace('DB_PASSWORD, ', '"DB_PASSWORD=$' + '{DB_PASSWORD}", '),
};

function access(value: () => string): SecretAccess {
  const none = () => Promise.reject(new Error('nobody asks'));
  return {
    open: async () => new Map([['DB_PASSWORD', value()]]),
    ...{ logins: none, store: none },
    prepareFolder: async () => undefined,
  };
}

function appOf(name: string, image: string, level = 'info'): DesiredProject {
  const project = makeProject(name, {
    services: { web: { image, environment: { LEVEL: level, DB_PASSWORD: null } }, side: { image } },
    update: { stablePeriodMs: 0 },
    adopt: true,
  });
  const file = 'secrets/shop.env';
  const sealed = { file, bytes: Buffer.from('sealed'), sha256: '0'.repeat(64), mode: 0o100644 };
  return {
    ...project,
    secrets: {
      variables: new Map([['DB_PASSWORD', { file, fingerprint: 'one' }]]),
      files: new Map([[file, sealed]]),
    },
  };
}

const created = (reasons: readonly string[]) =>
  reasons.filter(reason => reason.startsWith('create-container'));

test('secret values that are the same are taken over; without a key nothing is touched; another value makes its container anew, unsaid', async () => {
  await using made = await adopted(composed);
  const { rig, project } = made;
  const before = await standing(rig);
  const image = String(project.app().model.services.side?.image);
  const app = appOf(rig.project, image);
  rig.secrets = {
    ...access(() => 'hunter2'),
    open: () => Promise.reject(new TowlineError('SECRET_NOT_A_RECIPIENT', 'not for this device')),
  };
  const shut = await rig
    .pass([app], { secrets: rig.secrets })
    .then(({ outcome }) => JSON.stringify(outcome), String);
  assert.deepEqual(await standing(rig), before, shut);
  rig.secrets = access(() => 'hunter2');
  // Sealed anew it is another state.
  const sealed = { ...app, digest: 'sha256:sealed-anew' };
  const taken = await rig.pass([sealed], { secrets: rig.secrets });
  assert.deepEqual(reasonsOf(taken.reasons), []);
  assert.equal(taken.outcome.projects[0]?.state, 'healthy', JSON.stringify(taken.outcome));
  assert.deepEqual(await standing(rig), before);
  rig.secrets = access(() => 'hunter3');
  const planned = await rig.plan([sealed]);
  assert.deepEqual(created(planned.steps.map(({ kind, reason }) => `${kind}: ${reason}`)), [
    'create-container: docker compose made it otherwise: environment DB_PASSWORD',
  ]);
});

test('an app that adopts no more, or is allowed to no more, leaves what it had taken over as it runs, and makes nothing beside it', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const app = project.app();
  assert.equal((await rig.pass([app])).outcome.projects[0]?.state, 'healthy');
  const before = await standing(rig);
  const networks = async () =>
    (await rig.observe([])).networks.filter(({ name }) => name === `${rig.project}_default`).length;
  const { adopt: _adopt, ...plain } = app;
  const without: DesiredProject = { ...plain, digest: 'sha256:without' };
  for (const [allowed, wanted] of [
    [[], app],
    [[rig.project], without],
    [[], without],
  ] as const) {
    rig.adopt = allowed;
    rig.restart();
    const { outcome, reasons } = await rig.pass([wanted]);
    const said = `${allowed} ${wanted.adopt}: ${JSON.stringify(outcome)} ${reasons.join('; ')}`;
    assert.deepEqual(await standing(rig), before, said);
    assert.equal(await networks(), 1, said);
    assert.match(outcome.projects[0]?.code ?? '', /^ENGINE_(?:ADOPT_REFUSED|NAME_TAKEN)$/, said);
  }
  rig.adopt = [rig.project];
  assert.equal((await rig.pass([app])).outcome.projects[0]?.state, 'healthy');
  assert.deepEqual(await standing(rig), before);
  // Once each container is the app's own, the network still is docker compose's.
  const other = project.app(model => ({
    ...model,
    services: Object.fromEntries(
      Object.entries(model.services).map(
        ([name, one]) => [name, { ...one, environment: { LEVEL: 'debug' } }] as const,
      ),
    ),
  }));
  assert.equal((await rig.pass([other])).outcome.projects[0]?.state, 'healthy');
  const anew = await standing(rig);
  const { adopt: _other, ...bare } = other;
  for (const [allowed, wanted] of [
    [[], other],
    [[rig.project], { ...bare, digest: 'sha256:bare' }],
  ] as const) {
    rig.adopt = allowed;
    rig.restart();
    const { outcome, reasons } = await rig.pass([wanted]);
    const said = `${allowed}: ${JSON.stringify(outcome)} ${reasons.join('; ')}`;
    assert.deepEqual([await standing(rig), await networks()], [anew, 1], said);
    assert.equal(outcome.projects[0]?.code, 'ENGINE_NAME_TAKEN', said);
  }
});
