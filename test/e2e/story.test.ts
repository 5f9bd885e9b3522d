import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { publish, release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import {
  appliedEverywhere,
  changeOneService,
  closeTunnel,
  mend,
  openTunnel,
  pushUnsigned,
  releaseBroken,
  runningServices,
} from '../../scripts/demo/story.ts';

describe('from a signed commit to running containers', () => {
  let rig: FleetRig;
  /** service → container, of one device. */
  const containers = async (device: string): Promise<Record<string, string>> => {
    const services = (await runningServices(rig)).get(device) ?? [];
    return Object.fromEntries(services.map(({ service, containerId }) => [service, containerId]));
  };
  const version = async (device: string) =>
    (await (await fetch(`http://127.0.0.1:${rig.device(device).httpPort}/version`)).text()).trim();

  before(async () => {
    rig = await FleetRig.prepare({ narrator: silent });
    await initialise(rig);
    await addGateway(rig);
    await addDevices(rig);
    await release(rig, firstRelease);
    await rig.gateway.start();
  });
  after(() => rig?.stop());

  test('a signed release runs on both devices, each with containers of its own', async () => {
    const commit = await publish(rig, 'The first release');
    for (const device of rig.devices) device.program.start();
    const statuses = await appliedEverywhere(rig, commit);
    for (const [device, status] of statuses) {
      assert.equal(status.device, device);
      assert.equal(status.applied, commit);
      assert.equal(await version(device), firstRelease);
      const services = (await runningServices(rig)).get(device) ?? [];
      assert.deepEqual(
        services.map(({ service, state }) => [service, state]),
        [
          ['web', 'running'],
          ['worker', 'running'],
        ],
      );
    }
    assert.notDeepEqual(await containers('north'), await containers('south'));
  });

  test('a release that changes one of two services replaces that one only', async () => {
    const { before: old, after: now } = await changeOneService(rig);
    for (const { id } of rig.devices) {
      const [was, is] = [old.get(id) ?? [], now.get(id) ?? []];
      assert.equal(await version(id), '1.1.0');
      assert.equal(is.length, 2);
      for (const { service, containerId } of is) {
        const same = was.some(other => other.containerId === containerId);
        assert.equal(same, service === 'worker', `${service} of ${id}`);
      }
    }
  });

  test('an unsigned commit is refused by both devices, which go on running what they ran', async () => {
    const trustedBefore = await rig.operator.git('rev-parse', 'HEAD');
    const { statuses, before: old, after: now, commit } = await pushUnsigned(rig);
    for (const [device, { trusted, stopped }] of statuses) {
      assert.equal(trusted.commit, trustedBefore);
      assert.equal(stopped?.code, 'TRUST_UNSIGNED');
      assert.equal(stopped?.commit, commit);
      assert.deepEqual(
        now.get(device)?.map(({ containerId }) => containerId),
        old.get(device)?.map(({ containerId }) => containerId),
      );
    }
  });

  test('towline trust mend gets both devices past the bad commit, and nothing of it comes into effect', async () => {
    const { statuses, commit } = await mend(rig);
    for (const [device, status] of statuses) {
      assert.equal(status.trusted.commit, commit);
      assert.equal(status.stopped, undefined);
      const [web] =
        (await runningServices(rig)).get(device)?.filter(({ service }) => service === 'web') ?? [];
      assert.ok(web);
      assert.match(await rig.view.execute(web.containerId, ['/bin/env']), /GREETING=Hello from the canary/);
    }
  });

  test('a release whose health check fails goes back to the last good state and is set aside', async () => {
    const { statuses, before: old } = await releaseBroken(rig);
    for (const [device, { outcome, projects }] of statuses) {
      assert.equal(outcome, 'rolled-back');
      const [project] = projects;
      assert.equal(project?.state, 'rolled-back');
      assert.ok(project?.setAside);
      assert.equal(await version(device), '1.1.0');
      const worker = (id: string | undefined) => id;
      const was = old.get(device)?.find(({ service }) => service === 'worker');
      assert.equal(
        worker((await containers(device)).worker),
        was?.containerId,
        'the other service was left alone',
      );
    }
  });

  test('a tunnel that a commit opened takes plain ssh to the device, and is closed by a commit', async () => {
    // Long enough for several passes: a pass with nothing new leaves the tunnel and its sessions alone.
    const { code, stdout } = await openTunnel(rig, 'north', ['sleep 6; echo hello from $((6 * 7))']);
    assert.equal(stdout.trim(), 'hello from 42');
    assert.equal(code, 0);

    const other = await rig.operator.quietly('ssh', [
      '-F',
      rig.operator.sshConfig,
      '-J',
      'gateway',
      'south.host',
      'true',
    ]);
    assert.notEqual(other.code, 0, 'the device whose tunnel is closed is not reached');

    await closeTunnel(rig, 'north');
    const again = await rig.operator.quietly('ssh', [
      '-F',
      rig.operator.sshConfig,
      '-J',
      'gateway',
      'north.host',
      'true',
    ]);
    assert.notEqual(again.code, 0);
  });

  test('each device’s branch is a history that git verifies and a person can read', async () => {
    for (const { id } of rig.devices) {
      const log = await rig.telemetry.log(id, '--format=%an|%s');
      assert.ok(log.trim().split('\n').length >= 5, log);
      const raw = await rig.telemetry.log(id, '-1', '--format=raw');
      assert.match(raw, /gpgsig -----BEGIN SSH SIGNATURE-----/);
    }
  });
});
