/** Logs, metrics and events, read from git alone by the verbs of `towline`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Grep } from '../../../cli/telemetry/grep.ts';
import { silenceWords } from '../../../cli/telemetry/silence.ts';
import { writeMetrics } from '../../../core/telemetry/record/metric-segment.ts';
import type { LogRecord, TelemetryRecord } from '../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import type { SegmentPlace } from '../../../core/telemetry/record/segment-path.ts';
import { makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { makeFleet, type TestFleet } from '../fleet.ts';
import { addKeys, type Telemetry } from '../status/reports.ts';
import { run, towline } from '../towline.ts';
import { tell } from './told.ts';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../docs/guides/logs.md'), 'utf8');
const container = 'abcdef012345';
const containers: Readonly<Record<string, string>> = { web: container, db: '012345abcdef' };
const nowMs = Math.floor(Date.now() / 1000) * 1000;
const at = (secondsAgo: number, fraction = '') =>
  `${new Date(nowMs - secondsAgo * 1000).toISOString().slice(0, 19)}${fraction}Z`;

const logs = (service: string, sequence: number, kind: 'debug' | 'log' | 'error' = 'log'): SegmentPlace => ({
  ...{ kind: 'logs', class: kind, project: 'hello', service, sequence },
  container: containers[service] ?? '',
});

function line(sequence: number, time: string, text: string, more: Partial<LogRecord> = {}): LogRecord {
  return { kind: 'log', sequence, time, stream: 'stdout', text, ...more };
}

test('a pattern that goes astray is broken off', () => {
  const texts = [{ text: `${'a'.repeat(50)}!` }];
  assert.throws(() => new Grep('(a+)+$', 300).filter(texts), /longer than 300 ms/);
  assert.deepEqual(new Grep('a!').filter(texts), texts);
});

test('of many devices that are silent a few are named; one that has keys may be one that is not to be read', () => {
  const devices = Array.from({ length: 9 }, (_, at) => `pump-${at}`);
  const reading = { devices, sentMs: new Map([['pump-0', 1000]]), keyless: new Set(['pump-8']) };
  assert.deepEqual(silenceWords(reading, { isEmpty: false, sinceMs: 0, nowMs: 5000 }), [
    'pump-8: no keys yet, `towline device accept` comes first',
    'pump-1, pump-2, pump-3, pump-4, pump-5, and 2 more: never sent anything, or `reads` of your operator file does not select it',
  ]);
});

describe('reading telemetry', () => {
  let fleet: TestFleet;
  let telemetry: Telemetry;
  let keys: readonly [string, string];
  const says = (
    device: 'pump-1' | 'pump-2',
    secondsAgo: number,
    ...files: (readonly [SegmentPlace, Uint8Array])[]
  ) =>
    tell(telemetry, {
      device,
      keyFile: keys[device === 'pump-1' ? 0 : 1],
      files,
      timeMs: nowMs - secondsAgo * 1000,
    });
  const segment = (...records: TelemetryRecord[]) => writeSegment(records);
  const asks = (...words: string[]) =>
    towline([...words, '--repo', fleet.directory, '--telemetry', telemetry.path]);
  const texts = (output: string) =>
    output
      .trimEnd()
      .split('\n')
      .map(text => text.replace(/^\S+ /, ''));

  before(async () => {
    fleet = await makeFleet();
    keys = await addKeys(fleet);
    telemetry = await makeRepository();
    await says('pump-1', 7200, [logs('web', 0), segment(line(0, at(7300), 'too old'))]);
    await says(
      'pump-1',
      100,
      [logs('web', 1), segment(line(1, at(300, '.1'), 'one'), line(3, at(200, '.30'), 'three\nand more'))],
      [logs('web', 2, 'error'), segment(line(2, at(200, '.2'), 'two \u001b[2J', { level: 'error' }))],
      [
        logs('db', 0),
        segment(line(0, at(250), 'db says'), {
          kind: 'gap',
          sequence: 1,
          time: at(240),
          reason: 'rate',
          lines: 12,
        }),
      ],
    );
    // Read twice after a crash of the agent.
    await says('pump-1', 90, [
      logs('web', 3),
      segment(line(3, at(200, '.30'), 'three\nand more'), line(4, at(95), 'four')),
    ]);
    await says('pump-2', 95, [logs('web', 0), segment(line(0, at(210), 'of another'))]);
    const series = [
      { name: 'node_cpu_seconds_total', type: 'counter' as const, labels: { cpu: '0', mode: 'idle' } },
      { name: 'node_cpu_seconds_total', type: 'counter' as const, labels: { cpu: '0', mode: 'user' } },
      { name: 'node_memory_MemTotal_bytes', type: 'gauge' as const, labels: {} },
      { name: 'node_memory_MemAvailable_bytes', type: 'gauge' as const, labels: {} },
      {
        name: 'container_cpu_usage_seconds_total',
        type: 'counter' as const,
        labels: { service: 'web', container: 'hello-web-1' },
      },
    ];
    const moments = [0, 60, 120].map((second, index) => ({
      timeMs: nowMs - 200_000 + second * 1000,
      values: [100 + index * 45, 10 + index * 15, 4 * 1024 ** 3, 1024 ** 3 * (index + 1), index * 6],
    }));
    const events: TelemetryRecord[] = [
      {
        kind: 'event',
        sequence: 0,
        time: at(150),
        name: 'app.applied',
        text: 'hello 1.0.0 → 1.1.0 in 3.2 s',
        project: 'hello',
      },
      {
        kind: 'event',
        sequence: 1,
        time: at(140),
        name: 'container.die',
        text: 'web ended with 1',
        level: 'error',
        service: 'web',
      },
    ];
    await says(
      'pump-1',
      50,
      [{ kind: 'metrics', sequence: 0 }, writeMetrics([{ series, moments }])],
      [{ kind: 'events', sequence: 0 }, segment(...events)],
    );
  });
  after(async () => {
    await telemetry.remove();
    await fleet[Symbol.asyncDispose]();
  });

  test('the records of an hour, by time over all services; what is missing stands where it is missing, no text steers the terminal', async () => {
    const { code, output, errors } = await asks('logs', 'pump-1');
    assert.equal(code, 0, errors);
    assert.deepEqual(texts(output), [
      'web one',
      'db db says',
      'db -- 12 lines missing: more than the app may say in a second',
      'web two \\u001b[2J',
      'web three',
      'web and more',
      'web four',
    ]);
    assert.match(output, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.100Z web one\n/);
    const both = await asks('logs', '-l', 'site=berlin', 'web');
    assert.deepEqual(texts(both.output)[1], 'pump-2 web of another', both.errors);
  });

  test('one service, a level, a pattern, the newest, a time, JSON', async () => {
    const shown = async (...words: string[]) => texts((await asks('logs', 'pump-1', ...words)).output);
    assert.deepEqual(await shown('db', '--grep', 'say'), [
      'db db says',
      'db -- 12 lines missing: more than the app may say in a second',
    ]);
    assert.deepEqual(await shown('web', '--level', 'warn'), ['web two \\u001b[2J']);
    assert.deepEqual(await shown('web', '-n', '1'), ['web four']);
    assert.deepEqual(await shown('web', '--since', at(96)), ['web four']);
    assert.ok((await shown('web', '--since', '3h')).includes('web too old'));
    const json = await asks('logs', 'pump-1', 'web', '--level', 'error', '--json');
    assert.deepEqual(JSON.parse(json.output), {
      ...{
        id: `pump-1/${container}/2`,
        device: 'pump-1',
        project: 'hello',
        service: 'web',
        container,
        kind: 'log',
      },
      ...{ sequence: 2, time: at(200, '.2'), stream: 'stdout', text: 'two \u001b[2J', level: 'error' },
    });
    for (const words of [
      ['--grep', '('],
      ['--since', 'soon'],
      ['-l', 'site=berlin'],
      ['-n', '0'],
    ]) {
      assert.equal(
        (await asks('logs', 'pump-1', ...words, ...(words[0] === '-l' ? ['a'] : []))).code,
        2,
        words.join(' '),
      );
    }
    assert.equal((await asks('logs', 'pump-9')).code, 2);
  });

  test('over a fetch the same is shown, however short the clone begins', async () => {
    const place = `file://${telemetry.path}`;
    const far = await towline(['logs', 'pump-1', '--repo', fleet.directory, '--telemetry', place]);
    assert.equal(far.errors, '');
    assert.equal(far.output, (await asks('logs', 'pump-1')).output);
  });

  test('where there is nothing to show it says why: no keys yet, too old, no gateway', async () => {
    const never = await asks('logs', 'pump-3');
    assert.equal(never.code, 0, never.errors);
    assert.match(never.errors, /^pump-3: no keys yet, `towline device accept` comes first\n$/);
    for (const verb of ['logs', 'metrics', 'events', 'top']) {
      const { code, errors } = await asks(verb, 'pump-1', '--since', '1s');
      assert.equal(code, 0, errors);
      assert.match(errors, /^nothing of that since \S+Z; sent last: pump-1 \S+ ago\n$/);
    }
    const nowhere = 'ssh://git@127.0.0.1:1/telemetry.git';
    const away = await towline(['logs', 'pump-1', '--repo', fleet.directory, '--telemetry', nowhere]);
    assert.match(away.errors, /^CLI_GATEWAY_UNREACHABLE [\s\S]*whether the gateway runs/);
    assert.notEqual(away.code, 0);
  });

  test('metrics as a table with what a counter adds in a second, and as JSON', async () => {
    const { output, code, errors } = await asks('metrics', 'pump-1', 'node_');
    assert.equal(code, 0, errors);
    assert.match(output, /node_cpu_seconds_total\{cpu="0",mode="user"\} +0\.25\/s +0\.25\/s +0\.25\/s +▁▁/);
    assert.match(output, /node_memory_MemAvailable_bytes +3 GiB +1 GiB +3 GiB +▁▅█/);
    const json = JSON.parse((await asks('metrics', 'pump-1', 'container_', '--json')).output) as {
      series: { points: unknown[] }[];
    };
    assert.equal(json.series[0]?.points.length, 3);
  });

  test('how busy devices are, the busiest first, and which say nothing', async () => {
    const { output, code, errors } = await asks('top', '-l', 'site=berlin');
    assert.equal(code, 0, errors);
    const [, first, second] = output.split('\n');
    assert.match(first ?? '', /^pump-1 +\S+ ago +25 % +25 % +- +- +- +web 10 %/);
    assert.match(second ?? '', /^pump-2 +no metrics/);
  });

  test('events by time', async () => {
    const { output } = await asks('events', 'pump-1');
    assert.deepEqual(texts(output), [
      'pump-1 app.applied hello 1.0.0 → 1.1.0 in 3.2 s',
      'pump-1 web container.die web ended with 1',
    ]);
  });

  test('the guide on logs, typed as written: by towline, and with plain git', async () => {
    const [, towlines = '', plain = ''] =
      /## Logs, metrics, events\n([\s\S]*?)\n## Logs, with plain git\n([\s\S]*?)\n## /.exec(guide) ?? [];
    const mine = (text: string) =>
      text.replaceAll('pump-3', 'pump-1').replaceAll('worker', 'web').replaceAll('lisbon', 'berlin');
    await fleet.git('config', 'towline.telemetry', telemetry.path);
    const commands = [...towlines.matchAll(/^towline (.*)$/gm)].map(([, words = '']) => mine(words));
    assert.ok(commands.length >= 7);
    for (const command of commands.filter(words => !/ -f$/.test(words))) {
      const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
      const { code, errors } = await towline(words, {}, fleet.directory);
      assert.equal(code, 0, `towline ${command}: ${errors}`);
    }
    const clone = path.join(fleet.folder, 'clone');
    await fleet.git('clone', '--quiet', '--no-checkout', telemetry.path, clone);
    const typed = async (block: string) =>
      await run('sh', ['-ec', mine(block).replaceAll('~/fleet', fleet.directory)], {}, clone);
    const blocks = [...plain.matchAll(/```\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    const [listed, records, verified] = await Promise.all(blocks.map(typed));
    assert.match(listed?.output ?? '', /^events\/0{12}\.ndjson\.gz$/m);
    const own = (records?.output ?? '')
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text).text);
    assert.deepEqual(own, ['too old', 'one', 'three\nand more', 'two \u001b[2J', 'three\nand more', 'four']);
    assert.match(verified?.errors ?? '', /Good "git" signature for pump-1/);
  });

  test('what no key of the device has signed is left out, whoever wrote it, and that is said', async () => {
    const forged = segment(line(9, at(10), 'forged'));
    await tell(telemetry, {
      device: 'pump-2',
      keyFile: keys[0],
      files: [[logs('web', 9), forged]],
      timeMs: nowMs,
    });
    const { output, errors, code } = await asks('logs', 'pump-2');
    assert.deepEqual(texts(output), ['web of another']);
    assert.match(errors, /^pump-2: 1 commit is not its own and left out: /);
    assert.equal(code, 1);
  });
});
