import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DriverFacts } from '../../../../agent/telemetry/logs/driver-facts.ts';
import type { DesiredProject } from '../../../../core/desired/state.ts';
import type { ObservedContainer } from '../../../../core/plan/observed.ts';

test('what a driver would have said is put to segments that were begun before the pass has seen the container', () => {
  const facts = new DriverFacts();
  const id = 'ab'.repeat(32);
  const shared = facts.of(id);
  facts.look({ containers: [], desired: { projects: [] } }, new Set());
  const options = { 'fluentd-address': 'towline', tag: '{{.Name}}', env: 'MODE' };
  const service = { logging: { driver: 'fluentd', options }, environment: { MODE: 'fast' } };
  const container: ObservedContainer = {
    ...{
      id,
      name: 'hello-web-1',
      project: 'hello',
      service: 'web',
      number: 1,
      hash: '',
      parts: {},
      image: 'web@sha256:1',
    },
    ...{
      imageId: 'sha256:2',
      state: 'running',
      exitCode: undefined,
      health: undefined,
      status: '',
      createdMs: 0,
    },
    ...{ networkMode: 'bridge', networks: [], ports: [], inspection: undefined },
  };
  const project: DesiredProject = {
    ...{
      app: 'hello',
      name: 'hello',
      release: undefined,
      files: new Map(),
      digest: 'sha256:3',
      paused: false,
    },
    model: { name: 'hello', services: { web: service } },
    update: { strategy: 'recreate', healthTimeoutMs: 0, stablePeriodMs: 0 },
  };
  const scene = { containers: [container], desired: { projects: [project] } };
  facts.look(scene, new Set([id]));
  assert.deepEqual([shared['docker.tag'], shared.MODE], ['hello-web-1', 'fast']);
  assert.equal(facts.of(id), shared);
  facts.look({ containers: [], desired: { projects: [] } }, new Set());
  assert.notEqual(facts.of(id), shared, 'it is gone');
});
