import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { EngineEvent } from '../../../../agent/runtime/engine/engine-event.ts';
import type { Piece, Spool } from '../../../../agent/telemetry/collector.ts';
import { Calm } from '../../../../agent/telemetry/events/calm.ts';
import { EngineWords } from '../../../../agent/telemetry/events/engine-words.ts';
import { EventsCollector } from '../../../../agent/telemetry/events/events-collector.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { label } from '../../../../core/plan/container/labels.ts';
import { readSegment } from '../../../../core/telemetry/record/segment.ts';
import { makeDesired, makeProject } from '../../../../lab/rig/desired.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'towline-events-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const clock = createSystemClock();
const device = 'pump-1';

const event = (
  action: string,
  more: Partial<EngineEvent> & { exitCode?: string; id?: string } = {},
): EngineEvent => ({
  Type: 'container',
  Action: action,
  Actor: {
    ID: more.id ?? 'a'.repeat(64),
    Attributes: {
      ...{ [label.device]: device, [label.project]: 'web', [label.service]: 'api', name: 'web-api-1' },
      ...(more.exitCode === undefined ? {} : { exitCode: more.exitCode }),
    },
  },
  ...(more.timeNano === undefined ? {} : { timeNano: more.timeNano }),
});

class FailingSpool implements Spool {
  readonly pieces: Piece[] = [];
  failure: Error | undefined;
  async put(piece: Piece): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.pieces.push(piece);
  }
  urgent(): void {}
  get records() {
    return this.pieces.flatMap(({ bytes }) => readSegment(bytes).records);
  }
}

async function ran(
  name: string,
  spool: Spool,
  work: (collector: EventsCollector) => Promise<void>,
): Promise<void> {
  const collector = await EventsCollector.open({ folder: path.join(folder, name), device, clock });
  const stop = new AbortController();
  const running = collector.run(spool, stop.signal);
  await work(collector).finally(() => stop.abort());
  await running;
}

test('an agent that ends between its disk and the spool says the same again, under the same ids, and nothing else twice', async () => {
  const spool = new FailingSpool();
  await ran('crash', spool, async collector => {
    collector.note({ name: 'app.applied', text: 'one' });
    spool.failure = new Error('killed here');
    await assert.rejects(collector.settle(), /killed here/);
  });
  spool.failure = undefined;
  await ran('crash', spool, async collector => {
    collector.note({ name: 'app.applied', text: 'two' });
    const settled = collector.settle();
    // More comes while what was there is written.
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    collector.note({ name: 'app.applied', text: 'three' });
    await settled;
    collector.note({ name: 'app.applied', text: 'four' });
    await collector.settle();
  });
  await ran('crash', spool, collector => collector.settle());
  const told = spool.records.map(record => record.kind === 'event' && record.text);
  assert.deepEqual(told, ['one', 'two', 'three', 'four']);
  const [first = 0, ...others] = spool.records.map(({ sequence }) => sequence);
  assert.deepEqual(others, [first + 1, first + 2, first + 3]);
});

test('a full disk keeps events waiting, and what there is no room for is counted', async () => {
  const spool = new FailingSpool();
  spool.failure = Object.assign(new Error('full'), { code: 'ENOSPC' });
  await ran('full', spool, async collector => {
    for (let index = 0; index < 250; index += 1) {
      collector.note({ name: `app.${index}`, text: `${index}${'x'.repeat(10_000)}` });
      if (index === 0) await collector.settle();
    }
    spool.failure = undefined;
    await collector.settle();
  });
  const texts = spool.records.map(record => (record.kind === 'event' ? record.text : ''));
  assert.match(texts[0] ?? '', /^0x{499}$/);
  assert.match(texts[1] ?? '', /^(50|51)x/);
  assert.equal(texts.at(-1), '49 events were lost: there was no room for them');
});

