/** `audit verify --evidence`: an entry of a device is held to what the device has signed in the commit that it names. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeStatusCommit } from '../../../agent/report/status-commit.ts';
import { sshKeyOf } from '../../../core/io/device-keys.ts';
import { buildPack } from '../../../core/io/git/object-write.ts';
import { fieldsOf, readFields } from '../../../core/json.ts';
import type { NumberedTransition, TransitionType } from '../../../gateway/transitions/transition.ts';
import { type FleetRepository, makeFleetRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../../lab/rig/keys.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';
import { AuditRig } from '../../gateway/audit/rig.ts';
import { statusFile } from '../../gateway/fleet-status/rig.ts';
import { git, testDevice } from '../../gateway/rig/gateway.ts';
import { deviceFile, fleetFile } from '../../gateway/rig/program.ts';
import { towline } from '../towline.ts';

const device = testDevice('pump-1');
const [old, wanted] = ['sha256:'.padEnd(71, 'a'), 'sha256:'.padEnd(71, 'b')];
let rig: AuditRig;
let person: SshKey;
let fleet: FleetRepository;
let number = 0;

before(async () => {
  rig = await AuditRig.make();
  person = await makeSshKey();
  ({ repository: fleet } = await makeFleetRepository({
    signer: person,
    files: {
      'fleet.yaml': `${fleetFile}audit: {keys: ["${rig.key.publicLine}"]}\n`,
      'devices/pump-1.yaml': deviceFile(device),
    },
  }));
});
after(async () => {
  await fleet.remove();
  await person.remove();
  await rig[Symbol.asyncDispose]();
});

/** A commit of the device's telemetry, as it lies in telemetry.git. */
function said(project: Partial<StatusFile['projects'][number]>, more: Partial<StatusFile> = {}): string {
  const whole = { app: 'web', project: 'web', state: 'healthy', services: [] } as const;
  const projects: StatusFile['projects'] = [{ ...whole, ...project, services: [] }];
  const status = statusFile(device.id, { fleet: 'acme', projects, ...more });
  const made = makeStatusCommit({
    ...{ device: device.id, fleet: 'acme', message: 'status', timeMs: Date.now(), parent: undefined },
    key: sshKeyOf(device.keys),
    files: new Map([['status.yaml', Buffer.from(JSON.stringify(status))]]),
  });
  git(['unpack-objects', '-q'], { cwd: rig.telemetryGit, input: buildPack(made.objects) });
  return made.id;
}

async function told(
  type: TransitionType,
  evidence: string,
  more: Partial<Omit<NumberedTransition, 'key'>> = {},
): Promise<void> {
  number += 1;
  const key = { fleet: 'acme', subject: 'device/pump-1', type };
  const base = { key, state: 'happened', at: Date.now(), severity: 'info', device: 'pump-1' } as const;
  const trail = await rig.open();
  await trail.took([{ ...base, app: 'web', number, evidence, ...more }]);
  await trail.close();
}

/** Messages of the faults of entries from here on, and how many are sound. */
async function checked(from: number): Promise<{ sound: unknown; gone: unknown; faults: string[] }> {
  const { output } = await towline([
    ...['audit', 'verify', '--evidence', '--json'],
    ...['--repo', fleet.path, '--telemetry', rig.telemetryGit],
  ]);
  const { sound, gone, faults } = fieldsOf(readFields(output).evidence);
  const all = Array.isArray(faults) ? faults.map(fieldsOf) : assert.fail(output);
  return {
    ...{ sound, gone },
    faults: all.filter(({ seq }) => Number(seq) > from).map(({ message }) => String(message)),
  };
}

test('what the device has said is sound: a release that began and is healthy, a failure and its end', async () => {
  const next = { release: '1.1', digest: wanted };
  const began = said({ release: '1.0', digest: old, state: 'progressing', wanted: next });
  const healthy = said({ ...next, wanted: next });
  const failed = said({
    ...next,
    wanted: next,
    state: 'failed',
    message: 'APPLY_UNHEALTHY: it does not answer',
  });
  await told('release.began', began, { release: '1.1' });
  await told('release.healthy', healthy, { release: '1.1' });
  await told('device.failed', failed, { state: 'open', release: '1.1', code: 'APPLY_UNHEALTHY' });
  await told('device.failed', healthy, { state: 'resolved', release: '1.1', code: 'APPLY_UNHEALTHY' });
  // What is doubtful is what it has not signed, and no fault of the log.
  await told('device.doubtful', rig.tip, { state: 'open' });
  assert.deepEqual(await checked(0), { sound: 4, gone: 0, faults: [] });
});

test('an entry that says more than the device, or something else, is named, though the commit is signed', async () => {
  const next = { release: '1.1', digest: wanted };
  const began = said({ release: '1.0', digest: old, state: 'progressing', wanted: next });
  const failed = said({ ...next, wanted: next, state: 'failed', message: 'APPLY_UNHEALTHY: x' });
  const begin = number;
  // A gateway that says that all went well, of another release, or that it is over.
  await told('release.healthy', began, { release: '1.1' });
  await told('release.began', began, { release: '1.2' });
  await told('device.failed', failed, { state: 'resolved', release: '1.1' });
  await told('device.failed', failed, { state: 'open', release: '1.0', code: 'APPLY_UNHEALTHY' });
  await told('device.failed', failed, { state: 'open', release: '1.1', code: 'APPLY_PULL' });
  await told('tunnel.open', began, { state: 'open' });
  const { faults } = await checked(begin);
  assert.equal(faults.length, 6, faults.join('\n'));
  for (const [at, pattern] of [
    /it does not say release.healthy of web 1.1/,
    /it does not say release.began of web 1.2/,
    /it still says device.failed/,
    /it says device.failed of 1.1, not 1.0/,
    /it says APPLY_UNHEALTHY, not APPLY_PULL/,
    /it does not say tunnel.open/,
  ].entries())
    assert.match(faults[at] ?? '', pattern);
});
