/** What people reported of other tools that replace a container beside the one that serves, tried here. */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import type { DesiredProject, UpdateSettings } from '../../../core/desired/state.ts';
import type { Step } from '../../../core/plan/step.ts';
import { portAnswers } from '../../../lab/machine/port-answers.ts';
import { makeDesired, makeProject, type ProjectInput, type Services } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';
import { runInContainer } from '../../../lab/rig/run-in-container.ts';
import { serving } from '../../rig/serving.ts';

const images = await sharedImages();

function app(
  rig: DeviceRig,
  LEVEL: string,
  web: Services[string] = {},
  { strategy = 'handover', ...rest }: Partial<ProjectInput> & Pick<Partial<UpdateSettings>, 'strategy'> = {},
): DesiredProject {
  return makeProject(rig.project, {
    services: { web: { image: images.worker, restart: 'always', environment: { LEVEL }, ...web } },
    update: { strategy, stablePeriodMs: 300, healthTimeoutMs: 60_000 },
    ...rest,
  });
}

interface Attached {
  readonly NetworkSettings: {
    readonly Networks: Record<string, unknown>;
    readonly Ports: Record<string, readonly { readonly HostPort: string }[] | null>;
  };
}

async function assertOnly(rig: DeviceRig, level: string, count = 1): Promise<void> {
  assert.deepEqual(await serving(rig), Array(count).fill(`LEVEL=${level}`));
  assert.equal((await rig.containers()).length, count);
}

test('the old one has ended with an error: the new one comes all the same (wowu/docker-rollout 20)', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1')]);
  await rig.post(`/containers/${rig.project}-web-1/kill`);
  const { outcome } = await rig.pass([app(rig, '2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await assertOnly(rig, '2');
});

/** Well until somebody makes `/bad`. */
const check = { test: ['CMD-SHELL', '! ls /bad'], interval: '1s', retries: 1 };

async function spoil(rig: DeviceRig, number: number): Promise<string> {
  const name = `${rig.project}-web-${number}`;
  assert.equal(await runInContainer(rig.engine, name, ['touch', '/bad']), 0);
  for (;;) {
    const { Id, State } = await rig.inspect(name);
    if (State.Health?.Status === 'unhealthy') return Id;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

test('the old one is unhealthy: that keeps nobody from handing over (bookingcom/shipper 99, basecamp/kamal 915)', async () => {
  await using rig = await DeviceRig.start();
  await rig.pass([app(rig, '1', { healthcheck: check })]);
  await spoil(rig, 1);
  const { outcome } = await rig.pass([app(rig, '2', { healthcheck: check })]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await assertOnly(rig, '2');
});

test('rolling replaces the unhealthy one first: the other one serves meanwhile (dokku/docker-orchestrate 60)', async () => {
  await using rig = await DeviceRig.start();
  const make = (level: string) => app(rig, level, { healthcheck: check, scale: 2 }, { strategy: 'rolling' });
  await rig.pass([make('1')]);
  const bad = await spoil(rig, 2);
  const stopped: string[] = [];
  const around = async (step: Step, run: () => Promise<void>) => {
    if (step.kind === 'stop-container') stopped.push(step.container);
    await run();
  };
  const { outcome } = await rig.pass([make('2')], { around });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  assert.deepEqual([stopped.length, stopped[0]], [2, bad]);
  await assertOnly(rig, '2', 2);
});

test('the old one has its whole grace period to end what it has begun (coollabsio/coolify 5730)', async () => {
  await using rig = await DeviceRig.start();
  const drains = {
    command: ['/bin/sh', '-c', 'trap "sleep 3; exit 7" TERM; while :; do sleep 0.1; done'],
    stop_grace_period: '60s',
  };
  await rig.pass([app(rig, '1', drains)]);
  let code: number | undefined;
  const around = async (step: Step, run: () => Promise<void>) => {
    await run();
    if (step.kind === 'stop-container') code = (await rig.inspect(step.container)).State.ExitCode;
  };
  await rig.pass([app(rig, '2', drains)], { around });
  assert.equal(code, 7);
});

test('with a port that the engine chooses, on two networks: all of them lead to the new one (docker/cli 2909, moby/moby 44137)', async () => {
  await using rig = await DeviceRig.start();
  const published = { mode: 'ingress', host_ip: '127.0.0.1', target: 8080, protocol: 'tcp' };
  const web = { image: images.web, ports: [published], networks: { default: null, back: null } };
  const make = (level: string) => app(rig, level, web, { networks: { default: {}, back: {} } });
  await rig.pass([make('1')]);
  const { outcome } = await rig.pass([make('2')]);
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  await assertOnly(rig, '2');
  const path = `/containers/${rig.project}-web-1/json`;
  const { NetworkSettings: now }: Attached = await rig.engine.call({ method: 'GET', path }, rig.signal);
  assert.equal(Object.keys(now.Networks).length, 2);
  const port = Number(now.Ports['8080/tcp']?.[0]?.HostPort);
  assert.ok(await portAnswers(port), `${port}`);
});

test('a network that has no address left: the old one was never touched, and the code says so (moby/moby 18527)', async () => {
  await using rig = await DeviceRig.start();
  const subnet = `10.${randomInt(120, 190)}.${randomInt(0, 255)}.${4 * randomInt(0, 63)}/30`;
  const networks = { default: { ipam: { config: [{ subnet }] } } };
  const passTo = (level: string) => {
    const project = app(rig, level, {}, { networks });
    const desired = { ...makeDesired(rig.device, [project]), engine: { subnets: [subnet] } };
    return rig.pass([project], { desired });
  };
  await passTo('1');
  const old = await rig.inspect(`${rig.project}-web-1`);
  const { outcome } = await passTo('2');
  assert.equal(outcome.outcome, 'rolled-back', JSON.stringify(outcome));
  assert.match(outcome.projects[0]?.message ?? '', /no available IPv4 addresses|all addresses/i);
  const now = await rig.inspect(`${rig.project}-web-1`);
  assert.deepEqual([now.Id, now.State.StartedAt], [old.Id, old.State.StartedAt]);
  await assertOnly(rig, '1');
});
