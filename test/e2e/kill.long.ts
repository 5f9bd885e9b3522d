import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import type { PushedImage } from '../../lab/machine/images.ts';
import { device, type OneDevice, oneDevice } from './one-device.ts';

type Arm = (fleet: OneDevice, kill: () => void) => void;

/** Kills before the n-th call (from 1) that fits goes on to the engine. */
const beforeCall =
  (method: string, target: RegExp, nth = 1): Arm =>
  ({ engine }, kill) => {
    let seen = 0;
    engine.before = call => {
      if (call.method !== method || !target.test(call.path) || ++seen < nth) return;
      kill();
      // The call is never answered: the agent is gone before it could be.
      return new Promise(() => undefined);
    };
  };

/** Kills once the engine has done the n-th call that fits, and before the agent can do the next one. */
const afterCall =
  (method: string, target: RegExp, nth = 1): Arm =>
  ({ engine }, kill) => {
    let seen = 0;
    let done = false;
    engine.before = call => {
      if (done) {
        kill();
        return new Promise(() => undefined);
      }
      if (call.method === method && target.test(call.path) && ++seen === nth) done = true;
      return undefined;
    };
  };

/** Kills when so many bytes of this pass came from the gateway. */
const afterBytesDown =
  (bytes: number): Arm =>
  ({ network }, kill) => {
    const start = network.bytesDown;
    network.onBytes = ({ bytesDown }) => {
      if (bytesDown - start >= bytes) kill();
    };
  };

/** Kills when a file of the agent's state is written. */
const whenWritten =
  (file: string): Arm =>
  ({ agent }, kill) => {
    const target = path.join(agent.state, file);
    const stamp = () => (existsSync(target) ? statSync(target).mtimeMs : 0);
    const old = stamp();
    const timer = setInterval(() => {
      if (stamp() === old) return;
      clearInterval(timer);
      kill();
    }, 1);
    timer.unref();
  };

/** Kills when the agent first sends after its last call of the engine that changes something. */
const whileReporting: Arm = ({ engine, network }, kill) => {
  let started = false;
  engine.before = ({ method, path: target }) => {
    if (method === 'POST' && /\/containers\/.*\/start/.test(target)) started = true;
  };
  const sent = network.bytesUp;
  network.onBytes = ({ bytesUp }) => {
    if (started && bytesUp > sent) kill();
  };
};

const moments: [string, Arm][] = [
  ['fetch: the first bytes of the gateway have come', afterBytesDown(1)],
  ['fetch: the pack is on its way', afterBytesDown(3000)],
  ['verify: the new head is trusted', whenWritten('trusted/commit')],
  ['observe: before the first question to the engine', beforeCall('GET', /./)],
  ['observe: between two questions', beforeCall('GET', /^\/containers\/[0-9a-f]+\/json/)],
  ['apply: before the image is pulled', beforeCall('POST', /^\/images\/create/)],
  ['apply: after the image was pulled', afterCall('POST', /^\/images\/create/)],
  ['apply: before the new container is made', beforeCall('POST', /^\/containers\/create/)],
  ['apply: the new container is made and does not run', afterCall('POST', /^\/containers\/create/)],
  ['apply: before it is started', beforeCall('POST', /^\/containers\/[^/]+\/start/)],
  [
    'apply: it is started and nobody has looked at its health',
    afterCall('POST', /^\/containers\/[^/]+\/start/),
  ],
  ['report: the status is on its way', whileReporting],
];

describe('SIGKILL in every room of a pass', () => {
  let fleet: OneDevice;
  let workerImage: PushedImage;
  before(async () => {
    fleet = await oneDevice();
    workerImage = await fleet.rig.images.push('hello/worker', '2', 'worker');
    assert.equal(await fleet.agent.pass(), 0, fleet.agent.program.lastWords());
  });
  after(() => fleet?.stop());

  for (const [index, [moment, arm]] of moments.entries()) {
    test(`${moment}: the next pass finishes what was cut off`, async () => {
      const { rig, agent, engine, network } = fleet;
      const version = `2.0.${index}`;
      await rig.images.push('hello/web', version, 'web');
      await rig.images.tag(workerImage, version);
      const release = ['release', 'hello', version, '--assign', 'groups/canary.yaml'];
      const released = await rig.operator.quietly('towline', release);
      assert.equal(released.code, 0, released.stderr);
      const worker = (await fleet.services()).find(({ service }) => service === 'worker');
      const commit = await fleet.publish(`hello ${version}`);

      let killed = false;
      arm(fleet, () => {
        if (killed) return;
        killed = true;
        agent.program.signal('SIGKILL');
      });
      const cutOff = await agent.pass();
      engine.before = undefined;
      network.onBytes = undefined;
      assert.ok(killed, `the moment never came; the pass ended with ${cutOff}`);
      assert.equal(cutOff, null, 'the pass was cut off');

      assert.equal(await agent.pass(), 0, agent.program.lastWords());
      const services = await fleet.services();
      assert.deepEqual(
        services.map(({ service, state }) => [service, state]),
        [
          ['web', 'running'],
          ['worker', 'running'],
        ],
      );
      const answer = await fetch(`http://127.0.0.1:${agent.httpPort}/version`);
      assert.equal((await answer.text()).trim(), version);
      // Only the first of these releases changes the worker.
      if (index > 0)
        assert.equal(services[1]?.containerId, worker?.containerId, 'what did not change was left alone');

      const status = await waitUntil('a status', async () => await rig.telemetry.status(device));
      assert.equal(status.trusted.commit, commit);
      assert.deepEqual(
        status.projects.map(({ release: running, state }) => [running, state]),
        [[version, 'healthy']],
      );

      engine.reset();
      assert.equal(await agent.pass(), 0);
      assert.deepEqual(engine.writes(), [], 'nothing is left to do');
    });
  }
});
