import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { git, runGit, testDevice } from '../rig/gateway.ts';
import { GatewayProgram, TestFleet } from '../rig/program.ts';
import { pushStatus, refOf } from '../rig/push.ts';

test('SIGKILL during pushes: fsck is clean, every acknowledged push is there, and the next start takes pushes', async () => {
  const devices = Array.from({ length: 6 }, (_, index) => testDevice(`pump-${index}`));
  await using fleet = await TestFleet.make(devices);
  const made = await fleet.init();
  assert.equal(made.code, 0, made.stderr);
  const tips = new Map<string, string>();
  const telemetry = fleet.telemetryGit;
  for (let round = 0; round < 4; round += 1) {
    await using gateway = await GatewayProgram.start(fleet.config);
    const acknowledged = Promise.withResolvers<void>();
    const pushing = devices.map(async device => {
      using client = gateway.client(device);
      for (let count = 0; count < 25; count += 1) {
        // What was in flight when the gateway died may be there, although nobody was told.
        const known = await client.ask('/telemetry.git/info/refs?service=git-receive-pack');
        const tip = /([0-9a-f]{40}) refs/.exec(known.body.toString('latin1'))?.[1];
        tips.set(device.id, await pushStatus(client, device, `${round} ${count}`, tip));
        acknowledged.resolve();
      }
    });
    await Promise.race([acknowledged.promise, Promise.all(pushing)]);
    await wait(round * 70);
    gateway.signal('SIGKILL');
    await Promise.allSettled(pushing);
    await gateway.ended();
    const fsck = runGit(['fsck', '--strict', '--full'], { cwd: telemetry });
    assert.equal(fsck.status, 0, fsck.stderr);
    for (const [id, tip] of tips) {
      assert.equal(runGit(['merge-base', '--is-ancestor', tip, refOf(id)], { cwd: telemetry }).status, 0);
    }
  }
  assert.ok(tips.size > 0);
  await using gateway = await GatewayProgram.start(fleet.config);
  for (const device of devices) {
    using client = gateway.client(device);
    const before = runGit(['rev-parse', '-q', '--verify', refOf(device)], { cwd: telemetry }).stdout.trim();
    const tip = await pushStatus(client, device, 'after', before === '' ? undefined : before);
    assert.equal(git(['rev-parse', refOf(device)], { cwd: telemetry }), tip);
  }
});
