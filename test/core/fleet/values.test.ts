import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { formatDuration, parseDuration } from '../../../core/duration.ts';
import { cronProblem } from '../../../core/fleet/cron.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { matches } from '../../../core/fleet/selector.ts';
import { defaults } from '../../../core/fleet/setting-defaults.ts';
import { formatSize, parseSize } from '../../../core/fleet/size.ts';
import { defaultMaxDuration } from '../../../core/fleet/tunnel.ts';
import { nearest } from '../../../core/nearest.ts';

describe('what a file says in a wrong form', () => {
  const messages = (kind: 'device' | 'group' | 'release' | 'agent', lines: readonly string[]) =>
    readFleetFile(
      kind,
      'f.yaml',
      Buffer.from(['apiVersion: towline/v1', ...lines, ''].join('\n')),
    ).problems.map(({ message, position }) => `${position?.line}:${position?.column} ${message}`);

  test('that YAML took for a number, a boolean or nothing is told with the quotes that it lacks', () => {
    assert.deepEqual(
      messages('group', ['apps: { web: { release: 1.10 }, api: { release: true } }', 'labels: { a: }']),
      [
        '3:14 labels.a must be string, and nothing is written there',
        '2:25 apps.web.release must be string: 1.10 without quotes is a number in YAML, write "1.10"',
        '2:49 apps.api.release must be string: true without quotes is a boolean in YAML, write "true"',
      ],
    );
    const [version] = messages('release', ['version: 0x10', 'images: { web: { image: a, digest: 5 } }']);
    assert.equal(
      version,
      '2:10 version must be string: 0x10 without quotes is a number in YAML, write "0x10"',
    );
  });

  test('is told in words with an example, not as a pattern; a URL with a password is not repeated', () => {
    assert.deepEqual(messages('device', ['tunnel: { state: open, until: tomorrow }']), [
      '2:31 tunnel.until "tomorrow" must be: a moment in UTC, RFC 3339; such as 2026-11-23T18:00:00Z',
    ]);
    assert.match(
      messages('device', ['windows: [{ start: "0 3 * * *", duration: an hour, timeZone: UTC }]'])[0] ?? '',
      /duration "an hour" must be: a length of time: whole numbers with ms, s, m, h or d/,
    );
    for (const message of messages('agent', ['proxy: https://me:secret@proxy:1']))
      assert.doesNotMatch(message, /secret/);
  });
});

describe('durations and sizes', () => {
  test('are read as they are written, and written as they are read', () => {
    for (const [text, ms] of [
      ['0s', 0],
      ['250ms', 250],
      ['90s', 90_000],
      ['1h30m', 5_400_000],
      ['14d', 1_209_600_000],
    ] as const) {
      assert.equal(parseDuration(text), ms);
      assert.equal(parseDuration(formatDuration(ms)), ms);
    }
    for (const [text, bytes] of [
      ['0B', 0],
      ['10MiB', 10_485_760],
      ['3GiB', 3 * 1024 ** 3],
      ['1025B', 1025],
    ] as const) {
      assert.equal(parseSize(text), bytes);
      assert.equal(formatSize(bytes), text);
    }
  });

  test('that are none, or beyond reason, are refused', () => {
    for (const text of ['', '5', 'h', '1.5h', '-1s', '1 h', `${'9'.repeat(30)}d`, '400000000d']) {
      assert.throws(() => parseDuration(text), RangeError, text);
    }
    for (const text of ['', '5', '1KB', '1.5MiB', `${'9'.repeat(20)}GiB`])
      assert.throws(() => parseSize(text), RangeError, text);
  });
});

describe('cron expressions', () => {
  for (const good of [
    '* * * * *',
    '*/15 * * * *',
    '0 3 * * 1-5',
    '*/30 * * * * *',
    '0 3 1,15 jan-mar sun',
    '5/10 0 * * 7',
  ]) {
    test(`${good} can be scheduled`, () => assert.equal(cronProblem(good), undefined));
  }
  for (const bad of [
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '5-2 * * * *',
    '*/0 * * * *',
    'a * * * *',
    '1-2-3 * * * *',
    '*/2/3 * * * *',
    ', * * * *',
  ]) {
    test(`${bad} is named as wrong`, () => assert.ok(cronProblem(bad)));
  }
});

describe('the nearest name', () => {
  test('is the one that a slip of the pen leads to, and none where nothing is near', () => {
    assert.equal(nearest('prority', ['priority', 'paused']), 'priority');
    assert.equal(nearest('relase', ['release', 'retry']), 'release');
    assert.equal(nearest('zzzzzz', ['release', 'retry']), undefined);
    assert.equal(nearest('x'.repeat(10_000), ['release']), undefined);
  });
});

describe('selectors', () => {
  const device = { id: 'pump-1', groups: ['eu'], labels: new Map([['site', 'berlin']]) };
  test('match when all their conditions hold', () => {
    assert.equal(matches({ all: true }, device), true);
    assert.equal(matches({ devices: ['pump-1'] }, device), true);
    assert.equal(matches({ groups: ['us', 'eu'] }, device), true);
    assert.equal(matches({ labels: { site: 'berlin' } }, device), true);
    assert.equal(matches({ groups: ['eu'], labels: { site: 'paris' } }, device), false);
    assert.equal(matches({ all: true, devices: ['pump-2'] }, device), false);
  });
  test('that are empty match nobody', () => {
    assert.equal(matches({}, device), false);
    assert.equal(matches({ labels: {} }, device), false);
    assert.equal(matches({ devices: [] }, device), false);
  });
});

describe('defaults', () => {
  test('are the ones that the schemas tell people', () => {
    const schema = (name: string) =>
      JSON.parse(
        readFileSync(path.resolve(import.meta.dirname, `../../../schemas/${name}.schema.json`), 'utf8'),
      );
    const { poll, telemetry, tunnels } = schema('fleet').properties;
    const { update, imagesSettings } = schema('common').$defs;
    assert.deepEqual(
      {
        pollSchedule: poll.properties.schedule.default,
        pollJitter: poll.properties.jitter.default,
        telemetrySchedule: telemetry.properties.schedule.default,
        telemetryMaxBytesPerDay: telemetry.properties.maxBytesPerDay.default,
        telemetryMaxOutboxBytes: telemetry.properties.maxOutboxBytes.default,
        downloadJitter: imagesSettings.properties.jitter.default,
        strategy: update.properties.strategy.default,
        healthTimeout: update.properties.healthTimeout.default,
        stablePeriod: update.properties.stablePeriod.default,
      },
      defaults,
    );
    assert.equal(tunnels.properties.maxDuration.default, defaultMaxDuration);
  });
});
