import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  grantedLogins,
  loginLines,
  maxGrantedLogins,
} from '../../../../agent/access/logins/granted-logins.ts';
import { noAccess } from '../../../../core/access/settings.ts';
import { accessTo, hour, personNamed } from './access-samples.ts';

const nowMs = Date.UTC(2027, 0, 31, 17);
const tunnel = { state: 'open', openedMs: nowMs, maxDurationMs: hour, targets: [] } as const;
const alice = personNamed('alice', 'AAAA1', 'AAAA2');
const bob = personNamed('bob', 'BBBB');

describe('who may log in at the device’s own sshd', () => {
  const granted = (more: Parameters<typeof accessTo>[1] = {}, at = nowMs) =>
    grantedLogins(accessTo([alice, bob], { tunnel, ...more }), at).map(({ user, key }) => `${user} ${key}`);

  test('everyone who reaches the device, or who is named, with each of their keys', () => {
    assert.deepEqual(granted(), ['root AAAA1', 'root AAAA2', 'root BBBB']);
    const logins = [{ user: 'root', operators: ['alice'] }, { user: 'pump' }];
    const access = { ...noAccess, logins };
    assert.deepEqual(granted({ access }), [
      'root AAAA1',
      'root AAAA2',
      'pump AAAA1',
      'pump AAAA2',
      'pump BBBB',
    ]);
    assert.deepEqual(granted({ tunnel: { ...tunnel, allow: ['bob'] } }), ['root BBBB']);
  });

  test('nobody: no account is named, closed, before it is open, at its end, without an end, revoked, recording required', () => {
    assert.deepEqual(grantedLogins(undefined, nowMs), []);
    assert.deepEqual(granted({ access: noAccess }), []);
    assert.deepEqual(granted({ tunnel: { ...tunnel, state: 'closed' } }), []);
    assert.deepEqual(granted({}, nowMs + hour), []);
    assert.equal(granted({}, nowMs + hour - 1).length, 3);
    const { openedMs: _, ...endless } = tunnel;
    assert.deepEqual(granted({ tunnel: endless }), []);
    const device = { id: 'pump-17', groups: [], labels: {}, file: { revoked: true } };
    assert.deepEqual(granted({ device }), []);
    assert.deepEqual(
      granted({ access: { ...noAccess, logins: [{ user: 'root' }], record: 'required' } }),
      [],
    );
  });

  test('a line for each, with its end in UTC, after how long it holds; never more than sshd reads through', () => {
    const lines = loginLines([{ user: 'root', key: 'AAAA', untilMs: nowMs + hour + 999 }], nowMs);
    assert.equal(lines, `lease ${nowMs / 1000}\nroot 20270131180000Z AAAA\n`);
    const crowd = Array.from({ length: 2000 }, (_, number) => personNamed(`p${number}`, 'A', 'B', 'C'));
    assert.equal(grantedLogins(accessTo(crowd, { tunnel }), nowMs).length, maxGrantedLogins);
  });
});
