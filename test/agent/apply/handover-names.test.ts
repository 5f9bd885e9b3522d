/** What those see during a handover who know the service by name: its own, an alias, a link; and what depends on it. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Step } from '../../../core/plan/step.ts';
import { makeProject } from '../../../lab/rig/desired.ts';
import { buildImages } from '../../../lab/rig/device-images.ts';
import { DeviceRig } from '../../../lab/rig/device-rig.ts';

const names = ['web', 'other', 'linked'];
/** One line for each question: the name, and how many addresses it has. */
const asking = `trap 'exit 0' TERM
while :; do for name in ${names.join(' ')}; do
echo "$name $(busybox nslookup -type=a $name 127.0.0.11 2>/dev/null | busybox grep -c ^Address)"
done; done`;

test('its name, its alias and a link to it always lead somewhere, and what depends on it is made anew after it', async () => {
  await using rig = await DeviceRig.start();
  const { web, worker } = await buildImages(rig);
  const make = (LEVEL: string) =>
    makeProject(rig.project, {
      services: {
        web: {
          image: web,
          restart: 'always',
          environment: { LEVEL },
          networks: { default: { aliases: ['other'] } },
        },
        asks: {
          image: worker,
          restart: 'always',
          links: ['web:linked'],
          command: ['/bin/sh', '-c', asking],
          stop_grace_period: '0s',
        },
        late: {
          image: worker,
          restart: 'always',
          environment: { LEVEL },
          depends_on: { web: { condition: 'service_healthy', required: true, restart: false } },
        },
      },
      update: { strategy: 'handover', services: ['web'], stablePeriodMs: 2_000, healthTimeoutMs: 120_000 },
    });
  const project = make('1');
  await rig.pass([project]);
  const sinceMs = Date.now();
  const order: string[] = [];
  const around = async (step: Step, run: () => Promise<void>) => {
    await run();
    if ('service' in step && step.service !== undefined) order.push(`${step.service} ${step.kind}`);
  };
  const { outcome } = await rig.pass([make('2')], { around });
  assert.equal(outcome.outcome, 'applied', JSON.stringify(outcome));
  const query = { stdout: true, since: (sinceMs / 1000).toFixed(3) };
  const path = `/containers/${rig.project}-asks-1/logs`;
  const said = await text(await rig.engine.stream({ method: 'GET', path, query }, rig.signal));
  for (const name of names) {
    // nslookup names the server's address, too.
    const counts = [...said.matchAll(new RegExp(`${name} (\\d)`, 'g'))].map(([, count]) => Number(count) - 1);
    assert.ok(counts.length > 10 && Math.min(...counts) === 1, `${name}: ${counts}`);
    assert.equal(Math.max(...counts), 2, name);
  }
  assert.ok(order.indexOf('late start-container') > order.indexOf('web rename-container'), order.join('\n'));
  assert.ok(!order.some(step => step.startsWith('asks ')), order.join('\n'));
});
