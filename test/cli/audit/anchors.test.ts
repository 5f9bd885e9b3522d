/** What clones and auditors know holds the gateway's owner, who has the key and the repository, whichever way they take. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import { AuditRig } from '../../gateway/audit/rig.ts';
import { git } from '../../gateway/rig/gateway.ts';
import { fleetFile } from '../../gateway/rig/program.ts';
import { towline } from '../towline.ts';

let person: SshKey;
let rig: AuditRig;
let fleet: FleetRepository;

before(async () => {
  person = await makeSshKey();
  rig = await AuditRig.make();
  ({ repository: fleet } = await makeFleetRepository({
    signer: person,
    files: { 'fleet.yaml': `${fleetFile}audit: {keys: ["${rig.key.publicLine}"]}\n` },
  }));
});
after(async () => {
  await fleet.remove();
  await person.remove();
  await rig[Symbol.asyncDispose]();
});

const told = async (who: string): Promise<string> => {
  const trail = await rig.open();
  trail.write({ action: 'login', outcome: 'allowed', who });
  await trail.close();
  return `${trail.head?.seq}:${trail.head?.hash}`;
};
const verify = (repo: string, ...more: string[]) =>
  towline(['audit', 'verify', ...more, '--repo', repo, '--telemetry', `file://${rig.telemetryGit}`]);
const seenFile = (repo: string) => {
  const folder = join(git(['rev-parse', '--absolute-git-dir'], { cwd: repo }).trim(), 'towline');
  return join(folder, readdirSync(folder).find(name => /^audit-.*\.head$/.test(name)) ?? assert.fail());
};
const put = (tip: string) => git(['update-ref', 'refs/heads/audit', tip], { cwd: rig.telemetryGit });

test('an owner who shows one log to one clone and another to the other is found by the head of either', async () => {
  await told('alice');
  const { tip } = rig;
  const other = join(rig.folder, 'other');
  git(['clone', '-q', fleet.path, other]);
  const one = await told('bob');
  assert.equal((await verify(fleet.path)).code, 0);
  const { tip: newer } = rig;
  put(tip);
  const two = await told('nobody');
  assert.equal((await verify(other)).code, 0, 'it was never shown the first');
  assert.match((await verify(other, '--head', one)).output, /AUDIT_REWRITTEN --head/);
  put(newer);
  assert.match((await verify(fleet.path, '--head', two)).output, /AUDIT_REWRITTEN --head/);
  // An old branch, shown again.
  put(tip);
  assert.match((await verify(fleet.path)).output, /AUDIT_CUT this clone/);
  put(newer);
  assert.equal((await verify(fleet.path)).code, 0);
});

test('--forget forgets nothing for a log that is not sound', async () => {
  const { tip } = rig;
  const seen = readFileSync(seenFile(fleet.path), 'utf8');
  const cwd = rig.telemetryGit;
  const unsigned = git(['commit-tree', '-m', 'x', `${tip}^{tree}`], { cwd }).trim();
  put(unsigned);
  assert.equal((await verify(fleet.path, '--forget')).code, 3);
  assert.equal(readFileSync(seenFile(fleet.path), 'utf8'), seen);
  put(tip);
  assert.equal((await verify(fleet.path)).code, 0);
});

test('an owner who lets the log begin anew behind what was seen a while ago is found: it cannot be too old to be kept', async () => {
  const head = await told('mallory');
  assert.equal((await verify(fleet.path)).code, 0);
  const seen = readFileSync(seenFile(fleet.path), 'utf8');
  // With the key, a clock and a setting that are theirs.
  rig.keepDays = 1;
  for (let day = 0; day < 3; day += 1) {
    await told('nobody');
    rig.clock.aheadMs += 86_400_000;
  }
  const { code, output } = await verify(fleet.path);
  assert.equal(code, 3, output);
  assert.match(output, /AUDIT_CUT this clone: this clone knows entry \d+, and the log begins behind entry/);
  const byHead = await verify(fleet.path, '--forget', '--head', head);
  assert.equal(byHead.code, 3, byHead.output);
  assert.match(byHead.output, /AUDIT_CUT --head/);
  // A clone that looked when it is long not to be known any more: a note.
  const [line = ''] = seen.split('\n');
  writeFileSync(seenFile(fleet.path), `${line}\n2020-01-01T00:00:00.000Z\n`);
  const late = await verify(fleet.path);
  assert.equal(late.code, 0, late.output);
  assert.match(late.output, /this clone knows entry \d+, which is not kept any longer/);
});
