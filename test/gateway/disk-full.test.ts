/** The gateway's disk, without room: devices are served, nothing half is kept, and room is all it takes to go on. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SmallDisk } from '../rig/small-disk.ts';
import { git, testDevice } from './rig/gateway.ts';
import { command, GatewayProgram, TestFleet } from './rig/program.ts';
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

test('without room for a line of the audit log nobody is turned away for it, and the line is in the log', async () => {
  disk.makeRoom();
  const audit = path.join(fleet.folder, 'state', 'audit.log');
  // The slack of the file's last page would take some more lines.
  const page = 4096;
  disk.fill(page);
  appendFileSync(audit, `${' '.repeat(page - (statSync(audit).size % page) - 1)}\n`);
  disk.fill(0);
  using stranger = gateway.client(testDevice('stranger'));
  const headers = { connection: 'Upgrade', upgrade: 'towline-ssh' };
  assert.equal((await stranger.ask('/v1/hints')).status, 403);
  assert.equal((await stranger.ask('/v1/tunnel', { headers })).status, 403);
  const url = `ssh://towline@127.0.0.1:${gateway.people}/fleet.git`;
  const asked = await command('git', ['ls-remote', url], { env: fleet.ssh() });
  assert.equal(asked.code, 0, asked.stderr);
  await gateway.line('an audit line could not be written');
  disk.makeRoom();
  assert.equal((await command('git', ['ls-remote', url], { env: fleet.ssh() })).code, 0);
  const lines = readFileSync(audit, 'utf8').trim().split('\n');
  assert.ok(JSON.parse(lines.at(-1) ?? ''));
});

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
