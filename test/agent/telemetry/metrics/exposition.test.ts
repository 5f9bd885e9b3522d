import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { maxSamples, readExposition } from '../../../../agent/telemetry/metrics/apps/exposition.ts';
import { relabelled } from '../../../../agent/telemetry/metrics/apps/relabel.ts';
import { counter, gauge } from '../../../../agent/telemetry/metrics/series/sample.ts';
import { SeriesBudget } from '../../../../agent/telemetry/metrics/series/series-budget.ts';

const read = (text: string) =>
  readExposition(text).samples.map(({ name, type, labels, value }) => [name, type, labels, value]);

describe('what an app exposes', () => {
  test('is read as Prometheus’ text format has it', () => {
    const text = [
      '# HELP http_requests_total The total number of HTTP requests.',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total{ method = "post" , code="400", } 3',
      '',
      'msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9',
      'metric_without_timestamp_and_labels 12.47',
      'something_weird{problem="division by zero"} +Inf -3982045',
      'nothing{empty=""} NaN',
      '# TYPE rpc summary',
      'rpc{quantile="0.5"} 4773',
      'rpc_sum 1.7560473e+07',
      '# TYPE latency histogram',
      'latency_bucket{le="+Inf"} 144320\r',
      'latency_count 144320',
    ].join('\n');
    assert.deepEqual(read(text), [
      ['http_requests_total', 'counter', { method: 'post', code: '200' }, 1027],
      ['http_requests_total', 'counter', { method: 'post', code: '400' }, 3],
      [
        'msdos_file_access_time_seconds',
        'untyped',
        { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
        1.458255915e9,
      ],
      ['metric_without_timestamp_and_labels', 'untyped', {}, 12.47],
      ['something_weird', 'untyped', { problem: 'division by zero' }, Number.POSITIVE_INFINITY],
      ['nothing', 'untyped', {}, Number.NaN],
      ['rpc', 'gauge', { quantile: '0.5' }, 4773],
      ['rpc_sum', 'counter', {}, 1.7560473e7],
      ['latency_bucket', 'counter', { le: '+Inf' }, 144_320],
      ['latency_count', 'counter', {}, 144_320],
    ]);
  });

  test('is read as OpenMetrics has it, without exemplars and up to its end', () => {
    const text = [
      '# TYPE acme_http counter',
      '# UNIT acme_http seconds',
      'acme_http_total{path="/a"} 395 1395066363.000 # {trace_id="KOO5S4vxi0o"} 0.67',
      'acme_http_created{path="/a"} 1395066363',
      '# EOF',
      'after_the_end 1',
    ].join('\n');
    assert.deepEqual(read(text), [
      ['acme_http_total', 'counter', { path: '/a' }, 395],
      ['acme_http_created', 'untyped', { path: '/a' }, 1_395_066_363],
    ]);
  });

  test('is left out line by line where it is not in its form, and counted', () => {
    const bad = [
      '1name 1',
      'name',
      'name{ 1',
      'name{a} 1',
      'name{a=b} 1',
      'name{a="b} 1',
      'name{a="b"} ',
      'name{a="b"} x',
      'name{a="b",a="c"} 1',
      'name{__name__="other"} 1',
      'name{a="b"} 1 2 3',
      'name{a="b"} 0x10',
      '{"name.with.dots",a="b"} 1',
      'name{a="b" b="c"} 1',
      `name{${Array.from({ length: 40 }, (_, index) => `l${index}="v"`).join(',')}} 1`,
      `name{a="${'x'.repeat(600)}"} 1`,
      `${'n'.repeat(300)} 1`,
      `name{a="b"} ${'9'.repeat(20_000)}`,
    ];
    const { samples, malformed } = readExposition([...bad, 'good 1'].join('\n'));
    assert.deepEqual(
      samples.map(({ name }) => name),
      ['good'],
    );
    assert.equal(malformed, bad.length);
  });

  test('is read up to a bound, and what is beyond it is counted', () => {
    const text = Array.from({ length: maxSamples + 7 }, (_, index) => `a{n="${index}"} 1\n`).join('');
    const { samples, beyond } = readExposition(text);
    assert.equal(samples.length, maxSamples);
    assert.equal(beyond, 7);
  });
});

describe('an app that says it is another', () => {
  const own = { project: 'web', service: 'api', container: 'web-api-1' };

  test('keeps its word under another name, and is who it is', () => {
    const sample = gauge('up', 1, {
      device_id: 'pump-1',
      project: 'bank',
      service: 's',
      container: 'c',
      device: 'sda',
    });
    assert.deepEqual(relabelled(sample, own).labels, {
      ...{
        exported_device_id: 'pump-1',
        exported_project: 'bank',
        exported_service: 's',
        exported_container: 'c',
      },
      ...{ device: 'sda', ...own },
    });
  });

  test('cannot take the other name either', () => {
    const sample = gauge('up', 1, { project: 'bank', exported_project: 'mint' });
    assert.deepEqual(relabelled(sample, own).labels, {
      ...{ exported_exported_project: 'bank', exported_project: 'mint' },
      ...own,
    });
  });
});

describe('a budget of series', () => {
  const series = (...names: readonly string[]) => names.map(name => counter(name, 1));
  let nowMs = 0;
  const clock = { monotonic: () => nowMs };

  test('keeps those that it had, however many newer ones come first', () => {
    const budget = new SeriesBudget(clock);
    assert.equal(budget.admit(series('a', 'b'), 3).dropped, 0);
    const { samples, dropped } = budget.admit(series('x', 'y', 'z', 'a', 'b'), 3);
    assert.deepEqual(
      samples.map(({ name }) => name),
      ['x', 'a', 'b'],
    );
    assert.equal(dropped, 2);
  });

  test('gives the place of one that is gone to another after a while', () => {
    const budget = new SeriesBudget(clock);
    budget.admit(series('a', 'b'), 2);
    assert.equal(budget.admit(series('c'), 2).dropped, 1);
    for (let moment = 0; moment < 10; moment += 1) budget.admit([], 2);
    assert.equal(budget.admit(series('c', 'd'), 2).dropped, 0);
  });

  test('has three times its series in the first hour of names that change each time, and once in each later one', () => {
    const budget = new SeriesBudget(clock);
    const names = new Set<string>();
    const hour = () => {
      const before = names.size;
      for (const endMs = nowMs + 3_600_000; nowMs < endMs; nowMs += 15_000)
        for (const { name } of budget.admit(
          series(...Array.from({ length: 200 }, (_, at) => `n${nowMs}_${at}`)),
          100,
        ).samples)
          names.add(name);
      return names.size - before;
    };
    const first = hour();
    assert.ok(first > 250 && first <= 300, String(first));
    for (const each of [hour(), hour()]) assert.ok(each > 90 && each <= 110, String(each));
  });
});
