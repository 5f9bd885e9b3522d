/** What docker compose had started and a first adoption has put aside: when it comes back, and when nothing of it is touched. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DesiredState } from '../../../core/desired/state.ts';
import { asItIs, keptContainer, keptName } from '../../../core/plan/kept-container.ts';
import { emptyMemory, type ProjectMemory, type ProjectRecord } from '../../../core/plan/memory.ts';
import type { ObservedContainer, ObservedState } from '../../../core/plan/observed.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);
const id = 'a1b2c3d4e5f6'.padEnd(64, '0');
const shop = makeProject('shop', {
  services: { web: { image: 'image:2', restart: 'always' }, side: { image: 'image:1' } },
  adopt: true,
});
const [web, side] = ['web', 'side'].map(service => {
  const found = observedAsApplied(makeDesired('pump', [shop]), nowMs).observed.containers.find(
    one => one.service === service,
  );
  assert.ok(found);
  return found;
});
assert.ok(web && side);

const differs = new Map([['', { differs: ['image'] }]]);
/** Docker compose's own, as it ran. */
const before: ObservedContainer = { ...web, id, adopted: differs };
const aside: ObservedContainer = { ...before, name: keptName(before, []), state: 'exited', exitCode: 137 };
const failed: ProjectRecord = {
  setAside: { digest: shop.digest, code: 'ENGINE_NOT_HEALTHY', message: 'not healthy', atMs: nowMs },
};

function stepsOf(
  containers: readonly ObservedContainer[],
  record: ProjectRecord,
  {
    desired = makeDesired('pump', [shop]),
    ...more
  }: Partial<ObservedState> & { desired?: DesiredState } = {},
): string[] {
  const applied = observedAsApplied(desired, nowMs).observed;
  const observed = { ...applied, adopting: new Set(['shop']), ...more, containers };
  const memory: ProjectMemory = { ...emptyMemory(nowMs), projects: new Map([['shop', record]]) };
  return planDevice({ desired, observed, memory }).steps.map(step =>
    [step.kind, 'container' in step ? step.container?.slice(0, 12) : ''].join(' ').trim(),
  );
}

describe('the name of a container that is kept', () => {
  test('says all that is to be known of it', () => {
    for (const restart of ['no', 'always', 'unless-stopped', 'on-failure'])
      for (const state of ['running', 'paused', 'restarting', 'exited', 'created'] as const)
        for (const name of ['shop-web-1', 'shop_web_1', 'up_x', '0123456789ab_shop-web-1', 'a.b_c-1']) {
          const limits = { ...web.inspection?.limits, restartPolicy: restart, restartRetries: 3 };
          const one = {
            ...before,
            name,
            state,
            inspection: { ...web.inspection, limits },
          } as ObservedContainer;
          const called = { id, name: keptName(one, []) };
          assert.deepEqual(keptContainer(called), asItIs(one, []));
          assert.match(called.name, /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
        }
  });

  test('is no other container’s, whatever that one is called', () => {
    const { name } = aside;
    assert.ok(keptContainer(aside));
    assert.equal(keptContainer({ id: 'b'.repeat(64), name }), undefined);
    for (const other of [
      `x${name}`,
      name.replace('always', 'sometimes'),
      name.replace('.up_', '.over_'),
      name.slice(0, name.indexOf('up_') + 3),
      `${id.slice(0, 12)}_shop-web-1`,
    ])
      assert.equal(keptContainer({ id, name: other }), undefined, other);
  });
});

describe('once its successor has failed', () => {
  const successor: ObservedContainer = { ...web, state: 'restarting' };

  test('it runs again and its successor goes; after that nothing is planned', () => {
    assert.deepEqual(stepsOf([aside, successor, side], failed), [
      `stop-container ${successor.id}`.slice(0, 27),
      `remove-container ${successor.id}`.slice(0, 29),
      `put-back ${id.slice(0, 12)}`,
    ]);
    assert.deepEqual(stepsOf([before, side], failed), []);
  });

  test('one whose start is owed runs again, and who shares its namespaces starts again with it', () => {
    const stopped: ObservedContainer = { ...before, state: 'exited', exitCode: 0 };
    const follower = { ...side, id: 'f'.repeat(64), adopted: differs, networkMode: `container:${id}` };
    assert.deepEqual(stepsOf([stopped, follower], failed), []);
    assert.deepEqual(stepsOf([stopped, follower], { ...failed, starting: [id] }), [
      'stop-container ffffffffffff',
      `put-back ${id.slice(0, 12)}`,
      'put-back ffffffffffff',
    ]);
  });

  test('nothing is touched while app or device are paused, where nothing may be taken over, or a good state is there', () => {
    const all = [aside, successor, side];
    const desired = makeDesired('pump', [{ ...shop, paused: true }]);
    assert.deepEqual(stepsOf(all, failed, { desired }), []);
    assert.deepEqual(stepsOf(all, failed, { adopting: new Set() }), []);
    const { adopt: _adopt, ...plain } = shop;
    assert.deepEqual(stepsOf(all, failed, { desired: makeDesired('pump', [plain]) }), []);
    const kinds = stepsOf(all, { ...failed, lastGood: { ...shop, digest: 'sha256:good' } });
    assert.ok(!kinds.some(kind => kind.startsWith('put-back')), kinds.join());
  });
});
