/** The gateway's disk, without room: devices are served, nothing half is kept, and room is all it takes to go on. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SmallDisk } from '../rig/small-disk.ts';
import { git, testDevice } from './rig/gateway.ts';
import { GatewayProgram, TestFleet } from './rig/program.ts';
import { pack, pushBody, pushStatus, refOf, sendPush, status } from './rig/push.ts';

const device = testDevice('pump-1');
let fleet: TestFleet;
let disk: SmallDisk;
let gateway: GatewayProgram;
let tip: string;

before(async () => {
  fleet = await TestFleet.make([device]);
  await fleet.init();
  disk = new SmallDisk(path.join(fleet.folder, 'state'), 16);
  gateway = await GatewayProgram.start(fleet.config);
  using client = gateway.client(device);
  tip = await pushStatus(client, device, 'one');
});
after(async () => {
  await gateway[Symbol.asyncDispose]();
  disk[Symbol.dispose]();
  await fleet[Symbol.asyncDispose]();
});

const tipNow = () => git(['rev-parse', refOf(device)], { cwd: fleet.telemetryGit });

for (const leave of [0, 4096, 8192, 12_288, 16_384, 32_768]) {
  test(`with ${leave} bytes of room a push is whole or is not there, and polls are answered`, async () => {
    using client = gateway.client(device);
    disk.fill(leave);
    const made = status(`full ${leave}`, [tip]);
    const body = pushBody(tip, made.id, refOf(device), pack(...made.objects));
    const answer = await sendPush(client, body);
    if (answer.status === 200) assert.equal(tipNow(), made.id);
    else {
      assert.equal(answer.status, 507);
      assert.match(answer.body.toString('utf8'), /GATEWAY_DISK_FULL/);
      assert.equal(tipNow(), tip);
    }
    assert.equal((await client.ask('/fleet.git/info/refs?service=git-upload-pack')).status, 200);
    git(['fsck', '--strict', '--full'], { cwd: fleet.telemetryGit });
    // What a person pushes is all there or refused by git itself; the gateway goes on either way.
    await fleet.push(gateway, `main:refs/heads/draft-${leave}`);
    disk.makeRoom();
    tip = await pushStatus(client, device, `after ${leave}`, tipNow());
    assert.equal((await fleet.push(gateway, `main:refs/heads/later-${leave}`)).code, 0);
  });
}
