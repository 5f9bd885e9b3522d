import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusals } from '../project.ts';

const checked = (text: string) => refusals(text, { consistency: true });

describe('a slip of the pen in a Compose file', () => {
  const slips: Readonly<Record<string, string>> = {
    'servces: {web: {image: i}}': 'services',
    'services: {web: {imgae: i}}': 'image',
    'services: {web: {image: i, enviroment: {A: b}}}': 'environment',
    'services: {web: {image: i, depend_on: [db]}, db: {image: i}}': 'depends_on',
    'services: {web: {image: i, healthcheck: {tset: x}}}': 'test',
    'services: {web: {image: i, deploy: {resources: {limit: {cpus: 1}}}}}': 'limits',
    'services: {web: {image: i, logging: {drvier: local}}}': 'driver',
    'services: {web: {image: i, ports: [{target: 80, publised: 80}]}}': 'published',
    'services: {web: {image: i, volumes: [{type: volume, sorce: a, target: /a}]}}': 'source',
    'services: {web: {image: i}}\nvolumes: {data: {drivr: local}}': 'driver',
    'services: {web: {image: i, volumes: ["dta:/data"]}}\nvolumes: {data: {}}': 'data',
    'services: {web: {image: i, networks: [frnt]}}\nnetworks: {front: {}}': 'front',
    'services: {web: {image: i, configs: [sitte]}}\nconfigs: {site: {content: x}}': 'site',
    'services: {web: {image: i, secrets: [tokn]}}\nsecrets: {token: {environment: T}}': 'token',
    'services: {web: {image: i, depends_on: [database1]}, database: {image: i}}': 'database',
    'services: {web: {image: i, network_mode: "service:vpm"}, vpn: {image: i}}': 'vpn',
    'services: {web: {extends: bse}, base: {image: i}}': 'base',
  };
  for (const [text, meant] of Object.entries(slips)) {
    test(`is answered with what was meant: ${meant}, for ${JSON.stringify(text)}`, () => {
      const [first = ''] = checked(text);
      assert.match(first, /^compose\.yaml:\d+:\d+ COMPOSE_(SCHEMA|REFERENCE) /);
      assert.ok(first.endsWith(`; did you mean "${meant}"?`), first);
    });
  }

  test('that is like nothing there is answered without', () => {
    assert.doesNotMatch(checked('services: {web: {image: i, xylophone: 1}}')[0] ?? '', /did you mean/);
    assert.doesNotMatch(
      checked('services: {web: {image: i, volumes: ["zzzzzz:/a"]}}\nvolumes: {data: {}}')[0] ?? '',
      /did/,
    );
  });

  test('made a thousand times in long names takes no time', () => {
    const long = (index: number) => `${'n'.repeat(60)}${index}`;
    const names = Array.from({ length: 900 }, (_unused, index) => `  ${long(index)}: {}`).join('\n');
    const used = Array.from({ length: 900 }, (_unused, index) => `x${long(index)}`).join(', ');
    const start = process.cpuUsage();
    const found = checked(`services: {web: {image: i, networks: [${used}]}}\nnetworks:\n${names}\n`);
    assert.equal(found.length, 900);
    assert.equal(found.filter(line => line.includes('did you mean')).length, 20);
    // Of the processor: a busy machine gives it late.
    const { user } = process.cpuUsage(start);
    assert.ok(user < 5_000_000, `${user / 1e6} s`);
  });
});
