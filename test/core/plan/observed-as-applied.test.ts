/** What a pull request shows is what a device does: a state that is there already asks for nothing. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalHash } from '../../../core/canonical-json.ts';
import type { ComposeModel, DependencyModel, ServiceModel } from '../../../core/compose/value/model.ts';
import type { DesiredProject, DesiredState } from '../../../core/desired/state.ts';
import type { DesiredTunnel } from '../../../core/fleet/tunnel.ts';
import { emptyMemory } from '../../../core/plan/memory.ts';
import { observedAsApplied } from '../../../core/plan/observed-as-applied.ts';
import { planDevice, planWhole, type WholePlan } from '../../../core/plan/plan.ts';
import { makeDesired, makeProject } from '../../../lab/rig/desired.ts';
import { generate, randomOf as seeded } from '../../../lab/rig/generated-pair.ts';
import { conformanceModels } from '../../../scripts/conformance/score.ts';
import { arbitraryChange, arbitraryProject, randomOf } from './generated-projects.ts';
import { ModelEngine } from './model-engine.ts';

const nowMs = Date.UTC(2026, 0, 5, 12);

/** As `towline plan` plans: the state of the base stands on the device, and all went well. */
function planned(before: DesiredState, after: DesiredState = before): WholePlan {
  return planWhole({ desired: after, ...observedAsApplied(before, nowMs, after) });
}

const stateOf = (...projects: DesiredProject[]): DesiredState => makeDesired('pump', projects);

/** What a plan says, without ids and without the order in which an engine lists its containers. */
function said({ steps, skipped, notices }: WholePlan) {
  const words = steps.map(step =>
    [
      step.kind,
      'service' in step ? step.service : '',
      'network' in step ? step.network : '',
      step.reason,
    ].join(' '),
  );
  const waiting = steps.map(({ needs }, index) => [words[index], needs.map(need => words[need]).sort()]);
  return { skipped, notices, steps: waiting.map(step => JSON.stringify(step)).sort() };
}

/** The plan of a device that carried out the first state before it saw the second one. */
function onDevice(before: DesiredProject, after: DesiredProject, seed = 1) {
  const engine = new ModelEngine(randomOf(seed));
  engine.run(
    planDevice({ desired: stateOf(before), observed: engine.observed(), memory: emptyMemory(nowMs) }),
  );
  return planDevice({ desired: stateOf(after), observed: engine.observed(), memory: engine.memory(nowMs) });
}

const root = path.join(import.meta.dirname, '../../..');
const candidates = [process.env.TOWLINE_SHARED, path.join(root, '../shared'), '/work/shared'];
const shared = candidates.find(
  folder => folder !== undefined && existsSync(path.join(folder, 'conformance')),
);

function asProject(model: ComposeModel): DesiredProject {
  return { ...makeProject(model.name, { services: {} }), model, digest: `sha256:${canonicalHash(model)}` };
}

describe('a state planned against itself asks for nothing', () => {
  test('of every document of the conformance set', () => {
    assert.ok(shared, 'the conformance set is not beside the repository: ../shared/conformance');
    const models = conformanceModels(path.join(shared, 'conformance'));
    assert.ok(models.size > 100);
    for (const [name, model] of models) {
      const { steps, skipped, notices } = planned(stateOf(asProject(model)));
      assert.deepEqual({ steps, skipped, notices }, { steps: [], skipped: [], notices: [] }, name);
    }
  });

  test('property: of generated projects', () => {
    fc.assert(
      fc.property(arbitraryProject, project => {
        assert.deepEqual(planned(stateOf(project)).steps, []);
      }),
    );
    for (let seed = 0; seed < 200; seed++) {
      const project = generate('shop', 'image:1', 8000, seeded(seed));
      assert.deepEqual(planned(stateOf(project)).steps, [], `seed ${seed}`);
    }
  });

  test('of a service that has the volumes, or the namespaces, of another one', () => {
    const services: Record<string, ServiceModel> = {
      store: { image: 'image:1' },
      reader: { image: 'image:1', volumes_from: ['store:ro', 'container:elsewhere'] },
      copy: { image: 'image:1', volumes_from: ['store'], pid: 'service:store', ipc: 'service:store' },
      beside: { image: 'image:1', network_mode: 'service:store' },
    };
    assert.deepEqual(planned(stateOf(makeProject('shop', { services }))).steps, []);
  });

  test('of a one-shot that others wait for, and of one that the engine starts again', () => {
    const once: Record<string, DependencyModel> = {
      set_up: { condition: 'service_completed_successfully', required: true },
    };
    for (const restart of ['no', 'on-failure', 'always', 'unless-stopped']) {
      const services: Record<string, ServiceModel> = {
        set_up: { image: 'image:1', restart },
        web: { image: 'image:1', depends_on: once },
      };
      assert.deepEqual(planned(stateOf(makeProject('shop', { services }))).steps, [], restart);
    }
  });

  test('of an open tunnel; one that has reached its end stays closed', () => {
    const tunnel: DesiredTunnel = { state: 'open', maxDurationMs: 60_000, targets: [] };
    for (const untilMs of [undefined, nowMs + 1000, nowMs - 1000]) {
      const asked = untilMs === undefined ? tunnel : { ...tunnel, untilMs };
      assert.deepEqual(planned({ ...stateOf(), tunnel: asked }).steps, []);
    }
    const [moved] = planned(
      { ...stateOf(), tunnel },
      { ...stateOf(), tunnel: { ...tunnel, allow: ['ann'] } },
    ).steps;
    assert.equal(moved?.reason, 'tunnel allow changed');
  });

  test('of two apps on one network that one of them makes', () => {
    const maker = makeProject('maker', { services: { web: { image: 'image:1' } } });
    const networks = { front: { name: 'maker_default', external: true } };
    const user = (label: string) =>
      makeProject('user', {
        services: { api: { image: 'image:1', labels: { label }, networks: { front: null } } },
        networks,
      });
    assert.deepEqual(planned(stateOf(maker, user('x'))).skipped, []);
    const { skipped, steps } = planned(stateOf(maker, user('x')), stateOf(maker, user('y')));
    assert.deepEqual(skipped, []);
    assert.ok(steps.length > 0);
    const changed = makeProject('maker', { services: { web: { image: 'image:1', labels: { label: 'y' } } } });
    assert.deepEqual(planned(stateOf(maker, user('x')), stateOf(changed, user('x'))).skipped, []);
  });
});

