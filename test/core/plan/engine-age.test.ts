import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../core/compose/value/model.ts';
import { emptyMemory } from '../../../core/plan/memory.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

function planOn(engineVersion: string, service: JsonObject, networks: Record<string, JsonObject> = {}) {
  const project = makeProject('shop', { services: { app: { image: 'app', ...service } }, networks });
  const { observed } = observedAsApplied(makeDesired('pump', []), 0);
  const desired = makeDesired('pump', [project]);
  return planDevice({ desired, observed: { ...observed, engineVersion }, memory: emptyMemory(0) });
}

const cases: readonly (readonly [string, string, JsonObject, Record<string, JsonObject>?])[] = [
  ['23.0.6', '24.0.0', { annotations: { a: 'b' } }],
  ['24.0.9', '25.0.1', { healthcheck: { test: ['CMD', 'true'], start_interval: '1s' } }],
  ['24.0.9', '25.0.1', { networks: { default: { mac_address: '02:42:ac:11:00:09' } } }],
  [
    '25.0.5',
    '26.0.0',
    { volumes: [{ type: 'volume', source: 'data', target: '/t', volume: { subpath: 'a' } }] },
  ],
  [
    '24.0.9',
    '25.0.1',
    {
      volumes: [
        { type: 'bind', source: '/tmp', target: '/t', read_only: true, bind: { recursive: 'readonly' } },
      ],
    },
  ],
  ['27.5.1', '28.0.0', { volumes: [{ type: 'image', source: 'data:1', target: '/t' }] }],
  ['27.5.1', '28.0.0', { networks: { default: { gw_priority: 1 } } }],
  ['28.0.4', '28.1.0', { networks: { default: { interface_name: 'eth7' } } }],
  ['27.5.1', '28.0.0', { networks: { six: null } }, { six: { enable_ipv4: false } }],
];

for (const [before, since, service, networks] of cases) {
  const name = JSON.stringify(service);
  test(`an engine that would forget it is not asked for it: ${name}`, () => {
    const old = planOn(before, service, networks);
    assert.deepEqual([old.steps, old.skipped[0]?.code], [[], 'ENGINE_TOO_OLD']);
    assert.match(old.skipped[0]?.reason ?? '', new RegExp(`this one is ${before}$`));
    for (const version of [since, '']) {
      const plan = planOn(version, service, networks);
      assert.deepEqual(plan.skipped, [], version);
      assert.ok(plan.steps.length > 0);
    }
  });
}
