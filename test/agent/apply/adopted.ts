/** A project that docker compose has brought up on the engine of a rig, and what tells whether it was touched. */
import assert from 'node:assert/strict';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { ComposeProject, type ComposeVersion } from './compose-project.ts';

interface Running {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Of the project, whoever made them. */
export async function containersOf(rig: DeviceRig): Promise<Running[]> {
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${rig.project}`] });
  const query = { all: true, filters };
  return rig.engine.call({ method: 'GET', path: '/containers/json', query }, rig.signal);
}

/** What would tell that a container was touched. */
export async function standing(rig: DeviceRig): Promise<string[]> {
  const all = await Promise.all((await containersOf(rig)).map(({ Id }) => rig.inspect(Id)));
  return all.map(({ Id, RestartCount, State }) => `${Id} ${State.StartedAt} ${RestartCount}`).sort();
}

/** The volumes and networks of the project, and when each was made. */
async function resources(rig: DeviceRig): Promise<string[]> {
  const get = <Answer>(path: string) => rig.engine.call<Answer>({ method: 'GET', path }, rig.signal);
  const { Volumes } = await get<{ Volumes: { Name: string; CreatedAt: string }[] }>('/volumes');
  const networks = await get<{ Name: string; Id: string }[]>('/networks');
  return [
    ...Volumes.map(({ Name, CreatedAt }) => `volume ${Name} ${CreatedAt}`),
    ...networks.map(({ Name, Id }) => `network ${Name} ${Id}`),
  ]
    .filter(line => line.includes(rig.project))
    .sort();
}

export async function adopted(
  name: Parameters<typeof ComposeProject.open>[1],
  version: ComposeVersion = '2.40',
) {
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

export const reasonsOf = (all: readonly string[]) =>
  all.filter(reason => !/^(?:wait-healthy|write-files|wait-service)/.test(reason));

/** Taken over as it runs: nothing restarts, and docker compose goes on seeing it. */
export async function assertTakenOver(name: string, version: ComposeVersion): Promise<void> {
  await using made = await adopted(name, version);
  const { rig, project } = made;
  const before = await standing(rig);
  const ended = (await containersOf(rig)).flatMap(({ Id, State }) => (State === 'exited' ? [Id] : []));
  const data = await resources(rig);
  const app = project.app();
  const { plan, outcome, reasons } = await rig.pass([app]);
  assert.deepEqual(reasonsOf(reasons), []);
  assert.deepEqual(plan.skipped, []);
  assert.match(outcome.outcome, /^(?:applied|unchanged)$/, JSON.stringify(outcome));
  assert.equal(outcome.projects[0]?.state, 'healthy');
  assert.deepEqual(await standing(rig), before);
  rig.restart();
  assert.deepEqual((await rig.plan([app])).steps, []);
  assert.deepEqual(await resources(rig), data);
  // Whoever goes on in the folder as they did changes nothing (watchtower #339), and nothing is mended after it (portainer #6306).
  // One-shots it starts again itself.
  await project.compose(version, 'up', '-d');
  const still = (lines: readonly string[]) => lines.filter(line => !ended.some(id => line.startsWith(id)));
  assert.deepEqual(still(await standing(rig)), still(before));
  assert.equal((await containersOf(rig)).length, before.length);
  if (ended.length === 0) assert.deepEqual((await rig.plan([app])).steps, []);
  const services = Object.keys(app.model.services);
  await project.compose(version, 'ps');
  const listed = (await project.compose(version, 'ps', '--services')).split('\n');
  for (const service of services.filter(one => one !== 'migrate'))
    assert.ok(listed.includes(service), listed.join());
  await project.compose(version, 'logs');
  await project.compose(version, 'down');
  assert.deepEqual(await containersOf(rig), []);
}