describe('a change is planned as a device plans it that has carried out the state before', () => {
  const labelled = (services: Record<string, ServiceModel>, label: string): DesiredProject =>
    makeProject('shop', {
      services: Object.fromEntries(
        Object.entries(services).map(([name, definition]) => [name, { ...definition, labels: { label } }]),
      ),
    });

  test('property: generated projects and changes', () => {
    fc.assert(
      fc.property(arbitraryChange(), fc.integer(), ([before, after], seed) => {
        assert.deepEqual(said(planned(stateOf(before), stateOf(after))), said(onDevice(before, after, seed)));
      }),
      { numRuns: 300 },
    );
  });

  test('property: generated projects and changes, with one-shots, health and volumes of others', () => {
    fc.assert(
      fc.property(arbitraryChange(['set_up', 'store']), fc.integer(), ([before, after], seed) => {
        assert.deepEqual(planned(stateOf(before)).steps, []);
        assert.deepEqual(said(planned(stateOf(before), stateOf(after))), said(onDevice(before, after, seed)));
      }),
      { numRuns: 200 },
    );
  });

  test('an app that comes together with the network of another one waits for it here, as there', () => {
    const maker = makeProject('maker', { services: { web: { image: 'image:1' } } });
    const user = makeProject('user', {
      services: { api: { image: 'image:1', networks: { front: null } } },
      networks: { front: { name: 'maker_default', external: true } },
    });
    const after = stateOf(maker, user);
    const observed = new ModelEngine(randomOf(1)).observed();
    const there = planDevice({ desired: after, observed, memory: emptyMemory(nowMs) });
    assert.deepEqual(said(planned(stateOf(), after)), said(there));
    assert.deepEqual(
      there.skipped.map(({ project, code }) => [project, code]),
      [['user', 'ENGINE_EXTERNAL_MISSING']],
    );
  });

  test('a changed label of a service whose volumes others have, and of theirs', () => {
    const services: Record<string, ServiceModel> = {
      store: { image: 'image:1' },
      reader: { image: 'image:1', volumes_from: ['store:ro'] },
      web: { image: 'image:1', volumes: [{ type: 'image', source: 'site:1', target: '/site' }] },
    };
    const [before, after] = [labelled(services, 'x'), labelled(services, 'y')];
    const plan = planned(stateOf(before), stateOf(after));
    assert.deepEqual(said(plan), said(onDevice(before, after)));
    assert.ok(plan.steps.every(({ kind }) => kind !== 'pull-image'));
  });

  test('a changed label waits for no one-shot that has ended and stays', () => {
    const services = (label: string): Record<string, ServiceModel> => ({
      set_up: { image: 'image:1' },
      web: {
        image: 'image:1',
        labels: { label },
        depends_on: { set_up: { condition: 'service_completed_successfully', required: true } },
      },
    });
    const [before, after] = ['x', 'y'].map(label => makeProject('shop', { services: services(label) }));
    assert.ok(before !== undefined && after !== undefined);
    const plan = planned(stateOf(before), stateOf(after));
    assert.deepEqual(said(plan), said(onDevice(before, after)));
    assert.ok(plan.steps.every(({ kind }) => kind !== 'wait-service'));
  });

  test('a changed label waits for no service that is healthy, by its file or by its image', () => {
    for (const healthcheck of [{}, { healthcheck: { test: ['CMD', 'true'] } }]) {
      const services = (label: string): Record<string, ServiceModel> => ({
        store: { image: 'image:1', ...healthcheck },
        web: {
          image: 'image:1',
          labels: { label },
          depends_on: { store: { condition: 'service_healthy', required: true } },
        },
      });
      const [before, after] = ['x', 'y'].map(label => makeProject('shop', { services: services(label) }));
      assert.ok(before !== undefined && after !== undefined);
      const plan = planned(stateOf(before), stateOf(after));
      assert.deepEqual(said(plan), said(onDevice(before, after)));
      assert.ok(plan.steps.every(({ kind }) => kind !== 'wait-service'));
    }
  });
});
