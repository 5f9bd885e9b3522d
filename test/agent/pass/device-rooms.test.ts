/** A retired device: when it falls silent, and what it goes on doing then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceRooms } from '../../../agent/pass/device-rooms.ts';
import { beginFacts, type PassFacts } from '../../../agent/pass/pass-facts.ts';
import { noUpdates } from '../../../agent/update/self-update.ts';
import { type ErrorCode, TowlineError } from '../../../core/errors.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';

const retired = { ...makeDesired('pump', []), retired: 'stop' as const };

function roomsOf(applied: string | undefined) {
  const parts = {
    time: { now: () => 0, monotonic: () => 0 },
    freshness: { problem: async () => 'too old' },
    downloads: { now: undefined },
    update: noUpdates(),
    publisher: { applied, publish: async () => true },
    carried: { factsOf: () => ({}), timestampOf: () => undefined },
  };
  const pass = { log: { debug() {} }, urgent: false, signal: new AbortController().signal };
  // Only what these two rooms go through is there.
  return new DeviceRooms(parts as never).of(pass as never);
}

async function isSilentAfter(fetchError?: ErrorCode): Promise<boolean | undefined> {
  const facts: PassFacts = {
    ...beginFacts('pass'),
    desired: retired,
    applied: { outcome: 'unchanged', projects: [], leftovers: [] },
    ...(fetchError === undefined ? {} : { fetchError: new TowlineError(fetchError, 'why') }),
  };
  await roomsOf(undefined).report(facts, false);
  return facts.silent;
}

test('it falls silent once the gateway has answered, not where it could not be asked: it may have been called back', async () => {
  assert.equal(await isSilentAfter(), true);
  assert.equal(await isSilentAfter('AGENT_REFUSED'), true);
  assert.equal(await isSilentAfter('AGENT_GATEWAY_UNREACHABLE'), false);
});

test('what it has carried out holds without newer timestamps; what it has not waits for them', async () => {
  const settings = { ...retired.settings, freshnessMaxAgeMs: 1 };
  const stale = (applied: string | undefined, desired: PassFacts['desired']) => {
    const facts = { ...beginFacts('pass'), desired, verdict: { trusted: {} } };
    return roomsOf(applied).stale(facts as never, { head: retired.commit, timestamp: undefined, by: 'same' });
  };
  const leaving = { ...retired, settings };
  assert.equal(await stale(retired.commit, leaving), undefined);
  assert.equal(await stale('1'.repeat(40), leaving), 'too old');
  assert.equal(await stale(retired.commit, { ...makeDesired('pump', []), settings }), 'too old');
});
