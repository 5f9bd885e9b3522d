import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleetView, gaugeOf, PrometheusRig } from './rig.ts';
import { linesOf, scrape, scrapedPort } from './scraped.ts';

const minute = 60_000;

test('a scrape shows the newest value of each series, whose it is, and no time', async () => {
  const rig = new PrometheusRig(['pump-1', 'pump-2']);
  await rig.says('pump-1', [gaugeOf('node_load1', 0.5)]);
  rig.nowMs += minute;
  await rig.says('pump-1', [gaugeOf('node_load1', 0.75)]);
  await rig.says('pump-2', [gaugeOf('node_load1', Number.POSITIVE_INFINITY)]);
  assert.deepEqual(linesOf(await scrape(rig.sink), 'node_load1'), [
    'node_load1{device_id="pump-1",site="berlin"} 0.75',
    'node_load1{device_id="pump-2",site="berlin"} +Inf',
  ]);
});

test('each family is named once in a shard, and is untyped where two devices mean two things by it', async () => {
  const rig = new PrometheusRig(['pump-1', 'pump-2']);
  await rig.says('pump-1', [
    gaugeOf('heat', 1),
    gaugeOf('calls', 1, { path: '/' }),
    gaugeOf('heat', 2, { at: 'b' }),
  ]);
  await rig.says('pump-2', [{ ...gaugeOf('heat', 3), type: 'counter' }]);
  const text = await scrape(rig.sink);
  assert.deepEqual(
    text.split('\n').filter(line => /^# TYPE (heat|calls)/.test(line)),
    ['# TYPE calls gauge', '# TYPE heat untyped'],
  );
  // All lines of one family stand together.
  const names = linesOf(text).map(line => line.slice(0, line.indexOf('{')));
  assert.equal(names.filter((name, at) => name !== names[at - 1]).length, new Set(names).size);
});

test('quotes, backslashes, line ends and half a surrogate in a label leave one line that is read', async () => {
  const rig = new PrometheusRig(['pump-1']);
  await rig.says('pump-1', [gaugeOf('heat', 1, { at: 'a"b\\c\nd\ud800' })]);
  assert.deepEqual(linesOf(await scrape(rig.sink), 'heat'), [
    'heat{device_id="pump-1",site="berlin",at="a\\"b\\\\c\\nd\ufffd"} 1',
  ]);
});

test('a device speaks for no other: its own device_id is exported_device_id, names of Prometheus and of the gateway are dropped and counted', async () => {
  const rig = new PrometheusRig(['pump-1']);
  await rig.says('pump-1', [
    gaugeOf('heat', 1, { device_id: 'pump-2', exported_device_id: 'x', site: 'paris', __name__: 'up' }),
    gaugeOf('up', 0),
    gaugeOf('ALERTS', 1, { alertname: 'Fire' }),
    gaugeOf('towline_device_silent_seconds', 1e9),
    gaugeOf('towline_scrape_up', 1),
  ]);
  const text = await scrape(rig.sink);
  assert.deepEqual(linesOf(text), [
    'heat{device_id="pump-1",site="berlin",exported_device_id="x",exported_exported_device_id="pump-2",exported_site="paris"} 1',
    'towline_scrape_up{device_id="pump-1",site="berlin"} 1',
  ]);
  assert.equal(rig.sink.metrics().find(({ name }) => name.includes('reserved'))?.value, 3);
});

test('series of a device that falls silent vanish after three of its intervals; of a setting, when it says', async () => {
  const rig = new PrometheusRig(['pump-1']);
  const strict = new PrometheusRig(['pump-1'], {
    limits: { seriesPerDevice: 10, series: 10, stalenessMs: 2 * minute },
  });
  for (const _ of [1, 2]) {
    for (const each of [rig, strict]) {
      each.nowMs += 15 * minute;
      await each.says('pump-1', [gaugeOf('heat', 1)]);
    }
  }
  for (const each of [rig, strict]) each.nowMs += 3 * minute;
  assert.equal(linesOf(await scrape(rig.sink), 'heat').length, 1);
  assert.equal(linesOf(await scrape(strict.sink), 'heat').length, 0);
  rig.nowMs += 43 * minute;
  assert.equal(linesOf(await scrape(rig.sink), 'heat').length, 0);
});

test('what is more than ten minutes ahead is dropped and counted; a clock that comes back is believed', async () => {
  const rig = new PrometheusRig(['pump-1']);
  await rig.says('pump-1', [gaugeOf('heat', 1)]);
  await rig.says('pump-1', [gaugeOf('heat', 2)], rig.nowMs + 180 * minute);
  assert.match(linesOf(await scrape(rig.sink), 'heat')[0] ?? '', / 1$/);
  assert.equal(rig.sink.metrics().find(({ name }) => name.includes('ahead'))?.value, 1);
  await rig.says('pump-1', [gaugeOf('heat', 3)], rig.nowMs + 9 * minute);
  await rig.says('pump-1', [gaugeOf('heat', 4)]);
  assert.match(linesOf(await scrape(rig.sink), 'heat')[0] ?? '', / 4$/);
});

test('a backlog does not hide what is newer, and a series without a value in the newest moment is gone', async () => {
  const rig = new PrometheusRig(['pump-1']);
  await rig.says('pump-1', [gaugeOf('heat', 2), gaugeOf('cold', 1)]);
  await rig.says('pump-1', [gaugeOf('heat', 1)], rig.nowMs - minute);
  assert.match(linesOf(await scrape(rig.sink), 'heat')[0] ?? '', / 2$/);
  assert.equal(rig.sink.metrics().find(({ name }) => name.includes('late'))?.value, 1);
  rig.nowMs += minute;
  await rig.says('pump-1', [gaugeOf('heat', 3), gaugeOf('cold', null)]);
  assert.deepEqual(linesOf(await scrape(rig.sink), 'cold'), []);
});

test('series beyond what a device, and what all of them may have are dropped and counted', async () => {
  const limits = { seriesPerDevice: 3, series: 5, stalenessMs: undefined };
  const rig = new PrometheusRig(['pump-1', 'pump-2', 'pump-3'], { limits });
  const many = Array.from({ length: 4 }, (_, at) => gaugeOf('heat', at, { at: String(at) }));
  for (const device of ['pump-1', 'pump-2', 'pump-3']) await rig.says(device, many);
  assert.equal(linesOf(await scrape(rig.sink), 'heat').length, 5);
  assert.equal(rig.sink.metrics().find(({ name }) => name.includes('over'))?.value, 1 + 2 + 4);
  rig.sink.forget('pump-1');
  await rig.says('pump-3', many);
  assert.equal(linesOf(await scrape(rig.sink), 'heat').length, 5);
});

test('shards are found by http_sd, packed where it is asked for, and there is nothing beside them', async () => {
  const rig = new PrometheusRig(Array.from({ length: 900 }, (_, at) => `pump-${at}`));
  await rig.says('pump-1', [gaugeOf('heat', 1)]);
  await using port = await scrapedPort(rig.sink);
  const targets: unknown[] = JSON.parse(await (await fetch(`${port.origin}/metrics/devices/sd`)).text());
  const host = port.origin.slice('http://'.length);
  assert.deepEqual(targets[1], {
    targets: [host],
    labels: { __metrics_path__: '/metrics/devices', __param_shard: '1', shard: '1' },
  });
  const ask = (path: string, headers = {}) => fetch(`${port.origin}${path}`, { headers });
  for (const path of ['/metrics/devices?shard=99', '/metrics/devices?shard=-1', '/metrics/devices?x=1'])
    assert.equal((await ask(path)).status, 404);
  const packed = await ask('/metrics/devices?shard=0', { 'accept-encoding': 'gzip' });
  assert.equal(packed.headers.get('content-encoding'), 'gzip');
  assert.equal(packed.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  rig.view.publish(fleetView(['pump-2']));
  assert.deepEqual(linesOf(await (await ask('/metrics/devices')).text(), 'heat'), []);
});
