import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passAnswer } from '../../../agent/pass/pass-answer.ts';
import { beginFacts, type PassFacts } from '../../../agent/pass/pass-facts.ts';
import { TowlineError } from '../../../core/errors.ts';

const applied = { outcome: 'unchanged', projects: [], leftovers: [] } as const;
const closed = new TowlineError('AGENT_GATEWAY_UNREACHABLE', 'gw:8443: ECONNREFUSED');
const dead = new TowlineError('ENGINE_UNREACHABLE', 'the engine does not answer (ENOENT)');

function answer(facts: Partial<PassFacts>) {
  const { exitCode, message, errors } = passAnswer({ ...beginFacts('p'), ...facts });
  return { exitCode, message, codes: errors.map(({ code }) => code) };
}

test('all is well: one sentence, 0, no errors', () => {
  assert.deepEqual(answer({ applied }), { exitCode: 0, message: 'The pass ended: unchanged.', codes: [] });
});

test('nobody is told that nothing has changed when the gateway was not heard', () => {
  const away = answer({ applied, fetchError: closed });
  assert.deepEqual([away.exitCode, away.codes], [6, ['AGENT_GATEWAY_UNREACHABLE']]);
  assert.match(
    away.message,
    /^The gateway could not be asked \(AGENT_GATEWAY_UNREACHABLE: gw:8443: ECONNREFUSED\)\. With what is known here: The pass ended: unchanged\. .*tries again/,
  );
  const refused = answer({ applied, fetchError: new TowlineError('AGENT_REFUSED', '403') });
  assert.equal(refused.exitCode, 6);
  assert.match(refused.message, /^The gateway does not admit this device \(AGENT_REFUSED: 403\)/);
  const never = answer({ fetchError: closed, error: closed });
  assert.deepEqual([never.exitCode, never.codes], [6, ['AGENT_GATEWAY_UNREACHABLE']]);
  assert.equal(never.message.split('ECONNREFUSED').length, 2, 'said once');
});

test('an engine that does not answer is named, with what to do, and beside the gateway that is away', () => {
  const alone = answer({ error: dead, engineError: dead, room: 'observe' });
  assert.deepEqual([alone.exitCode, alone.codes], [5, ['ENGINE_UNREACHABLE']]);
  assert.match(alone.message, /^The pass ended: failed\. observe: ENGINE_UNREACHABLE: .*ENOENT\) Check that/);
  const both = answer({ fetchError: closed, error: dead, engineError: dead, room: 'observe' });
  assert.deepEqual([both.exitCode, both.codes], [6, ['AGENT_GATEWAY_UNREACHABLE', 'ENGINE_UNREACHABLE']]);
  assert.match(both.message, /ECONNREFUSED.*failed\. observe: ENGINE_UNREACHABLE/);
});

test('a walk that stopped, a rollback, a stale device, a tunnel that cannot be had', () => {
  const rolledBack = answer({ applied: { ...applied, outcome: 'rolled-back' } });
  assert.equal(rolledBack.exitCode, 4);
  const stale = answer({ staleMessage: 'there is no timestamp' });
  assert.deepEqual(
    [stale.exitCode, stale.message],
    [5, 'The pass ended: stale. stale: there is no timestamp'],
  );
  const wanted = { state: 'open', maxDurationMs: 1, targets: [] } as const;
  const tunnel = answer({ applied, steps: 1, tunnel: { wanted, error: 'no gateway' } });
  assert.deepEqual([tunnel.exitCode, tunnel.message], [0, 'The pass ended: applied. tunnel: no gateway']);
});
