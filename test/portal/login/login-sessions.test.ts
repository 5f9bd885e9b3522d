import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { PutClock } from '../../../lab/rig/put-clock.ts';
import { Challenges, challengeMs } from '../../../portal/login/challenges.ts';
import { LoginSessions, loginMs } from '../../../portal/login/login-sessions.ts';
import type { Person, Proof } from '../../../portal/login/proof.ts';
import { viewerOf } from '../rig/served-portal.ts';

const byKey: Proof = { by: 'ssh', key: 'AAAA' };

describe('logins', () => {
  const clock = new PutClock();
  const people = new Map<string, Person>();
  const ended: string[] = [];
  const person = (name: string): Person => ({
    name,
    file: { apiVersion: 'towline/v1', sshKeys: ['ssh-ed25519 AAAA'] },
  });
  const sessions = new LoginSessions({
    clock,
    people: {
      named: name => people.get(name),
      withSshKey: key => (key === 'AAAA' ? people.get('alice') : undefined),
      all: () => people.values(),
    },
    viewerOf: ({ name, signal }) => viewerOf(name, signal),
    ended: (name, _from, why) => ended.push(`${name}: ${why}`),
  });
  afterEach(() => {
    Object.assign(clock, { aheadMs: 0, passedMs: 0 });
    sessions.close();
    ended.length = 0;
  });

  test('are over after 8 hours, whatever the wall clock says, and what is open for them with it', () => {
    people.set('alice', person('alice'));
    const { token, login } = sessions.begin('alice', byKey, '192.0.2.1');
    Object.assign(clock, { aheadMs: -loginMs, passedMs: loginMs - 1000 });
    assert.equal(sessions.of(token), login);
    Object.assign(clock, { aheadMs: -loginMs, passedMs: loginMs });
    assert.equal(sessions.of(token), undefined);
    assert.ok(login.signal.aborted);
    assert.match(ended[0] ?? '', /hours/);
  });

  test('of one person are 16: another takes the place of the oldest', () => {
    people.set('alice', person('alice'));
    const begun = Array.from({ length: 17 }, () => sessions.begin('alice', byKey, '192.0.2.1'));
    assert.equal(sessions.size, 16);
    assert.ok(begun[0]?.login.signal.aborted);
    assert.equal(sessions.of(begun[1]?.token ?? ''), begun[1]?.login);
  });

  test('are over with the operator, and with the key that is another’s now', () => {
    people.set('alice', person('alice'));
    const { login, token } = sessions.begin('alice', byKey, '192.0.2.1');
    sessions.judgeAgain();
    assert.equal(sessions.of(token), login);
    people.set('alice', person('bob'));
    sessions.judgeAgain();
    assert.ok(login.signal.aborted);
    people.clear();
    assert.equal(sessions.of(token), undefined);
  });

  test('are kept by what their cookie hashes to, and each has a word of its own', () => {
    people.set('alice', person('alice'));
    const [one, other] = [1, 2].map(() => sessions.begin('alice', byKey, '192.0.2.1'));
    assert.notEqual(one?.token, other?.token);
    assert.notEqual(one?.login.csrf, other?.login.csrf);
    assert.notEqual(one?.token, one?.login.csrf);
    assert.equal(sessions.of(`${one?.token}x`), undefined);
  });
});

test('a challenge is good once, and for two minutes; what was not used is forgotten', () => {
  const clock = new PutClock();
  const challenges = new Challenges<string>(clock);
  const [first, second] = [challenges.make('first'), challenges.make('second')];
  assert.equal(challenges.use(first), 'first');
  assert.equal(challenges.use(first), undefined);
  Object.assign(clock, { passedMs: challengeMs });
  assert.equal(challenges.use(second), undefined);
  assert.equal(challenges.use('__proto__'), undefined);
});
