import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelOf, refusals } from '../project.ts';

describe('consistency refuses', () => {
  for (const [what, attribute, expected] of [
    ['an undefined network', 'networks: [far]', /:4:\d+ COMPOSE_REFERENCE .*no network `far`/],
    ['an undefined volume', 'volumes: ["data:/data"]', /:4:\d+ COMPOSE_REFERENCE .*no volume `data`/],
    ['an undefined config', 'configs: [c]', /:4:\d+ COMPOSE_REFERENCE .*no config `c`/],
    ['an undefined secret', 'secrets: [s]', /:4:\d+ COMPOSE_REFERENCE .*no secret `s`/],
    ['an undefined model', 'models: [m]', /:4:\d+ COMPOSE_REFERENCE .*no model `m`/],
    ['an undefined dependency', 'depends_on: [db]', /:4:\d+ COMPOSE_REFERENCE .*service `db`/],
    ['the namespace of an undefined service', 'pid: "service:db"', /:2:\d+ COMPOSE_REFERENCE .*service `db`/],
    ['a link to an undefined service', 'links: [db]', /COMPOSE_REFERENCE .*service `db`/],
    ['a health test of unknown kind', 'healthcheck: {test: [curl, x]}', /:4:\d+ COMPOSE_CONSISTENCY .*CMD/],
    ['scale beside other replicas', '{scale: 2, deploy: {replicas: 3}}', /COMPOSE_CONSISTENCY .*differ/],
    ['a negative scale', 'scale: -1', /:4:\d+ COMPOSE_CONSISTENCY/],
    [
      'a container name for several',
      '{scale: 2, container_name: one}',
      /COMPOSE_CONSISTENCY .*container_name/,
    ],
    [
      'limits that differ',
      '{mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}}',
      /COMPOSE_CONSISTENCY/,
    ],
    ['one target mounted twice', '{tmpfs: /x, volumes: ["./a:/x"]}', /COMPOSE_CONSISTENCY .*\/x/],
    ['a network beside a network mode', '{network_mode: none, networks: [default]}', /COMPOSE_CONSISTENCY/],
  ] as const) {
    test(what, () => {
      const body = attribute.startsWith('{')
        ? `  web: {image: i, ${attribute.slice(1)}\n`
        : `  web:\n    image: i\n    ${attribute}\n`;
      const lines = refusals(`services:\n${body}`, { consistency: true });
      assert.ok(
        lines.some(line => expected.test(line)),
        lines.join('\n'),
      );
    });
  }

  test('a service without image', () => {
    assert.match(
      refusals('services:\n  web: {}\n', { consistency: true })[0] ?? '',
      /:2:3 COMPOSE_CONSISTENCY/,
    );
  });

  test('one container name for two services', () => {
    const text = 'services:\n  a: {image: i, container_name: xx}\n  b: {image: i, container_name: xx}\n';
    assert.match(refusals(text, { consistency: true })[0] ?? '', /:3:\d+ COMPOSE_CONSISTENCY/);
  });

  test('everything that is wrong, not only the first thing', () => {
    const text = 'services:\n  a: {image: i, networks: [x]}\n  b: {image: i, configs: [y]}\n';
    assert.equal(refusals(text, { consistency: true }).length, 2);
  });
});

describe('profiles', () => {
  const text =
    'services: {web: {image: i, depends_on: {debug: {condition: service_started, required: false}}}, debug: {image: i, profiles: [dev], networks: [x]}}\nnetworks: {x: {}}';

  test('leave out services of others, and what only those use', () => {
    const model = modelOf(text, { consistency: true });
    assert.deepEqual(Object.keys(model.services), ['web']);
    assert.deepEqual(Object.keys(model.networks ?? {}), ['default']);
  });

  test('take them in when active', () => {
    for (const profile of ['dev', '*']) {
      assert.deepEqual(Object.keys(modelOf(text, { profiles: [profile], consistency: true }).services), [
        'web',
        'debug',
      ]);
    }
  });

  test('that leave out what is required are refused', () => {
    const required = 'services: {web: {image: i, depends_on: [debug]}, debug: {image: i, profiles: [dev]}}';
    assert.match(refusals(required, { consistency: true })[0] ?? '', /COMPOSE_REFERENCE .*no active profile/);
  });
});
