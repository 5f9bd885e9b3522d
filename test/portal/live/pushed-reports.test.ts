/** From a device's push to the pages that show it: at a real gateway, and at a desk that fetches from it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { git, testDevice } from '../../gateway/rig/gateway.ts';
import { sshFlags } from '../../gateway/rig/program.ts';
import { AskedDevice } from '../../rig/asked-device.ts';
import { DeskPortal } from '../rig/desk-portal.ts';
import { EventReader } from '../rig/event-reader.ts';
import { PortalGateway } from '../rig/portal-gateway.ts';
import { loggedInAt } from '../rig/portal-program.ts';

describe('what a device pushes', () => {
  const pump = testDevice('pump-1');
  let made: PortalGateway;
  let device: AskedDevice;
  let hints: Awaited<ReturnType<AskedDevice['listens']>>;
  before(async () => {
    made = await PortalGateway.start([pump]);
    device = new AskedDevice(made.gateway, pump);
    hints = await device.listens();
  });
  after(async () => {
    hints.destroy();
    await made[Symbol.asyncDispose]();
  });

  test('is asked for while its page is open at the gateway, and is told there', async () => {
    const client = await made.loggedIn();
    const list = new EventReader(await client.open('/api/v1/live?ids=pump-1'));
    await list.until(({ length }) => length > 0);
    const asked = device.asked;
    device.writes('a line');
    const reader = new EventReader(await client.open('/api/v1/live?device=pump-1'));
    await reader.until(events => events.some(({ data }) => data.tip !== undefined));
    assert.ok(device.asked > asked);
    await list.until(({ length }) => length > 1);
    reader.leave();
    list.leave();
  });

  test('is asked for by a desk that shows it, by way of the gateway, and is fetched there', async () => {
    await using desk = await DeskPortal.make();
    // The desk's clone is of the gateway's fleet, and its ssh is alice's.
    const url = (name: string) => `ssh://towline@127.0.0.1:${made.gateway.people}/${name}.git`;
    const cwd = desk.clone;
    const ssh = { GIT_SSH_COMMAND: `ssh ${sshFlags(made.fleet.operator).join(' ')}` };
    git(['config', 'towline.anchor', made.fleet.anchor], { cwd });
    git(['config', 'towline.telemetry', url('telemetry')], { cwd });
    git(['remote', 'set-url', 'origin', url('fleet')], { cwd });
    git(['update-ref', '-d', 'refs/remotes/origin/main'], { cwd });
    const client = await loggedInAt(await desk.start(['--no-browser'], ssh));
    const me = await client.api('/me');
    assert.equal(me.json.fleet, 'acme', desk.program.complaints.join('\n'));
    const reader = new EventReader(await client.open('/api/v1/live?device=pump-1'));
    await reader.until(events => events.some(({ data }) => data.tip !== undefined));
    // It sends when it is asked, and not before.
    device.writes('another line');
    const tips = () => new Set(reader.events.map(({ data }) => data.tip));
    await reader.until(() => tips().size > 1);
    reader.leave();
  });

  test('is told no more by a gateway that ends: pages are cut, and it does not wait for them', async () => {
    const client = await made.loggedIn();
    const reader = new EventReader(await client.open('/api/v1/live?overview=1'));
    await reader.until(({ length }) => length > 0);
    made.gateway.signal('SIGTERM');
    await reader.over();
    assert.equal(await made.gateway.ended(), 0);
  });
});
