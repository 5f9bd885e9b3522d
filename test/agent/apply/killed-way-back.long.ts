/** Killed anywhere in a first adoption that fails, or on the way back: what docker compose had started runs again, the same container. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Step } from '../../../core/plan/step.ts';
import { startOwnEngine } from '../../../lab/machine/engine.ts';
import { makeProject, type ProjectInput } from '../../../lab/rig/desired.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { isLong, strideOf } from '../../rig/every.ts';
import { adopted, containersOf } from './adopted.ts';
import { ComposeProject } from './compose-project.ts';
import { killedAgent, killedEngine } from './killed-agent.ts';

const files = {
  'compose.yaml':
    'services:\n  web: {image: IMAGE_WORKER, restart: always, volumes: ["data:/data", /own]}\n  side: {image: IMAGE_WORKER, restart: always}\nvolumes: {data: {}}\n',
};

/** The same, but that `web` ends at once. @param round no state is tried twice */
function failing(image: string, round: string): ProjectInput {
  const volumes = [
    { type: 'volume', source: 'data', target: '/data' } as const,
    { type: 'volume', target: '/own' } as const,
  ];
  const web = { image, volumes, command: ['/bin/sh', '-c', 'exit 3'], environment: { ROUND: round } };
  return {
    services: { web, side: { image, restart: 'always' } },
    volumes: { data: {} },
    // What ends at once lives longer on a busy machine.
    update: { stablePeriodMs: 10_000 },
    adopt: true,
  };
}

const kinds: readonly Step['kind'][] = [
  'stop-container',
  'create-container',
  'put-aside',
  'rename-container',
  'start-container',
  'wait-healthy',
  'remove-container',
  'put-back',
];

/** What runs now is what is to run whatever is killed. */
async function begun(rig: DeviceRig) {
  const web = await rig.inspect(`${rig.project}-web-1`);
  const side = await rig.inspect(`${rig.project}-side-1`);
  const say = 'echo kept > /data/file; echo own > /own/file; echo layer > /layer';
  assert.equal(await rig.exec(web.Id, ['/bin/sh', '-c', say]), 0);
  return async (input: ProjectInput, after: string): Promise<void> => {
    const wanted = makeProject(rig.project, input);
    rig.restart();
    const { outcome } = await rig.pass([wanted]);
    assert.equal(outcome.projects[0]?.state, 'failed', `${after}: ${JSON.stringify(outcome)}`);
    assert.deepEqual((await rig.plan([wanted])).steps, [], after);
    const all = await containersOf(rig);
    assert.deepEqual(
      all.map(({ Id, Names: [name], State }) => [Id, name, State]).sort(),
      [
        [web.Id, `/${rig.project}-web-1`, 'running'],
        [side.Id, `/${rig.project}-side-1`, 'running'],
      ].sort(),
      after,
    );
    const { HostConfig } = await rig.inspect(web.Id);
    assert.equal(HostConfig.RestartPolicy?.Name, 'always', after);
    const has = 'test "$(cat /data/file /own/file /layer)" = "kept\nown\nlayer"';
    assert.equal(await rig.exec(web.Id, ['/bin/sh', '-c', has]), 0, after);
  };
}

test('killed after any step of a first adoption that fails, and of the way back, the next pass brings back what ran', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const image = String(project.app().model.services.web?.image);
  const assertBack = await begun(rig);
  const done = new Set<string>();
  for (let steps = 1; ; steps += strideOf(9)) {
    const input = failing(image, String(steps));
    const killer = new AbortController();
    let count = 0;
    const pass = rig.pass([makeProject(rig.project, input)], {
      signal: killer.signal,
      parallelSteps: 1,
      around: async ({ kind }, run) => {
        killer.signal.throwIfAborted();
        await run();
        done.add(kind);
        if (++count === steps) killer.abort(new Error('killed'));
      },
    });
    const killed = await pass.then(
      () => false,
      () => true,
    );
    await assertBack(input, String(steps));
    if (!killed) break;
    assert.ok(steps < 30);
  }
  assert.ok(done.has('put-aside') && done.has('put-back'), [...done].join());
});

test('an agent that is really killed (SIGKILL) in the middle of a step of it: the next pass brings back what ran', async () => {
  await using made = await adopted(files);
  const { rig, project } = made;
  const image = String(project.app().model.services.web?.image);
  const assertBack = await begun(rig);
  for (const kind of isLong ? kinds : kinds.filter(one => one.startsWith('put-'))) {
    const input = failing(image, kind);
    await killedAgent(rig, input, kind);
    await assertBack(input, kind);
  }
});

test('an engine that is killed (SIGKILL) after a step of it: two never run beside each other, and what ran comes back', async () => {
  const engine = await startOwnEngine();
  try {
    const rig = new DeviceRig(engine.socket, 'towline.invalid');
    rig.adopt = [rig.project];
    const image = 'towline-test/worker:1';
    await rig.images.build(image, 'worker', '1');
    using project = await ComposeProject.open(rig, files, engine.socket);
    project.change(yaml => yaml.replaceAll(/image: [^,}]+/g, `image: ${image}`));
    await project.compose('2.40', 'up', '-d');
    const assertBack = await begun(rig);
    const after = kinds.filter(kind => kind !== 'wait-healthy' && kind !== 'remove-container');
    for (const kind of isLong ? after : after.slice(2, 3)) {
      const input = failing(image, kind);
      await killedEngine(rig, engine, input, kind);
      if (kind === 'put-aside') {
        const up = (await containersOf(rig)).filter(({ State }) => State !== 'exited' && State !== 'created');
        assert.deepEqual(
          up.flatMap(({ Names }) => Names),
          [`/${rig.project}-side-1`],
        );
      }
      await assertBack(input, kind);
    }
    await rig[Symbol.asyncDispose]();
  } finally {
    await engine.stop();
  }
});
