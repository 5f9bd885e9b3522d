import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelOf, refusals, serviceOf } from '../project.ts';

/** Every answer is that of docker compose 2.40.3, but where a test says so. */
describe('extends between services of one name', () => {
  test('in another file, which extends a sibling there, is no circle', () => {
    const service = serviceOf(
      {
        'compose.yaml': 'services: {web: {extends: {file: common.yaml, service: web}, ports: ["8080:80"]}}',
        'common.yaml':
          'services: {defaults: {image: busybox, restart: unless-stopped}, web: {extends: defaults, environment: {MODE: production}}}',
      },
      'web',
    );
    assert.equal(service.image, 'busybox');
    assert.equal(service.restart, 'unless-stopped');
    assert.deepEqual(service.environment, { MODE: 'production' });
  });

  test('holds over any number of files and siblings', () => {
    const service = serviceOf(
      {
        'compose.yaml': 'services: {web: {extends: base}, base: {extends: {file: one/c.yaml, service: web}}}',
        'one/c.yaml': 'services: {web: {extends: {file: ../two/c.yaml, service: web}, environment: {A: a}}}',
        'two/c.yaml':
          'services: {web: {extends: app, environment: {B: b}}, app: {extends: base}, base: {image: busybox}}',
      },
      'web',
    );
    assert.equal(service.image, 'busybox');
    assert.deepEqual(service.environment, { A: 'a', B: 'b' });
  });

  test('a template that extends its sibling with `!reset` leaves out what it resets', () => {
    const { services } = modelOf({
      'compose.yaml':
        'services: {first: {extends: {file: base.yaml, service: first}}, second: {extends: {file: base.yaml, service: second}}}',
      'base.yaml': `services:
  first: {image: busybox, command: sleep 9, ports: ["81:81"]}
  second: {extends: {service: first}, command: !reset , ports: !reset []}
`,
    });
    assert.deepEqual(services.first?.command, ['sleep', '9']);
    assert.equal(services.first?.ports?.length, 1);
    assert.equal(services.second?.command, null);
    assert.equal(services.second?.ports, undefined);
  });

  const circles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'web in compose.yaml → web in compose.yaml': {
      'compose.yaml': 'services: {web: {image: a, extends: {file: ./compose.yaml, service: web}}}',
    },
    'web in compose.yaml → web in common.yaml → web in compose.yaml': {
      'compose.yaml': 'services: {web: {extends: {file: common.yaml, service: web}}}',
      'common.yaml': 'services: {web: {image: a, extends: {file: ./compose.yaml, service: web}}}',
    },
    'web in common.yaml → other in common.yaml → web in common.yaml': {
      'compose.yaml': 'services: {web: {extends: {file: common.yaml, service: web}}}',
      'common.yaml': 'services: {web: {image: a, extends: other}, other: {extends: {service: web}}}',
    },
  };
  for (const [circle, files] of Object.entries(circles)) {
    test(`a circle stays one, and is named: ${circle}`, () => {
      const [refusal = '', ...more] = refusals(files);
      assert.deepEqual(more, []);
      assert.match(refusal, /^compose\.yaml:1:\d+ COMPOSE_CYCLE /);
      assert.ok(refusal.endsWith(`extends in a circle: ${circle}`), refusal);
    });
  }

  test('a file may extend itself where no service meets itself', () => {
    const text =
      'services: {web: {extends: {file: ./compose.yaml, service: base}}, base: {image: a, labels: {a: b}}}';
    assert.deepEqual(serviceOf(text, 'web').labels, { a: 'b' });
  });

  test('what the middle one of a row resets is gone for the last (docker compose forgets it)', () => {
    const files = {
      'compose.yaml': 'services: {web: {extends: {file: base.yaml, service: third}}}',
      'base.yaml':
        'services: {first: {image: a, ports: ["1:1"]}, second: {extends: first, ports: !reset []}, third: {extends: second}}',
    };
    assert.equal(serviceOf(files, 'web').ports, undefined);
  });
});
