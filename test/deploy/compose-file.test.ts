/** deploy/compose as our own reader of Compose files reads it, and gateway.yaml that the image is told to write. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadComposeProject } from '../../core/compose/load/load.ts';
import { engineProblems } from '../../core/desired/engine-problems.ts';
import { formatProblem } from '../../core/errors.ts';

const folder = path.resolve(import.meta.dirname, '../../deploy/compose');

test('the Compose file of a gateway is read as a whole, and asks for nothing beyond its own containers', () => {
  const loaded = loadComposeProject({
    files: name => (name === 'compose.yaml' ? readFileSync(path.join(folder, name)) : undefined),
    composeFiles: ['compose.yaml'],
    projectName: 'towline',
    workingDirectory: '/project',
    environment: {},
    profiles: ['init'],
    consistency: true,
  });
  assert.deepEqual(loaded.problems.map(formatProblem), []);
  const { model } = loaded;
  assert.ok(model);
  assert.deepEqual(Object.keys(model.services).sort(), ['gateway', 'init', 'prometheus', 'registry']);
  const { services } = model;
  for (const [name, service] of Object.entries(services)) {
    assert.equal(service.read_only, true, name);
    assert.deepEqual(service.cap_drop, ['ALL'], name);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name);
  }
  const open = Object.values(services).flatMap(({ ports = [] }) =>
    ports.filter(({ host_ip: ip }) => ip === undefined).map(({ published }) => published),
  );
  assert.deepEqual(open, ['8443', '2222'], 'only devices and people come from outside of the machine');
  const { gateway, init, ...beside } = services;
  assert.equal(model.networks?.back?.internal, true);
  assert.deepEqual(Object.keys(gateway?.networks ?? {}), ['front', 'back']);
  assert.deepEqual(Object.keys(init?.networks ?? {}), ['back']);
  // As an app of a device it would need a word of its owner's for the rules that lie beside, and for nothing else.
  const asked = engineProblems(
    { model: { ...model, services: beside }, positionOf: at => ({ file: at.join('.') }) },
    {},
  );
  const words = asked.map(({ message }) => message);
  assert.equal(words.length, 1);
  assert.match(words[0] ?? '', /prometheus\/towline\.rules\.yml.*engine\.bindRoots/);
});
