import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Piece, Spool } from '../../../../agent/telemetry/collector.ts';
import { HostMetrics } from '../../../../agent/telemetry/metrics/host/host-metrics.ts';
import { Patient } from '../../../../agent/telemetry/metrics/host/patient.ts';
import { MetricsCollector } from '../../../../agent/telemetry/metrics/metrics-collector.ts';
import { Moments } from '../../../../agent/telemetry/metrics/series/moments.ts';
import { counter, gauge, seriesKey } from '../../../../agent/telemetry/metrics/series/sample.ts';
import { textfileOf, writeTextfile } from '../../../../agent/telemetry/metrics/textfile.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { readMetrics, writeMetrics } from '../../../../core/telemetry/record/metric-segment.ts';
import { makeDesired } from '../../../../lab/rig/desired.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-metrics-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const signal = new AbortController().signal;
const clock = createSystemClock();

test('moments share their series, and one that comes later was not there before', () => {
  const moments = new Moments();
  moments.add(1000, [gauge('a', 1), gauge('a', 9), gauge('b', Number.NaN)]);
  moments.add(2000, [counter('c', 3, { x: '1' }), gauge('a', 2)]);
  const { blocks } = readMetrics(writeMetrics([moments.block()]));
  assert.deepEqual(
    blocks[0]?.series.map(series => series.name),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(blocks[0]?.moments, [
    { timeMs: 1000, values: [1, Number.NaN, null] },
    { timeMs: 2000, values: [2, null, 3] },
  ]);
});

test('what hangs is given up, and left alone until it has come back', async () => {
  const patient = new Patient(50);
  const hanging = Promise.withResolvers<void>();
  assert.equal(await patient.ask(() => hanging.promise), false);
  const asked: string[] = [];
  const ask = async (): Promise<void> => {
    asked.push('asked');
  };
  const begunMs = performance.now();
  assert.equal(await patient.ask(ask), false);
  assert.ok(performance.now() - begunMs < 40);
  hanging.resolve();
  await sleep(1);
  assert.equal(await patient.ask(ask), true);
  assert.equal(asked.length, 1);
});

test('a host tells what this agent may read, and leaves out the rest: no /proc/stat, no sensors, no guesses', async () => {
  const root = path.join(folder, 'root');
  const put = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };
  put('proc/self/net/dev', 'a|b\n c|d\n  wlan0: 10 0 0 0 0 0 0 0 20 0 0 0 0 0 0 0\n');
  put('sys/block/mmcblk0/stat', '1 0 2 0 3 0 4 0 0 5 0\n');
  put('sys/class/hwmon/hwmon0/name', 'cpu_thermal\n');
  put('sys/class/hwmon/hwmon0/temp1_input', '51234\n');
  put('sys/class/thermal/thermal_zone0/type', 'cpu-thermal\n');
  put('sys/class/thermal/thermal_zone0/temp', '50750\n');
  put('etc/os-release', 'ID=debian\nVERSION_ID="12"\n');
  put('run/systemd/timesync/synchronized', '');
  const samples = await new HostMetrics(clock, root).samples();
  const found = new Map(samples.map(sample => [seriesKey(sample), sample.value]));
  assert.equal(found.get('node_network_transmit_bytes_total{device="wlan0"}'), 20);
  assert.equal(found.get('node_disk_written_bytes_total{device="mmcblk0"}'), 2048);
  assert.equal(found.get('node_hwmon_temp_celsius{chip="cpu_thermal_hwmon0",sensor="temp1"}'), 51.234);
  assert.equal(found.get('node_thermal_zone_temp{type="cpu-thermal",zone="0"}'), 50.75);
  assert.equal(found.get('node_timex_sync_status{}'), 1);
  assert.ok(found.has('node_load1{}') && found.has('node_boot_time_seconds{}'));
  assert.ok(![...found.keys()].some(key => key.startsWith('node_cpu_') || key.startsWith('node_memory_')));
});

test('a full disk loses no moment while there is room in memory, and no number is given twice', async () => {
  let isFull = true;
  const pieces: Piece[] = [];
  const spool: Spool = {
    put: async piece => {
      if (isFull) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      pieces.push(piece);
    },
    urgent: () => undefined,
  };
  const make = () =>
    new MetricsCollector({
      engine: { call: () => Promise.reject(new Error('no engine')) },
      config: { engineSocket: path.join(folder, 'no.sock') },
      ...{
        clock,
        device: 'd',
        version: '1',
        folder,
        log: { debug: () => undefined, warn: () => undefined },
        root: folder,
      },
    });
  const collect = async (collector: MetricsCollector): Promise<void> => {
    const stop = new AbortController();
    collector.look({ desired: makeDesired('d', []), containers: [], engineVersion: undefined });
    const running = collector.run(spool, stop.signal);
    await collector.moment(signal);
    await collector.settle();
    stop.abort();
    await running;
  };
  const first = make();
  await collect(first);
  assert.equal(pieces.length, 0);
  isFull = false;
  await first.settle();
  await collect(make());
  const moments = pieces.flatMap(({ bytes }) => readMetrics(bytes).blocks.flatMap(block => block.moments));
  assert.ok(moments.length >= 2);
  const paths = pieces.map(piece => piece.path);
  assert.deepEqual([...new Set(paths)].sort(), paths);
});

test('the file for node-exporter is whole, and a link that lies in its way is replaced, not followed', async () => {
  const target = path.join(folder, 'precious');
  writeFileSync(target, 'precious');
  symlinkSync(target, path.join(folder, 'towline.prom'));
  symlinkSync(target, path.join(folder, '.towline.prom.tmp'));
  const samples = [
    gauge('b', 1, { a: 'x"\\\n' }),
    gauge('c', Number.POSITIVE_INFINITY),
    gauge('b', 2),
    gauge('b', 3),
  ];
  await writeTextfile(folder, samples);
  assert.equal(readFileSync(target, 'utf8'), 'precious');
  const file = path.join(folder, 'towline.prom');
  assert.equal(lstatSync(file).isSymbolicLink(), false);
  assert.equal(lstatSync(file).mode & 0o777, 0o644);
  const text = '# TYPE b gauge\nb{a="x\\"\\\\\\n"} 1\nb 2\n# TYPE c gauge\nc +Inf\n';
  assert.equal(readFileSync(file, 'utf8'), text);
  assert.equal(textfileOf([]), '');
  await assert.rejects(writeTextfile(path.join(folder, 'nowhere'), samples));
});
