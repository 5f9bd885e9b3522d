/** Killed after any step of an adoption in which a container differs, the next pass ends it: what is equal was never touched. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../core/plan/step.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { samplesOf, strideOf } from '../../rig/every.ts';
import { adopted } from './adopted.ts';
import { ComposeProject } from './compose-project.ts';
import { killedAgent, killedEngine } from './killed-agent.ts';

const files = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, volumes: ["data:/data", /own]}\n  side: {image: IMAGE_WORKER}\nvolumes: {data: {}}\n',
};

test('killed after any step of an adoption, the next pass converges; the container that is equal runs on', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const inspect = (service: string) => rig.inspect(`${rig.project}-${service}-1`);
  const side = await inspect('side');
  await rig.exec((await inspect('web')).Id, [
    '/bin/sh',
    '-c',
    'echo kept > /data/file; echo own > /own/file',
  ]);
  for (let steps = 1; ; steps += strideOf(2)) {
    // Docker compose's again, whoever has made it.
    await project.compose('2.40', 'up', '-d', '--force-recreate', 'web');
    rig.restart();
    const app = project.app(model => ({
      ...model,
      services: { ...model.services, web: { ...model.services.web, environment: { ROUND: String(steps) } } },
    }));
    const killer = new AbortController();
    let count = 0;
    const pass = rig.pass([app], {
      signal: killer.signal,
      parallelSteps: 1,
      around: async (_, run) => {
        killer.signal.throwIfAborted();
        await run();
        if (++count === steps) killer.abort(new Error('killed'));
      },
    });
    const killed = await pass.then(
      () => false,
      () => true,
    );
    rig.restart();
    const { outcome } = await rig.pass([app]);
    assert.equal(outcome.projects[0]?.state, 'healthy', `${steps}: ${JSON.stringify(outcome)}`);
    assert.deepEqual((await rig.plan([app])).steps, []);
    const data = ['/bin/sh', '-c', 'test "$(cat /data/file)" = kept'];
    assert.equal(await rig.exec((await inspect('web')).Id, data), 0);
    if (!killed) break;
    assert.ok(steps < 20);
  }
  const { Id, State } = await inspect('side');
  assert.deepEqual([Id, State.StartedAt], [side.Id, side.State.StartedAt]);
});

/** The same as `files`, but for `web` where a level is given. */
function inputOf(image: string, level: string | undefined): ProjectInput {
  const volumes = [
    { type: 'volume', source: 'data', target: '/data' } as const,
    { type: 'volume', target: '/own' } as const,
  ];
  const environment = level === undefined ? {} : { environment: { LEVEL: level } };
  return {
    services: { web: { image, volumes, ...environment }, side: { image } },
    volumes: { data: {} },
    update: { stablePeriodMs: 0 },
    adopt: true,
  };
}

/** The state that is to be good is the first one where docker compose's container is kept. */
const kinds: readonly Step['kind'][] = [
  'stop-container',
  'create-container',
  'put-aside',
  'rename-container',
  'start-container',
  'remove-container',
  'wait-healthy',
];

/** What must not have been touched, and what must have been kept. */
async function begun(rig: DeviceRig) {
  const inspect = (service: string) => rig.inspect(`${rig.project}-${service}-1`);
  const said = ['/bin/sh', '-c', 'echo kept > /data/file'];
  assert.equal(await rig.exec((await inspect('web')).Id, said), 0);
  const side = await inspect('side');
  return async (input: ProjectInput, after: string): Promise<void> => {
    rig.restart();
    const wanted = makeProject(rig.project, input);
    const { outcome } = await rig.pass([wanted]);
    assert.match(outcome.outcome, /^(?:applied|unchanged)$/, `${after}: ${JSON.stringify(outcome)}`);
    assert.deepEqual((await rig.plan([wanted])).steps, [], after);
    const kept = ['/bin/sh', '-c', 'test "$(cat /data/file)" = kept'];
    assert.equal(await rig.exec((await inspect('web')).Id, kept), 0, after);
    assert.equal((await inspect('side')).Id, side.Id, after);
  };
}

test('an agent that is really killed (SIGKILL) in the middle of a step of an adoption: the next pass ends it', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const image = String(project.app().model.services.web?.image);
  // What is written down here is what docker compose has made.
  assert.deepEqual(
    (await rig.plan([makeProject(rig.project, inputOf(image, undefined))])).steps.filter(
      ({ kind }) => kind !== 'wait-healthy',
    ),
    [],
  );
  const assertEnded = await begun(rig);
  const { StartedAt } = (await rig.inspect(`${rig.project}-side-1`)).State;
  for (const kind of samplesOf(kinds, 2)) {
    await project.compose('2.40', 'up', '-d', '--force-recreate', 'web');
    if (kind === 'put-aside') await rig.store.forget(rig.project);
    const input = inputOf(image, kind);
    await killedAgent(rig, input, kind);
    await assertEnded(input, kind);
  }
  assert.equal((await rig.inspect(`${rig.project}-side-1`)).State.StartedAt, StartedAt);
});

test('an engine that is killed (SIGKILL) after a step of an adoption: the next pass ends it, with what was there', async () => {
  const engine = await startOwnEngine();
  try {
    const rig = new DeviceRig(engine.socket, 'towline.invalid');
    rig.adopt = [rig.project];
    const image = 'towline-test/worker:1';
    await rig.images.build(image, 'worker', '1');
    using project = await ComposeProject.open(rig, files, engine.socket);
    project.change(yaml => yaml.replaceAll(/image: [^,}]+/g, `image: ${image}, restart: always`));
    await project.compose('2.40', 'up', '-d');
    const assertEnded = await begun(rig);
    for (const kind of samplesOf(kinds.slice(0, -1), 3)) {
      await project.compose('2.40', 'up', '-d', '--force-recreate', 'web');
      if (kind === 'put-aside') await rig.store.forget(rig.project);
      const { services, ...rest } = inputOf(image, kind);
      const always = Object.entries(services).map(
        ([name, one]) => [name, { ...one, restart: 'always' }] as const,
      );
      const input = { ...rest, services: Object.fromEntries(always) };
      await killedEngine(rig, engine, input, kind);
      await assertEnded(input, kind);
    }
    await rig[Symbol.asyncDispose]();
  } finally {
    await engine.stop();
  }
});
