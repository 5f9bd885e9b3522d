/** A device leaves the fleet: stopped and called back, then removed with what it had; a last word, then silence. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { release } from '../../lab/fleet/publish.ts';
import { secondRelease } from '../../lab/fleet/releases.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { device, type OneDevice, oneDevice } from './one-device.ts';

describe('a retired device', () => {
  let fleet: OneDevice;
  const external = `archive-${device}`;
  const docker = (...args: string[]) =>
    fleet.rig.workspace.run('docker', args, {
      environment: { DOCKER_HOST: `unix://${fleet.rig.engine.socket}` },
    });
  const states = async () => (await fleet.services()).map(({ service, state }) => `${service} ${state}`);
  const status = () => fleet.rig.telemetry.status(device);
  const words = () => fleet.agent.program.lastWords();
  async function towline(...args: string[]): Promise<void> {
    const { code, stderr } = await fleet.rig.operator.quietly('towline', args);
    assert.equal(code, 0, stderr);
  }

  before(async () => {
    fleet = await oneDevice();
    await docker('volume', 'create', external);
    fleet.rig.operator.edit(
      'apps/hello/compose.yaml',
      [['services', 'web', 'volumes'], ['archive:/archive']],
      [['volumes', 'archive'], { external: true, name: external }],
    );
    await release(fleet.rig, secondRelease);
    await fleet.publish('volumes');
    assert.equal(await fleet.agent.pass(), 0, words());
    assert.deepEqual(await states(), ['web running', 'worker running']);
  });
  after(async () => {
    await docker('volume', 'rm', external).catch(() => undefined);
    await fleet?.stop();
  });

  test('stops its apps, says so in a last status, and is refused from then on without a line', async () => {
    await towline('device', 'retire', device);
    const commit = await fleet.publish('stop');
    assert.equal(await fleet.agent.pass(), 0, words());
    assert.deepEqual(await states(), ['web exited', 'worker exited']);
    const said = await status();
    assert.deepEqual([said?.outcome, said?.retired, said?.trusted.commit], ['retired', 'stop', commit]);
    assert.deepEqual(
      said?.projects.map(({ state }) => state),
      ['stopped'],
    );
    const count = await fleet.rig.telemetry.count(device);
    // The next start asks once: it is refused, does what it knows, and is content.
    assert.equal(await fleet.agent.pass(), 0, words());
    assert.match(words(), /GATEWAY_DEVICE_RETIRED/);
    assert.equal(await fleet.rig.telemetry.count(device), count);
    const audit = path.join(fleet.rig.gateway.folder, 'state', 'audit.log');
    assert.ok(existsSync(audit) && !/GATEWAY_DEVICE_RETIRED/.test(readFileSync(audit, 'utf8')), audit);
  });

  test('what was stopped stays stopped when somebody else starts it and the agent starts again', async () => {
    const [web] = await fleet.services();
    await docker('start', web?.containerId ?? '');
    assert.equal(await fleet.agent.pass(), 0, words());
    assert.deepEqual(await states(), ['web exited', 'worker exited']);
  });

  test('comes back by a commit and a start of its agent', async () => {
    await towline('device', 'retire', device, '--undo');
    await fleet.publish('back');
    assert.equal(await fleet.agent.pass(), 0, words());
    assert.deepEqual(await states(), ['web running', 'worker running']);
    assert.equal((await status())?.retired, undefined);
  });

  test('removes apps with their volumes, those of others stay; its agent asks nothing and says nothing', async () => {
    await towline('device', 'retire', device, '--apps', 'remove-with-volumes');
    assert.match(
      fleet.rig.operator.read(`devices/${device}.yaml`),
      new RegExp(`remove-with-volumes: ${device}`),
    );
    fleet.agent.program.start();
    await waitUntil(
      'it is idle',
      () => fleet.agent.program.lines().some(({ msg }) => msg === 'pass ended') || undefined,
    );
    await fleet.publish('remove');
    const isSilent = () =>
      fleet.agent.program.lines().some(({ msg }) => String(msg).startsWith('retired: nothing is asked'));
    await waitUntil('it is silent', () => isSilent() || undefined, { seen: words });
    assert.deepEqual(await states(), []);
    const volumes = (await docker('volume', 'ls', '--quiet')).split('\n');
    assert.deepEqual(
      volumes.filter(name => name.includes(device)),
      [external],
    );
    const said = await status();
    assert.deepEqual([said?.outcome, said?.retired], ['retired', 'remove-with-volumes']);
    // The poll is every two seconds.
    await delay(1_000);
    const { bytesDown } = fleet.network;
    await delay(3_000);
    assert.equal(fleet.network.bytesDown, bytesDown);
    assert.ok(fleet.agent.program.running);
    const shown = await fleet.rig.operator.quietly('towline', [
      'status',
      '--telemetry',
      'ssh://gateway/telemetry.git',
    ]);
    assert.match(shown.stdout, new RegExp(`^${device} +retired .*has left the fleet$`, 'm'), shown.stderr);
    await fleet.agent.program.stop();
  });
});
