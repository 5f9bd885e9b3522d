/**
 * The gateway by itself ends what may no longer be: here the device is one that does nothing of its own, keeps every channel open
 * and is told nothing.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2, { type ClientChannel } from 'ssh2';
import type { DesiredTunnel } from '../../../core/fleet/tunnel.ts';
import type { Clock } from '../../../core/io/clock.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';
import { device, deviceHost, openTunnel, type ViewChange } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { logIn } from './client.ts';

/** From the commit's arrival, in the words. */
const withinMs = 10_000;

describe('the gateway alone, within ten seconds', { timeout: 120_000 }, () => {
  const rigs: Rig[] = [];
  after(async () => {
    for (const rig of rigs) await rig[Symbol.asyncDispose]();
  });

  const open = openTunnel({ ssh: 2222, panel: 8080 });

  /** A person with a channel to the agent's own server, one to the device's sshd, one to another target. */
  async function visited(tunnel: DesiredTunnel = open, clock: Clock = createSystemClock()) {
    const rig = await Rig.start({ tunnel, clock });
    rigs.push(rig);
    await idleDevice(rig);
    const { client, reach } = await logIn(rig);
    client.on('error', () => {});
    const channels = {
      server: await reach(device, 22),
      sshd: await reach(deviceHost, 22),
      panel: await reach(device, 8080),
    };
    const closed = new Set<string>();
    for (const [name, channel] of Object.entries(channels))
      channel.resume().once('close', () => closed.add(name));
    return { rig, closed, client };
  }

  /** Which of the three are cut by a change, at last. */
  async function cutBy(tunnel: DesiredTunnel | undefined, change: ViewChange, expected: readonly string[]) {
    const { rig, closed, client } = await visited();
    const publishedMs = performance.now();
    await rig.publish(tunnel, change);
    while (closed.size < expected.length && performance.now() - publishedMs < withinMs) await wait(5);
    // What stays would be cut at once, too.
    await wait(50);
    assert.deepEqual([...closed].sort(), [...expected].sort());
    client.end();
  }

  const all = ['server', 'sshd', 'panel'];

  test('cuts live channels when the tunnel is closed', () => cutBy({ ...open, state: 'closed' }, {}, all));

  test('cuts live channels when the device is revoked', () => cutBy(open, { revoked: true }, all));

  test('cuts live channels when the person is gone, or reaches the device no more', async () => {
    await cutBy(open, { operatorGone: true }, all);
    await cutBy(open, { reaches: false }, all);
  });

  test('cuts live channels when `allow` names others', () => cutBy({ ...open, allow: ['bob'] }, {}, all));

  test('cuts what cannot be recorded when recording is required, and leaves the agent’s own server', () =>
    cutBy(open, { access: { record: 'required' } }, ['sshd', 'panel']));

  test('cuts the channel to a target that is gone or leads elsewhere, and no other', async () => {
    await cutBy(openTunnel({ ssh: 2222 }), {}, ['panel']);
    const elsewhere = open.targets.map(target => ({
      ...target,
      host: target.name === 'ssh' ? '10.0.0.9' : target.host,
    }));
    await cutBy({ ...open, targets: elsewhere }, {}, ['sshd']);
  });

  test('cuts live channels at `until`, without another commit', async () => {
    const untilMs = Date.now() + 8_000;
    const { closed } = await visited({ ...open, untilMs });
    while (closed.size < all.length && Date.now() < untilMs + withinMs) await wait(5);
    assert.deepEqual([...closed].sort(), [...all].sort());
    assert.ok(Date.now() >= untilMs);
  });

  test('cuts live channels when the time is over that was left to them, where the clock is put back, whatever is committed', async () => {
    const clock = new PutClock();
    const tunnel = { ...open, untilMs: Date.now() + 3_600_000 };
    const { rig, closed } = await visited(tunnel, clock);
    clock.aheadMs = -3 * 3_600_000;
    clock.passedMs = 3_500_000;
    await rig.publish(tunnel);
    await wait(100);
    assert.equal(closed.size, 0);
    clock.passedMs = 3_600_001;
    const overMs = performance.now();
    while (closed.size < all.length && performance.now() - overMs < withinMs) await wait(5);
    assert.deepEqual([...closed].sort(), [...all].sort());
  });

  test('says that a device came twice at once, and knows what it offers by short names alone', async () => {
    const { rig } = await visited();
    const device = await idleDevice(rig);
    const said = rig.audits.map(({ message }) => message).filter(message => message?.includes('anew'));
    assert.deepEqual(said, [
      'the device connected anew, as soon as it had connected: another agent may have its keys',
    ]);
    const refused = await new Promise(resolve => device.forwardIn('x'.repeat(10_000), 1, resolve));
    assert.ok(refused instanceof Error);
    assert.deepEqual(rig.tunnels.list()[0]?.targets, ['panel:8080', 'ssh:2222', 'towline:22']);
  });
});

/** It proves its key, offers all that it may, and leaves every channel as it is. */
async function idleDevice(rig: Rig): Promise<ssh2.Client> {
  const client = new ssh2.Client();
  const socket = connect({ port: rig.devicePort, host: '127.0.0.1', noDelay: true });
  const privateKey = await readFile(join(rig.folder, 'device'), 'utf8');
  client.on('error', () => {});
  client.on('tcp connection', (_details, accept) => {
    const channel: ClientChannel = accept();
    channel.on('error', () => {}).resume();
  });
  client.connect({ sock: socket, username: device, privateKey, hostVerifier: () => true });
  await once(client, 'ready');
  for (const [name, port] of [
    ['towline', 22],
    ['ssh', 2222],
    ['panel', 8080],
  ] as const)
    await new Promise<void>((resolve, reject) =>
      client.forwardIn(name, port, error => (error ? reject(error) : resolve())),
    );
  return client;
}
