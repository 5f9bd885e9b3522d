/** A gateway that is upgraded while its fleet is connected: it drains, another starts in its place, and nothing is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runGit, testDevice } from './rig/gateway.ts';
import { GatewayProgram, TestFleet } from './rig/program.ts';
import { pushStatus, refOf } from './rig/push.ts';

const upgrades = 1;
const advert = '/fleet.git/info/refs?service=git-upload-pack';
const ours = '/telemetry.git/info/refs?service=git-receive-pack';

/** A stream of hints, held until the gateway ends it. */
function heard(client: ReturnType<GatewayProgram['client']>): { open: Promise<void>; ended: Promise<void> } {
  const [open, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const held = client.open('/v1/hints');
  held.on('error', () => ended.resolve());
  held.once('response', response => {
    open.resolve();
    response.once('close', () => ended.resolve()).resume();
  });
  held.end();
  return { open: open.promise, ended: ended.promise };
}

test('what was acknowledged is there, streams end in order, and the next one takes up where it was', async () => {
  const devices = Array.from({ length: 6 }, (_, index) => testDevice(`pump-${index}`));
  await using fleet = await TestFleet.make(devices);
  await fleet.init();
  const acknowledged = new Map<string, string[]>(devices.map(({ id }) => [id, []]));
  for (let round = 0; round < upgrades; round += 1) {
    await using gateway = await GatewayProgram.start(fleet.config);
    const begun = Promise.withResolvers<void>();
    const pushing = devices.map(async device => {
      using hints = gateway.client(device);
      using client = gateway.client(device);
      const { open, ended } = heard(hints);
      await open;
      try {
        for (let count = 0; ; count += 1) {
          const known = await client.ask(ours);
          const tip = /([0-9a-f]{40}) refs/.exec(known.body.toString('latin1'))?.[1];
          acknowledged.get(device.id)?.push(await pushStatus(client, device, `${round} ${count}`, tip));
          if (count > 1) begun.resolve();
        }
      } catch {
        // It takes nothing more: what was not acknowledged is pushed again to the next one.
      }
      await ended;
    });
    await begun.promise;
    const { code, stderr } = await fleet.push(gateway);
    assert.equal(code, 0, stderr);
    gateway.signal('SIGTERM');
    await Promise.all(pushing);
    assert.equal(await gateway.ended(), 0);
    assert.equal(gateway.lines.at(-1)?.msg, 'gateway ended');
  }
  const fsck = runGit(['fsck', '--strict', '--full'], { cwd: fleet.telemetryGit });
  assert.equal(fsck.status, 0, fsck.stderr);
  for (const [id, commits] of acknowledged) {
    assert.ok(commits.length >= upgrades, id);
    for (const commit of commits) {
      const found = runGit(['merge-base', '--is-ancestor', commit, refOf(id)], { cwd: fleet.telemetryGit });
      assert.equal(found.status, 0, `${id} ${commit}`);
    }
  }
  await using gateway = await GatewayProgram.start(fleet.config);
  for (const device of devices) {
    using client = gateway.client(device);
    assert.equal((await client.ask(advert)).status, 200);
    const [last] = acknowledged.get(device.id)?.slice(-1) ?? [];
    const tip = await pushStatus(client, device, 'after', last).catch(async () => {
      // One more was taken in, and its answer was cut off.
      const known = await client.ask(ours);
      return await pushStatus(
        client,
        device,
        'after',
        /([0-9a-f]{40}) refs/.exec(known.body.toString('latin1'))?.[1],
      );
    });
    assert.match(tip, /^[0-9a-f]{40}$/);
  }
});
