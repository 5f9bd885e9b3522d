/** Against Prometheus itself: what it finds, takes and keeps of a fleet. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { waitUntil } from '../../../../lab/fleet/wait-until.ts';
import { type DebianServer, query, startPrometheus } from '../receivers/debian-server.ts';
import { gaugeOf, PrometheusRig } from './rig.ts';
import { type ScrapedPort, scrapedPort } from './scraped.ts';

const minute = 60_000;
const rig = new PrometheusRig(Array.from({ length: 900 }, (_, at) => `pump-${at}`));
let port: ScrapedPort;
let prometheus: DebianServer;

before(async () => {
  rig.nowMs = Date.now();
  await rig.says('pump-1', [
    gaugeOf('heat', 1, { at: 'a"b\\c\nd', device_id: 'pump-2' }),
    gaugeOf('nothing', Number.NaN),
  ]);
  await rig.says('pump-2', [gaugeOf('heat', 2)]);
  // One three hours ahead, among the others.
  await rig.says('pump-3', [gaugeOf('heat', 3)], rig.nowMs + 180 * minute);
  rig.reports('pump-1');
  port = await scrapedPort(rig.sink);
  prometheus = await startPrometheus(`
global: { scrape_interval: 500ms, scrape_timeout: 500ms }
scrape_configs:
  - job_name: towline-devices
    http_sd_configs: [{ url: '${port.origin}/metrics/devices/sd', refresh_interval: 1s }]
    metric_relabel_configs:
      - { regex: shard, action: labeldrop }
`);
});

after(async () => {
  await prometheus[Symbol.asyncDispose]();
  await port[Symbol.asyncDispose]();
});

const found = (expression: string, count: number) =>
  waitUntil(
    `${count} series of ${expression}`,
    async () => {
      const series = await query(prometheus, expression);
      return series.length === count ? series : undefined;
    },
    { timeoutMs: 30_000, seen: async () => (await query(prometheus, expression)).slice(0, 3) },
  );

test('Prometheus finds all shards by http_sd, and what it scrapes bears its device', async () => {
  const targets = await found('up == 1', 2);
  assert.deepEqual(targets.map(({ metric }) => metric.shard).sort(), ['0', '1']);
  const [heat] = await found('heat{device_id="pump-1"}', 1);
  assert.equal(heat?.metric.at, 'a"b\\c\nd');
  assert.equal(heat?.metric.exported_device_id, 'pump-2');
  assert.equal(heat?.metric.shard, undefined);
  await found('towline_device_info{version="0.1.0"}', 1);
});

test('a device three hours ahead is left out, and Prometheus refuses nobody for it', async () => {
  await found('heat{device_id="pump-2"}', 1);
  assert.equal((await query(prometheus, 'heat{device_id="pump-3"}')).length, 0);
  assert.doesNotMatch(prometheus.said, /out of|too far|duplicate/i);
  const [last] = await query(prometheus, 'timestamp(heat{device_id="pump-2"}) - time()');
  assert.ok(Math.abs(Number(last?.value[1])) < 60, `${last?.value[1]} s`);
});

test('series of a device that falls silent are gone at the next scrape, not after the lookback of a query', async () => {
  await found('heat{device_id="pump-2"}', 1);
  rig.nowMs += 6 * minute;
  await found('heat{device_id="pump-2"}', 0);
  const [silent] = await found('towline_device_silent_seconds{device_id="pump-1"} > 300', 1);
  assert.equal(silent?.value[1], '360');
});
