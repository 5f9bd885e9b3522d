/** All apps of a device share its passes: none may hold one for ever, by what its author wrote in its own files. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { processSpec } from '../../../core/plan/container/process.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { sharedImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const images = await sharedImages();

const limitMs = 60_000;

test('an app that would be waited for a year is given up, and the pass ends', {
  timeout: limitMs,
}, async () => {
  await using rig = await DeviceRig.start();
  const check = { test: ['CMD', '/bin/false'], interval: '1h', start_period: '8000h' };
  const project = makeProject(rig.project, {
    services: { app: { image: images.worker, restart: 'always', healthcheck: check } },
    update: { healthTimeoutMs: 365 * 86_400_000 },
  });
  const settings = { stateDirectory: rig.stateDirectory, longestAppMs: 3_000 };
  const { outcome } = await rig.pass([project], { settings });
  assert.equal(outcome.projects[0]?.code, 'ENGINE_APP_TOO_LONG', JSON.stringify(outcome));
  assert.match(outcome.projects[0]?.message ?? '', /after 3s/);
});

test('a registry that never ends its answer is given up', { timeout: limitMs }, async () => {
  await using rig = await DeviceRig.start();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 100);
    response.on('close', () => clearInterval(drip));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const image = `127.0.0.1:${port}/drip@sha256:${'a'.repeat(64)}`;
    const project = makeProject(rig.project, { services: { app: { image } } });
    const settings = { stateDirectory: rig.stateDirectory, longestPullMs: 2_000 };
    const { outcome } = await rig.pass([project], { settings });
    assert.equal(outcome.projects[0]?.code, 'ENGINE_APP_TOO_LONG', JSON.stringify(outcome));
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('commands before a stop share one time limit: an app with many is removed all the same', {
  timeout: limitMs,
}, async () => {
  await using rig = await DeviceRig.start();
  const hooks = Array.from({ length: 10 }, () => ({ command: ['/bin/busybox', 'sleep', '1000'] }));
  const project = makeProject(rig.project, {
    services: { app: { image: images.worker, restart: 'always', pre_stop: hooks } },
  });
  assert.equal((await rig.pass([project])).outcome.outcome, 'applied');
  const clock = createSystemClock();
  const beganMs = clock.monotonic();
  const fast = { ...clock, monotonic: () => clock.monotonic() * 100, now: () => clock.now() };
  const quick = { ...fast, sleep: (ms: number, signal: AbortSignal) => clock.sleep(ms / 10, signal) };
  await rig.pass([], { clock: quick });
  assert.deepEqual(await rig.containers(), []);
  const seconds = (clock.monotonic() - beganMs) / 1000;
  assert.ok(seconds < 15, `${seconds} s for what ten commands of five minutes take a hundred times as fast`);
});

test('a container is stopped within a quarter of an hour, whatever its file says', () => {
  for (const [written, seconds] of [
    ['100000h0m0s', 840],
    ['2562047h0m0s', 840],
    ['10m0s', 600],
  ] as const) {
    const { StopTimeout } = processSpec({ image: 'x', stop_grace_period: written }, new Map());
    assert.equal(StopTimeout, seconds, written);
  }
});