test('what was heard before the stream was cut is not told again, and a clock that was set back stops nothing', async () => {
  const spool = new FailingSpool();
  const second = 1e9;
  await ran('resume', spool, async collector => {
    assert.equal(collector.since(), undefined);
    collector.heard(event('start', { timeNano: 1_764_000_000 * second + 500 }));
    assert.equal(collector.since(), '1764000000');
    collector.heard(event('start', { timeNano: 1_764_000_000 * second + 500 }));
    collector.heard(event('die', { exitCode: '1', timeNano: 1_764_000_000 * second + 9000 }));
    collector.heard(event('start', { timeNano: 1_763_990_000 * second }));
    await collector.settle();
  });
  const told = spool.records.map(record => record.kind === 'event' && `${record.time} ${record.name}`);
  assert.deepEqual(told, [
    '2025-11-24T16:00:00.000Z container.start',
    '2025-11-24T16:00:00.000Z container.die',
    '2025-11-24T13:13:20.000Z container.start',
  ]);
  await ran('resume', spool, async collector => assert.equal(collector.since(), '1763990000'));
});

test('a container that starts again and again is told a few times, then summed up', () => {
  const calm = new Calm<string>();
  const told = Array.from({ length: 40 }, (_, index) => calm.admits('web api die', `${index}`, index * 1000));
  assert.equal(told.filter(Boolean).length, 5);
  assert.equal(calm.admits('web api start', 'x', 0), true);
  assert.deepEqual(calm.over(60_000), []);
  assert.deepEqual(calm.over(600_000), [{ last: '39', more: 35 }]);
  assert.equal(calm.admits('web api die', 'again', 700_000), true);
});

test('an end for want of memory is told as such; what others’ containers do is nobody’s business', () => {
  const words = new EngineWords(device);
  const images = new Set(['registry.example.com/web@sha256:1']);
  assert.equal(words.of(event('oom'), images)?.level, 'error');
  const died = words.of(event('die', { exitCode: '137' }), images);
  assert.equal(died?.text, 'web-api-1 ended with exit code 137, out of memory');
  assert.deepEqual(
    [died?.level, died?.urgent, died?.fields],
    ['error', true, { exit_code: 137, out_of_memory: true }],
  );
  words.of(event('kill'), images);
  assert.equal(words.of(event('die', { exitCode: '137' }), images)?.level, 'info');
  assert.equal(words.of(event('health_status: unhealthy'), images)?.text, 'web-api-1 is unhealthy');
  assert.equal(words.of(event('exec_start: sh'), images), undefined);
  const foreign = { ...event('die'), Actor: { ID: 'b', Attributes: { [label.device]: 'other', name: 'x' } } };
  assert.equal(words.of(foreign, images), undefined);
  const pull = (ID: string): EngineEvent => ({ Type: 'image', Action: 'pull', Actor: { ID } });
  assert.equal(words.of(pull('registry.example.com/web@sha256:1'), images)?.name, 'image.pulled');
  assert.equal(words.of(pull('other:1'), images), undefined);
});

test('a pull of an image is told when the pass that wants it has ended, with the time of the pull', async () => {
  const spool = new FailingSpool();
  const image = 'registry.example.com/web@sha256:1';
  const project = makeProject('web', {
    services: { api: { image }, hub: { image: 'docker.io/library/redis@sha256:2' } },
  });
  await ran('pulls', spool, async collector => {
    for (const ID of [image, 'redis@sha256:2', 'other:1'])
      collector.heard({ Type: 'image', Action: 'pull', Actor: { ID }, timeNano: 1_764_000_000e9 });
    collector.look({ desired: makeDesired(device, [project]), containers: [], engineVersion: undefined });
    await collector.settle();
  });
  const told = spool.records.map(record => record.kind === 'event' && `${record.time} ${record.text}`);
  assert.deepEqual(told, [
    `2025-11-24T16:00:00.000Z image ${image} was pulled`,
    '2025-11-24T16:00:00.000Z image redis@sha256:2 was pulled',
  ]);
});
