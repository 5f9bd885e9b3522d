/** `tunnels.maxDuration` bounds every opening, whatever `until` a line says: held by the judge that gateway and device ask. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AccessOperator, DeviceAccess } from '../../../core/access/device-access.ts';
import { judgeAccess } from '../../../core/access/judge.ts';
import { noAccess } from '../../../core/access/settings.ts';
import { notedOpening, openingKey, tunnelEndMs } from '../../../core/access/tunnel-end.ts';

const hour = 3_600_000;
const nowMs = Date.UTC(2026, 6, 1);
const tunnel = { state: 'open', maxDurationMs: 8 * hour, targets: [] } as const;
const farAhead = { ...tunnel, untilMs: Date.UTC(2099, 0, 1) };
const operator: AccessOperator = {
  name: 'alice',
  keys: ['AAAA'],
  file: { apiVersion: 'towline/v1', sshKeys: ['ssh-ed25519 AAAA'], tunnels: [{ all: true }] },
};

function judged(seen: DeviceAccess['tunnel'], at: number): string {
  const on: DeviceAccess = {
    ...{ fleet: 'acme', commit: '0'.repeat(40), gatewayKeys: [], certificateKeys: [] },
    device: { id: 'pump-17', groups: [], labels: {}, file: {} },
    ...{ tunnel: seen, access: noAccess, operators: [] },
  };
  const verdict = judgeAccess({
    ...{ on, operator, coming: { by: 'key' }, wanted: { kind: 'server' }, nowMs: at },
  });
  return verdict.allowed ? 'yes' : verdict.why;
}

describe('the judge', () => {
  test('a line written far ahead opens for `tunnels.maxDuration` after it was first seen, and no longer', () => {
    const seen = { ...farAhead, openedMs: nowMs };
    assert.equal(judged(seen, nowMs + 8 * hour - 1), 'yes');
    assert.equal(judged(seen, nowMs + 8 * hour), 'closed');
  });

  test('an `until` before that ends it there', () => {
    const seen = { ...tunnel, untilMs: nowMs + hour, openedMs: nowMs };
    assert.equal(judged(seen, nowMs + hour - 1), 'yes');
    assert.equal(judged(seen, nowMs + hour), 'closed');
  });

  test('who does not know since when it is open lets nobody in, also where `until` is near', () => {
    assert.equal(judged({ ...tunnel, untilMs: nowMs + hour }, nowMs), 'closed');
    assert.equal(tunnelEndMs(farAhead), undefined);
  });
});

describe('when a tunnel was first seen open', () => {
  const first = notedOpening(farAhead, undefined, nowMs);

  test('is what was noted of this very opening, also where places and people are others', () => {
    assert.equal(first.firstOpenMs, nowMs);
    const changed = { ...farAhead, targets: [{ name: 'ssh', host: 'h', port: 1 }], allow: ['alice'] };
    assert.equal(notedOpening(changed, first, nowMs + hour), first);
  });

  test('is anew for another end, reason or longest time: each takes a commit', () => {
    for (const change of [{ untilMs: 1 }, { reason: 'another' }, { maxDurationMs: 1 }]) {
      assert.notEqual(openingKey({ ...farAhead, ...change }), first.key);
      assert.equal(notedOpening({ ...farAhead, ...change }, first, nowMs + 5).firstOpenMs, nowMs + 5);
    }
  });

  test('is never later than the present: a clock that was ahead and was put right prolongs nothing', () => {
    const { firstOpenMs } = notedOpening(farAhead, { ...first, firstOpenMs: Date.UTC(2098, 0, 1) }, nowMs);
    assert.equal(firstOpenMs, nowMs);
  });
});
