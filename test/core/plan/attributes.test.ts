/** What the reference calls honoured reaches the engine: no attribute is read as less than it says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { project as shape } from '../../../core/compose/attributes/project.ts';
import { verdictOf } from '../../../core/compose/device/reference-table.ts';
import type { ServiceModel } from '../../../core/compose/value/model.ts';
import { containerSpec } from '../../../core/plan/container/container-spec.ts';
import { serviceDefinition } from '../../../core/plan/service-definition.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { attributeRows } from '../../../scripts/generate/compose-reference.ts';
import { attributeSamples, honouredBySteps } from './attribute-samples.ts';

function specOf(service: ServiceModel) {
  const project = makeProject('shop', {
    services: { app: { image: 'app', ...service }, b: { image: 'b' } },
    networks: { back: {} },
    volumes: { data: {} },
    configs: { app: { content: 'x' } },
    secrets: { app: { content: 'x' } },
  });
  const folders = { files: '/f', secrets: '/s', memory: '/m', data: '/d' };
  const spec = containerSpec({
    project,
    service: 'app',
    name: 'shop-app-1',
    labels: {},
    paths: folders,
    idOf: name => `id of ${name}`,
    networkReference: name => name,
    secretEnvironment: new Map(),
    inherited: new Map(),
    imageVolumes: [],
  });
  return { spec, hash: serviceDefinition(project, 'app').hash };
}

const served = attributeRows(shape)
  .map(({ path }) => path)
  .filter(
    path =>
      path.startsWith('services.*.') && ['honoured', 'by policy'].includes(verdictOf(path)?.verdict ?? ''),
  )
  .map(path => path.slice('services.*.'.length));

/** Whether some sample or executor stands for the attribute, or for what it is a part of, or for all its parts. */
function isCovered(path: string): boolean {
  const all = [...Object.keys(attributeSamples), ...honouredBySteps];
  return all.some(
    one =>
      path === one ||
      path.startsWith(`${one}.`) ||
      path.startsWith(`${one}[]`) ||
      one.startsWith(`${path}.`) ||
      one.startsWith(`${path}[]`),
  );
}

test('each honoured attribute of a service has a sample here', () => {
  assert.deepEqual(
    served.filter(path => !isCovered(path)),
    [],
  );
});

/** The same attribute's neighbour: what the sample is compared with. */
function without(sample: ServiceModel, path: string): ServiceModel {
  const copy = structuredClone(sample);
  const keys = path.replaceAll('[]', '.0').replaceAll('*', 'default').split('.');
  const last = keys.pop() ?? '';
  let here: Record<string, unknown> = copy;
  for (const key of keys) here = here[key] as Record<string, unknown>;
  if (last === 'target' || last === 'type' || last === 'source') return {};
  delete here[last];
  return copy;
}

for (const [path, sample] of Object.entries(attributeSamples)) {
  test(`${path}: the engine is asked for it, and a change of it is seen`, () => {
    const [having, lacking] = [specOf(sample), specOf(without(sample, path))];
    assert.notDeepEqual(having.spec, lacking.spec);
    assert.notEqual(having.hash, lacking.hash);
  });
}
