/** What else bears the project's labels, or runs in no common way: nothing is removed that is not the app's, and nothing begins anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Adoption } from '../../../agent/runtime/engine/adoption.ts';
import { observe } from '../../../agent/runtime/engine/observe.ts';
import { OpenedSecrets } from '../../../agent/secrets/opened-secrets.ts';
import type { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { adopted, containersOf, reasonsOf, standing } from './adopted.ts';
import type { ComposeProject } from './compose-project.ts';

const files = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, restart: unless-stopped, volumes: ["data:/data"]}\n  side: {image: IMAGE_WORKER}\nvolumes: {data: {}}\n',
};

/** Started as whoever may start a container does, with labels of their own. */
async function labelled(
  { rig, project }: { rig: DeviceRig; project: ComposeProject },
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  const all = Object.entries({ project: rig.project, service: 'web', 'container-number': '1', ...labels });
  const Labels = Object.fromEntries(all.map(([key, value]) => [`com.docker.compose.${key}`, value]));
  const Image = project.app().model.services.web?.image;
  const { Id } = await rig.post('/containers/create', { name: `${rig.project}-${name}` }, { Image, Labels });
  await rig.post(`/containers/${Id}/start`);
  return Id;
}

test('containers whose labels only say that they are the app’s are left as they are, also when the app goes', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const before = await standing(rig);
  const strange: readonly Readonly<Record<string, string>>[] = [
    {},
    ...['\u001b[31mweb\n\u202e', '__proto__', 'constructor', 'toString', '', 'web ', 'WEB'].map(service => ({
      service,
    })),
    ...['0', '-1', '1e0', '0x1', ' 1', '1.0', 'NaN', '2', '99999999999', '02', '٣', '1;2'].map(number => ({
      'container-number': number,
    })),
    { oneoff: 'True' },
    { service: 'a'.repeat(100_000) },
  ];
  for (const [at, labels] of strange.entries()) await labelled(made, `z${at}`, labels);
  const all = await standing(rig);
  assert.equal(all.length, before.length + strange.length);
  const { outcome, reasons } = await rig.pass([project.app()]);
  assert.deepEqual(reasonsOf(reasons), []);
  const [told] = outcome.projects;
  assert.equal(told?.state, 'healthy', JSON.stringify(outcome).slice(0, 2000));
  assert.equal(told?.kept?.length, 20);
  assert.match(told?.message ?? '', /-z0, of service web that the app does not name, is left as it is; /);
  assert.match(told?.message ?? '', /and \d more containers of the Compose project are left as they are$/);
  assert.match(told?.message ?? '', /\\u001b\[31mweb\\n\\u202e/);
  assert.doesNotMatch(told?.message ?? '', /\p{Cc}|a{61}/u);
  assert.deepEqual(await standing(rig), all);
  await rig.pass([]);
  const left = await standing(rig);
  assert.deepEqual(
    left,
    all.filter(line => !before.includes(line)),
  );
});

test('a container of another one’s that says it is one of ours, and runs while ours does not, is not taken for it', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const own = await rig.inspect(`${rig.project}-web-1`);
  await project.compose('2.40', 'stop', 'web');
  const other = await labelled(made, 'other', {});
  const { outcome } = await rig.pass([project.app()]);
  assert.equal(outcome.projects[0]?.state, 'healthy', JSON.stringify(outcome));
  assert.equal((await rig.inspect(own.Id)).State.Status, 'running');
  assert.equal((await rig.inspect(other)).State.Status, 'running');
});

// docker/compose #5874, DockStation #117: names that were stripped once, and are not any more.
test('a project that differs by - and _ alone is not begun anew beside what runs', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  await project.compose('2.40', 'down', '--volumes');
  const name = `${rig.project.slice(0, 3)}_${rig.project.slice(3)}`;
  const running = await labelled(made, 'old', { project: name });
  const { outcome } = await rig.pass([project.app()]);
  assert.equal(outcome.projects[0]?.code, 'ENGINE_ADOPT_REFUSED');
  assert.match(
    outcome.projects[0]?.message ?? '',
    new RegExp(`is of the Compose project ${name}, which is not called`),
  );
  assert.deepEqual(await containersOf(rig), []);
  assert.ok(!(await rig.observe([])).volumes.some(({ name: volume }) => volume === `${rig.project}_data`));
  const { adopt: _adopt, ...plain } = project.app();
  assert.equal((await rig.pass([plain])).outcome.projects[0]?.state, 'healthy');
  assert.equal((await rig.inspect(running)).State.Status, 'running');
});

test('a container that goes away between the list and the look into it is in nobody’s way', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const { Id } = await rig.inspect(`${rig.project}-web-1`);
  const engine: DeviceRig['engine'] = {
    ...rig.engine,
    call: async (request, signal) => {
      if (request.path === `/containers/${Id}/json`) await rig.delete(`/containers/${Id}`);
      return rig.engine.call(request, signal);
    },
  };
  const secrets = new OpenedSecrets(undefined, { fleet: 'rig' });
  const projects = new Map([[rig.project, [project.app()]]]);
  const { device, signal } = rig;
  const adopting = { adoption: new Adoption(engine), projects, secrets };
  const observed = await observe({ engine, device, projectNames: [], adopting, signal });
  const own = ({ name }: { readonly name: string }) => name.includes(rig.project);
  assert.deepEqual(observed.foreign.filter(own), []);
  assert.deepEqual(
    observed.containers.filter(own).map(({ service }) => service),
    ['side'],
  );
});
