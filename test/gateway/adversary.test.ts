/** A device whose keys were stolen: what they open at a real gateway, beside what they do not. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePacket } from '../../core/io/git/pkt-line.ts';
import { gitEnvironment, runGit, testDevice } from './rig/gateway.ts';
import { command, GatewayProgram, TestFleet } from './rig/program.ts';
import { pack, pushBody, pushStatus, refOf, sendPush, status, zero } from './rig/push.ts';
import { codeOf } from './rig/request.ts';

test('a stolen device key reads no telemetry of others, writes nothing of others, and is nobody on the people’s port', async () => {
  const [thief, victim] = [testDevice('pump-1'), testDevice('pump-2')];
  await using fleet = await TestFleet.make([thief, victim]);
  await fleet.init();
  await using gateway = await GatewayProgram.start(fleet.config);
  using mine = gateway.client(thief);
  using theirs = gateway.client(victim);
  const tip = await pushStatus(theirs, victim, 'of the victim\n');
  const own = await pushStatus(mine, thief, 'of the thief\n');

  const advert = await mine.ask('/telemetry.git/info/refs?service=git-receive-pack');
  assert.equal(advert.status, 200);
  assert.ok(advert.body.includes(own) && !advert.body.includes(tip) && !advert.body.includes('pump-2'));
  const reading = await mine.ask('/telemetry.git/info/refs?service=git-upload-pack');
  assert.deepEqual([reading.status, codeOf(reading)], [403, 'GATEWAY_REF_FORBIDDEN']);
  const fetching = await mine.ask('/telemetry.git/git-upload-pack', { method: 'POST' });
  assert.equal(codeOf(fetching), 'GATEWAY_ROUTE_UNKNOWN');
  // An object that is known by its id only, asked for where the thief may fetch.
  const want = Buffer.concat([
    encodePacket('command=fetch\n'),
    Buffer.from('0001'),
    encodePacket(`want ${tip}\n`),
    encodePacket('done\n'),
    Buffer.from('0000'),
  ]);
  const headers = { 'content-type': 'application/x-git-upload-pack-request', 'git-protocol': 'version=2' };
  const wanted = await mine.ask('/fleet.git/git-upload-pack', { method: 'POST', headers, body: want });
  assert.deepEqual([wanted.status, codeOf(wanted)], [403, 'GATEWAY_OBJECT_FORBIDDEN']);

  const forged = status('forged\n', [tip]);
  const refs = [refOf(victim), 'refs/heads/main', 'refs/heads/enrolment/pump-2', 'refs/heads/fleet-status'];
  for (const ref of refs) {
    const old = ref === refOf(victim) ? tip : zero;
    const answer = await sendPush(mine, pushBody(old, forged.id, ref, pack(...forged.objects)));
    assert.deepEqual([ref, answer.status, codeOf(answer)], [ref, 403, 'GATEWAY_REF_FORBIDDEN']);
  }
  const deletion = await sendPush(mine, pushBody(tip, zero, refOf(victim), Buffer.alloc(0)));
  assert.equal(codeOf(deletion), 'GATEWAY_REF_FORBIDDEN');
  const into = await mine.ask('/fleet.git/info/refs?service=git-receive-pack');
  assert.equal(codeOf(into), 'GATEWAY_ROUTE_UNKNOWN');
  assert.equal(runGit(['rev-parse', refOf(victim)], { cwd: fleet.telemetryGit }).stdout.trim(), tip);

  const identity = join(fleet.folder, 'stolen');
  writeFileSync(identity, thief.keys.sshKey, { mode: 0o600 });
  const options = ['-o StrictHostKeyChecking=no', '-o UserKnownHostsFile=/dev/null', '-o BatchMode=yes'];
  const ssh = `ssh -F none ${options.join(' ')} -o IdentitiesOnly=yes -o IdentityAgent=none -i ${identity}`;
  for (const repository of ['telemetry', 'fleet']) {
    const url = `ssh://towline@127.0.0.1:${gateway.people}/${repository}.git`;
    const listed = await command('git', ['ls-remote', url], {
      env: { ...gitEnvironment, GIT_SSH_COMMAND: ssh },
    });
    assert.notEqual(listed.code, 0);
    assert.match(listed.stderr, /Permission denied/);
    assert.equal(listed.stdout, '');
  }
});
