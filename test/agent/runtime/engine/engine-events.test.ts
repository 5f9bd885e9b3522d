import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Engine } from '../../../../agent/runtime/engine/engine.ts';
import { watchEngine } from '../../../../agent/runtime/engine/engine-events.ts';
import { Inspections } from '../../../../agent/runtime/engine/inspections.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { makeProject } from '../../../../lab/rig/desired.ts';
import { buildImages } from '../../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../../lab/rig/device-rig.ts';

test('while events are followed nothing is inspected twice, and what changes behind our back is seen', async () => {
  await using rig = await DeviceRig.start();
  const images = await buildImages(rig);
  const project = makeProject(rig.project, {
    services: { app: { image: images.worker, restart: 'always' } },
  });
  await rig.pass([project]);
  const inspections = new Inspections();
  const stop = new AbortController();
  let changes = 0;
  const watched = watchEngine({
    engine: rig.engine,
    device: rig.device,
    inspections,
    clock: createSystemClock(),
    onChange: () => changes++,
    signal: stop.signal,
  });
  while (changes === 0) await new Promise(resolve => setTimeout(resolve, 10));
  const paths: string[] = [];
  const inner = rig.engine;
  const counted: Engine = {
    call: (request, signal) => {
      paths.push(request.path);
      return inner.call(request, signal);
    },
    stream: (request, signal) => inner.stream(request, signal),
  };
  Object.assign(rig, { engine: counted });
  await rig.observe([rig.project], inspections);
  assert.equal(paths.length, 5);
  paths.length = 0;
  await rig.observe([rig.project], inspections);
  assert.deepEqual(paths.sort(), ['/containers/json', '/images/json', '/networks', '/volumes']);
  const before = changes;
  await inner.call(
    { method: 'POST', path: `/containers/${rig.project}-app-1/update`, body: { CpuShares: 512 } },
    rig.signal,
  );
  while (changes === before) await new Promise(resolve => setTimeout(resolve, 10));
  const { containers } = await rig.observe([rig.project], inspections);
  assert.equal(containers[0]?.inspection?.limits.cpuShares, 512);
  stop.abort();
  await watched;
});

test('two devices on one engine see only what is theirs', async () => {
  await using one = await DeviceRig.start();
  await using two = await DeviceRig.start();
  const images = await buildImages(one);
  const make = (rig: DeviceRig) =>
    makeProject(rig.project, { services: { app: { image: images.worker, restart: 'always' } } });
  await one.pass([make(one)]);
  await two.pass([make(two)]);
  const observed = await one.observe([]);
  assert.deepEqual(
    observed.containers.map(({ name }) => name),
    [`${one.project}-app-1`],
  );
  assert.ok(observed.foreign.some(({ name }) => name === `${two.project}-app-1`));
  await two.pass([]);
  assert.equal((await one.inspect(`${one.project}-app-1`)).State.Status, 'running');
});
