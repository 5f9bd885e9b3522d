/** Who lives in the namespaces of one that is stopped for a backup stops and starts with it, whichever state has made it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BackupSettings } from '../../../core/backup/settings.ts';
import type { ServiceModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 10, 30, 4);
const backup: BackupSettings = {
  ...{ volumes: ['db'], mode: 'stop', beforeUpgrade: true, keep: { number: 3 } },
  ...{ required: true, timeoutMs: 60_000, onRollback: 'keep' },
};
const db: ServiceModel = {
  image: 'db:1',
  volumes: [{ type: 'volume', source: 'db', target: '/db', volume: {} }],
};
const shop = (services: Record<string, ServiceModel>): DesiredProject => ({
  ...makeProject('shop', { services: { db, ...services }, volumes: { db: {} } }),
  backup,
});
const before = shop({ side: { image: 'side:1' } });
/** A further one uses the volume: that asks for a backup. */
const after = shop({
  side: { image: 'side:1', network_mode: 'service:db' },
  more: { ...db, image: 'more:1' },
});

/** @param made services that a pass which was cut off has made already */
function plannedAfter(made: readonly string[]): string[] {
  const [old, next] = [before, after].map(state => observedAsApplied(makeDesired('pump', [state]), nowMs));
  assert.ok(old && next);
  const containers = [
    ...old.observed.containers.filter(({ service }) => !made.includes(service)),
    ...next.observed.containers.filter(({ service }) => made.includes(service)),
  ];
  const observed = { ...old.observed, containers };
  return planDevice({ desired: makeDesired('pump', [after]), observed, memory: old.memory }).steps.flatMap(
    step => {
      if (step.kind === 'back-up') return ['back-up'];
      return step.kind === 'stop-container' || step.kind === 'start-container'
        ? [`${step.kind.split('-')[0]} ${step.service}`]
        : [];
    },
  );
}

test('one that a pass which was cut off has put there stops before, and starts after', () => {
  const steps = plannedAfter(['side']);
  assert.deepEqual(steps.slice(0, 4), ['stop side', 'stop db', 'back-up', 'start db']);
  assert.ok(steps.indexOf('start side') > steps.indexOf('start db'), steps.join());
});

test('one that does not live there yet runs on while the data is kept', () => {
  const steps = plannedAfter([]);
  assert.ok(steps.indexOf('stop side') > steps.indexOf('back-up'), steps.join());
  assert.ok(steps.indexOf('start side') > steps.indexOf('start db'), steps.join());
});
