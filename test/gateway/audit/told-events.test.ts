/** Of what kind an entry is, and of whom: by the words that the parts of the gateway write down. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEvent } from '../../../gateway/admission/audit.ts';
import { LeftOut } from '../../../gateway/audit/left-out.ts';
import { toldEvent } from '../../../gateway/audit/told-events.ts';
import { PutClock } from '../../../lab/rig/put-clock.ts';

const told = (action: string, more: Omit<AuditEvent, 'action'> = { outcome: 'allowed', who: 'alice' }) => {
  const { type, device, person } = toldEvent({ action, ...more }, 0) ?? assert.fail();
  return [type, device, person];
};

test('wherever a person went, the device is named, and they are', () => {
  for (const [action, type] of [
    ['reach pump-17:22', 'session'],
    ['reach pump-17.host:22', 'session'],
    ['session web+pump-17', 'session'],
    ['session shop.web+x+pump-17', 'session'],
    ['read-recordings pump-17 0123', 'session'],
    ['watch pump-17', 'session'],
    ['bundle pump-17', 'bundle'],
    ['take-back pump-17', 'push'],
    ['now pump-17', 'session'],
  ] as const)
    assert.deepEqual(told(action), [type, 'pump-17', 'alice'], action);
  assert.deepEqual(told('watch pump-17 pump-18'), ['session', undefined, 'alice']);
  assert.deepEqual(told('port 7017 pump-17', { outcome: 'allowed' }), ['port', 'pump-17', undefined]);
});

test('a name that only begins like a device’s is none', () => {
  for (const host of ['pump-17.example.com:22', 'pump-17_x:22', 'pump-17@there:22'])
    assert.deepEqual(
      told(`reach ${host}`, { outcome: 'refused', who: 'alice' }),
      ['refusal', undefined, 'alice'],
      host,
    );
  const stranger = { outcome: 'refused', who: 'key AAAAC3Nza/x' } as const;
  assert.deepEqual(told('enrol', stranger), ['refusal', undefined, undefined]);
  assert.match(toldEvent({ action: 'enrol', ...stranger }, 0)?.words ?? '', /key AAAAC3Nza/);
});

test('a step of the bot is of a rollout', () => {
  assert.deepEqual(told('rollout advance', { outcome: 'allowed', who: 'rollout-bot' }), [
    'rollout',
    undefined,
    'rollout-bot',
  ]);
});

test('a flood of strangers leaves room for refusals of those who are known', () => {
  const leftOut = new LeftOut(new PutClock());
  const stranger: AuditEvent = { action: 'connection', outcome: 'refused', from: '2001:db8::1' };
  for (let at = 0; at < 10_000; at += 1) leftOut.mayTell(stranger);
  assert.equal(leftOut.mayTell(stranger), false);
  // A key that a stranger has made is a name, and nobody's.
  assert.equal(leftOut.mayTell({ ...stranger, action: 'enrol', who: 'key AAAA' }), false);
  assert.equal(leftOut.mayTell({ ...stranger, action: 'reach pump-17:22', who: 'bob' }), true);
});
