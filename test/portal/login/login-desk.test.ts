import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { RateLimiter } from '../../../gateway/limits/device-limits.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';
import { LoginDesk } from '../../../portal/login/login-desk.ts';
import { LoginSessions } from '../../../portal/login/login-sessions.ts';
import { viewerOf } from '../rig/served-portal.ts';

const [ofOne, inAll] = [30, 100];

describe('where people log in', () => {
  const clock = new PutClock();
  const sessions = new LoginSessions({
    clock,
    people: { named: () => undefined, withSshKey: () => undefined, all: () => [] },
    viewerOf: ({ name, signal }) => viewerOf(name, signal),
    ended: () => undefined,
  });
  afterEach(() => sessions.close());

  test('one who tries without end is stopped, and nobody else with them', () => {
    const [ofAddress, ofAll] = [new RateLimiter(ofOne, clock), new RateLimiter(inAll, clock)];
    const tries = (of: string) => (of === '' ? ofAll : ofAddress).take(of);
    const desk = new LoginDesk({ sessions, audit: { write: () => undefined }, tries, clock });
    let stopped = 0;
    for (let time = 0; time < 10 * inAll; time += 1)
      try {
        desk.admit('192.0.2.1');
      } catch {
        stopped += 1;
      }
    assert.equal(stopped, 10 * inAll - ofOne);
    desk.admit('192.0.2.2');
  });
});
