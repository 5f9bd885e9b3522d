/** A project that docker compose runs becomes an app: what is equal is not touched, what differs is planned before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { isLong } from '../../rig/every.ts';
import { ComposeProject, type ComposeVersion, projectNames } from './compose-project.ts';

interface Running {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Of the project, whoever made them. */
async function containersOf(rig: DeviceRig): Promise<Running[]> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${rig.project}`] });
  const query = { all: true, filters };
  return rig.engine.call({ method: 'GET', path: '/containers/json', query }, rig.signal);
}

/** What would tell that a container was touched. */
async function standing(rig: DeviceRig): Promise<string[]> {
  const all = await Promise.all((await containersOf(rig)).map(({ Id }) => rig.inspect(Id)));
  return all.map(({ Id, RestartCount, State }) => `${Id} ${State.StartedAt} ${RestartCount}`).sort();
}

async function adopted(name: Parameters<typeof ComposeProject.open>[1], version: ComposeVersion = '2.40') {
  const rig = await DeviceRig.start();
  rig.adopt = [rig.project];
  const project = await ComposeProject.open(rig, name);
  await project.compose(version, 'up', '-d');
  return {
    rig,
    project,
    async [Symbol.asyncDispose]() {
      project[Symbol.dispose]();
      await rig[Symbol.asyncDispose]();
    },
  };
}

const reasonsOf = (all: readonly string[]) =>
  all.filter(reason => !/^(?:wait-healthy|write-files|wait-service)/.test(reason));

/** In the short form a few; each by both versions in the long one. */
const tried: readonly (readonly [string, ComposeVersion])[] = projectNames
  .flatMap(name => (['2.40', '1.29'] as const).map(version => [name, version] as const))
  .filter(([name, version]) => isLong || (['shop', 'volumes'].includes(name) && version === '2.40'));

for (const [name, version] of tried) {
  test(`${name}, as docker compose ${version} has started it, is taken over and nothing restarts`, async () => {
    await using made = await adopted(name, version);
    const { rig, project } = made;
    const before = await standing(rig);
    const app = project.app();
    const { plan, outcome, reasons } = await rig.pass([app]);
    assert.deepEqual(reasonsOf(reasons), []);
    assert.deepEqual(plan.skipped, []);
    assert.match(outcome.outcome, /^(?:applied|unchanged)$/, JSON.stringify(outcome));
    assert.equal(outcome.projects[0]?.state, 'healthy');
    assert.deepEqual(await standing(rig), before);
    rig.restart();
    assert.deepEqual((await rig.plan([app])).steps, []);
    const services = Object.keys(app.model.services);
    const listed = await project.compose(version, 'ps');
    for (const service of services.filter(one => one !== 'migrate'))
      assert.ok(listed.includes(service), listed);
    await project.compose(version, 'logs');
    await project.compose(version, 'down');
    assert.deepEqual(await containersOf(rig), []);
  });
}
