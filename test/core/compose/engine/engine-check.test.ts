import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkForEngine } from '../../../../core/compose/engine/engine-check.ts';
import { formatProblem } from '../../../../core/errors.ts';
import { load } from '../project.ts';
import { refused, taken } from './examples.ts';

const other = '  other:\n    image: i\n';
const app = (attribute: string, rest = '') =>
  `services:\n${other}  app:\n    image: i\n    ${attribute}\n${rest}`;

function check(text: string): string[] {
  const { model, problems, positionOf } = load(text, { consistency: true });
  assert.deepEqual(problems.map(formatProblem), []);
  assert.ok(model);
  return checkForEngine(model, positionOf).map(formatProblem);
}

describe('what an engine will refuse is refused by position', () => {
  for (const { attribute, rest, names } of refused) {
    test(`${attribute.replaceAll('\n    ', ', ')}${rest === undefined ? '' : `, ${rest.trim()}`}`, () => {
      const found = check(app(attribute, rest));
      assert.equal(found.length, 1, found.join('\n'));
      const [line = ''] = found;
      assert.match(line, /^compose\.yaml:\d+:\d+ COMPOSE_ENGINE_WILL_REFUSE /);
      assert.ok(line.includes(` ${names}: `), line);
      assert.ok(Number(line.split(':')[1]) >= 5, 'it stands behind the image');
    });
  }
});

test('a volume of one letter, which Compose takes for a drive, is told to be given a longer name', () => {
  for (const volume of ['v:/data', 'v:/data:ro', 'v:/data:ro,z'])
    assert.match(
      check(app(`volumes: ["${volume}"]`))[0] ?? '',
      /no absolute path: give the volume a name of two/,
    );
});

describe('what an engine takes is taken', () => {
  for (const { attribute, rest } of taken)
    test(attribute.replaceAll('\n    ', ', '), () => assert.deepEqual(check(app(attribute, rest)), []));

  test('one port for a service that ends and for the one that waits for that', () => {
    const after = '{migrate: {condition: service_completed_successfully}}';
    const two = (rest: string) =>
      check(
        `services:\n  migrate: {image: i, ports: ["80:80"]}\n  web: {image: i, ports: ["80:80"]${rest}}\n`,
      );
    assert.deepEqual(two(`, depends_on: ${after}`), []);
    assert.match(
      two('')[0] ?? '',
      /services\.web\.ports\[0\]: port 80\/tcp of the device is published by service `migrate`/,
    );
    assert.deepEqual(two(', scale: 0'), []);
  });

  test('one port on all addresses of IPv4 and, said apart, of IPv6', () => {
    const ports = (...list: string[]) => check(app(`ports: [${list.map(port => `"${port}"`).join()}]`));
    assert.deepEqual(ports('0.0.0.0:80:80', '[::]:80:80'), []);
    assert.deepEqual(ports('10.0.0.1:80:80', '10.0.0.2:80:80', '[::]:80:80/udp', '80:80/udp').length, 1);
    assert.match(ports('80:80', '0.0.0.0:80:8080')[0] ?? '', /port 80\/tcp of the device is published by/);
    for (const pair of [
      ['127.0.0.1:80:80', '80:80'],
      ['80:80', '[::1]:80:80'],
      ['[::]:80:80', '[fd00::1]:80:80'],
    ])
      assert.match(
        ports(...pair)[0] ?? '',
        /services\.app\.ports\[1\]: port .*80\/tcp of the device is published by/,
      );
    assert.deepEqual(
      ports('127.0.0.1:80:80', '[::]:80:80', '10.0.0.1:80:80', '127.0.0.1:81:80', '80:80/udp'),
      [],
    );
    assert.match(ports('[::]:80:80', '[::]:80:8080')[0] ?? '', /port 80\/tcp of the device is published by/);
  });

  test('one port for several containers of a service is refused', () => {
    assert.match(
      check(app('ports: ["80:80"]\n    scale: 2'))[0] ?? '',
      /2 containers cannot have one port 80\/tcp/,
    );
    assert.deepEqual(check(app('ports: ["80"]\n    scale: 2')), []);
  });
});
