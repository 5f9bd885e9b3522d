/** What a pass makes of a commit's way in: one with problems narrows and opens nothing, none opens for longer than the fleet has it. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WayInRoom } from '../../../agent/pass/way-in-room.ts';
import { ProjectStore } from '../../../agent/projects/project-store.ts';
import type { ObservedTunnel, TunnelController } from '../../../agent/tunnel/controller.ts';
import type { DeviceAccess } from '../../../core/access/device-access.ts';
import { tunnelEndMs } from '../../../core/access/tunnel-end.ts';
import type { DesiredWayIn } from '../../../core/desired/state.ts';
import { makeAccess } from '../../../lab/rig/access-change.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';

const { tunnel: closedTunnel } = makeDesired('pump', []);
const open: DesiredWayIn['tunnel'] = { ...closedTunnel, state: 'open', untilMs: 1000 };
const hour = 3_600_000;

interface Given {
  readonly store?: Pick<ProjectStore, 'noteTunnel' | 'memory'>;
  readonly now?: () => number;
}

function room(state: ObservedTunnel['state'], { store, now = () => 0 }: Given = {}) {
  const done: string[] = [];
  const desired = state === 'closed' ? undefined : open;
  const tunnel: TunnelController = {
    observe: () => ({ state, desired, untilMs: open.untilMs }),
    open: async ({ untilMs }) => {
      done.push(`open until ${untilMs}`);
    },
    close: async () => {
      done.push('close');
    },
    stop: async () => {},
  };
  const logins = {
    use: async (access: DeviceAccess | undefined) => {
      done.push(access === undefined ? 'nobody' : `somebody until ${tunnelEndMs(access.tunnel)}`);
    },
  };
  const memory = async (nowMs: number) => ({ nowMs, projects: new Map() });
  const forgetful = { noteTunnel: async () => {}, memory };
  const wayIn = new WayInRoom({ tunnel, logins, store: store ?? forgetful, time: { now } });
  const log = { info() {}, warn() {} };
  const passing = { log: log as never, signal: new AbortController().signal };
  return {
    done,
    narrow: (wanted: DesiredWayIn) => wayIn.narrow(wanted, passing),
    follow: (wanted: DesiredWayIn) => wayIn.follow(wanted, wanted.tunnel, passing),
  };
}

test('a tunnel that is open is closed by it, and nobody may come in', async () => {
  const { done, narrow } = room('open');
  assert.equal(await narrow({ tunnel: { ...closedTunnel, state: 'closed' } }), 1);
  assert.deepEqual(done, ['nobody', 'close']);
});

test('a tunnel that is closed stays closed', async () => {
  const { done, narrow } = room('closed');
  assert.equal(await narrow({ tunnel: open }), 0);
  assert.deepEqual(done, []);
});

test('a line written far ahead opens tunnel and server for the fleet’s longest time, and a restart does not prolong it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tl-way-in-'));
  const tunnel = { ...open, untilMs: 99_000 * hour, maxDurationMs: 2 * hour };
  const access = { ...(await makeAccess(folder, 'pump', { operators: {} })), tunnel };
  let nowMs = 1000;
  const start = () =>
    room('closed', { store: new ProjectStore({ stateDirectory: folder }), now: () => nowMs });
  const said = async (wanted: DesiredWayIn['tunnel']) => {
    const { done, follow } = start();
    await follow({ tunnel: wanted, access: { ...access, tunnel: wanted } });
    return done;
  };
  const until = (ms: number) => [`somebody until ${ms}`, `open until ${ms}`];
  assert.deepEqual(await said(tunnel), until(1000 + 2 * hour));
  nowMs += hour;
  assert.deepEqual(await said({ ...tunnel, allow: ['alice'] }), until(1000 + 2 * hour));
  nowMs += hour;
  assert.deepEqual(await said(tunnel), [`somebody until ${nowMs}`], 'over');
  const nearer = { ...tunnel, untilMs: nowMs + 5 };
  assert.deepEqual(await said(nearer), until(nowMs + 5), 'another commit opens it anew');
  await said({ ...tunnel, state: 'closed' });
  assert.deepEqual(await said(tunnel), until(nowMs + 2 * hour), 'closed and opened again by commits');
  await rm(folder, { recursive: true });
});
