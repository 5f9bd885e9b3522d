/** A commit whose apps have problems: who comes in follows it where a tunnel is open, and nothing is opened by it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WayInRoom } from '../../../agent/pass/way-in-room.ts';
import type { ObservedTunnel, TunnelController } from '../../../agent/tunnel/controller.ts';
import type { DeviceAccess } from '../../../core/access/device-access.ts';
import type { DesiredWayIn } from '../../../core/desired/state.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';

const { tunnel: closedTunnel } = makeDesired('pump', []);
const open: DesiredWayIn['tunnel'] = { ...closedTunnel, state: 'open', untilMs: 1000 };

function room(state: ObservedTunnel['state']) {
  const done: string[] = [];
  const desired = state === 'closed' ? undefined : open;
  const tunnel: TunnelController = {
    observe: () => ({ state, desired, untilMs: open.untilMs }),
    open: async () => {
      done.push('open');
    },
    close: async () => {
      done.push('close');
    },
    stop: async () => {},
  };
  const logins = {
    use: async (access: DeviceAccess | undefined) => {
      done.push(access === undefined ? 'nobody' : 'somebody');
    },
  };
  const memory = async (nowMs: number) => ({ nowMs, projects: new Map() });
  const store = { noteTunnel: async () => {}, memory };
  const wayIn = new WayInRoom({ tunnel, logins, store: store as never, time: { now: () => 0 } });
  const log = { info() {}, warn() {} };
  const passing = { log: log as never, signal: new AbortController().signal };
  return { done, narrow: (wanted: DesiredWayIn) => wayIn.narrow(wanted, passing) };
}

test('a tunnel that is open is closed by it, and nobody may come in', async () => {
  const { done, narrow } = room('open');
  assert.equal(await narrow({ tunnel: { ...closedTunnel, state: 'closed' } }), 1);
  assert.deepEqual(done, ['nobody', 'close', 'nobody']);
});

test('a tunnel that is closed stays closed', async () => {
  const { done, narrow } = room('closed');
  assert.equal(await narrow({ tunnel: open }), 0);
  assert.deepEqual(done, []);
});
