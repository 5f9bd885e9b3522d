/** An hour, in seconds: receivers that are down, limit, or refuse in part, each with a sink that waits for itself alone. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../../core/io/clock.ts';
import { writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { openElasticsearch } from '../../../gateway/sinks/elasticsearch/open.ts';
import { openLoki } from '../../../gateway/sinks/loki/open.ts';
import { openOtlp } from '../../../gateway/sinks/otlp/open.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { ElasticsearchServer } from './receivers/elasticsearch-server.ts';
import { LokiServer } from './receivers/loki-server.ts';
import { servicesFor } from './receivers/opened.ts';
import { OtlpServer, refusal } from './receivers/otlp-server.ts';
import { Branches, Followed, line, ownFolder, Receiver } from './rig.ts';

const hourMs = 3_600_000;
const linesInAll = 120;
const poison = 50;
const pumps = ['outage-1', 'outage-2'];

/** A clock on which an hour passes in two seconds. */
class QuickClock implements Clock {
  readonly #speed = 1800;
  readonly #began = performance.now();

  now(): number {
    return Date.now() + this.monotonic();
  }

  monotonic(): number {
    return (performance.now() - this.#began) * this.#speed;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms / this.#speed, undefined, { signal });
  }
}

/** A commit with ten lines more of each device. */
function say(branches: Branches, number: number): void {
  for (const device of pumps) {
    const sequences = Array.from({ length: 10 }, (_, at) => number * 10 + at);
    const records = sequences.map(sequence =>
      line(sequence, sequence === poison ? 'poison' : `line ${sequence}`),
    );
    const [sequence = 0] = sequences;
    const place = {
      kind: 'logs',
      class: 'log',
      project: 'shop',
      service: 'web',
      container: 'c0ffee000001',
      sequence,
    } as const;
    branches.commit(
      device,
      new Map<string, string | Buffer>([
        ['status.yaml', 'x: 1\n'],
        [segmentPath(place), writeSegment(records)],
      ]),
    );
  }
}

const idsOf = (without?: number) =>
  pumps
    .flatMap(device => Array.from({ length: linesInAll }, (_, at) => `${device}/c0ffee000001/${at}`))
    .filter(id => !id.endsWith(`/${without}`))
    .sort();
const once = (ids: readonly string[]) => [...new Set(ids)].sort();
const lettersOf = (folder: string) =>
  readFileSync(path.join(folder, 'dead-letters.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map(text => JSON.parse(text));

test('for an hour one receiver answers 503, one 429, one refuses in part: others flow, nothing is lost, poison is set aside', async () => {
  const clock = new QuickClock();
  let isDown = true;
  await using search = await new ElasticsearchServer().listen();
  // Commits are of a fixed time.
  await using loki = await new LokiServer(() => 1_790_000_000_000).listen();
  await using collector = await new OtlpServer().listen();
  search.refuseItem = (id, { message }) => {
    if (message === 'poison') return { status: 400, type: 'document_parsing_exception', reason: 'poison' };
    const isFull = isDown && Number(id.split('/')[2]) % 3 === 0;
    return isFull ? { status: 429, type: 'es_rejected_execution_exception', reason: 'full' } : undefined;
  };
  loki.fault = () => (isDown ? { status: 503, body: 'not ready' } : undefined);
  loki.refuseLine = ({ text }) => (text === 'poison' ? 'entry too far behind' : undefined);
  collector.fault = () =>
    isDown ? { ...refusal(429, 'slow down'), headers: { 'retry-after': '60' } } : undefined;
  collector.refuseRecord = ({ body }) => body === 'poison';

  using folders = new DisposableStack();
  const folderOf = () => folders.use(ownFolder()).path;
  const branches = new Branches(...pumps);
  const quick = new Receiver();
  const kept = { search: folderOf(), loki: folderOf(), collector: folderOf() };
  const services = { ...servicesFor('outage'), clock };
  const opened = [
    [quick, folderOf()],
    [await openElasticsearch({ kind: 'elasticsearch', url: search.url }, services), kept.search],
    [await openLoki({ kind: 'loki', url: loki.url }, services), kept.loki],
    [await openOtlp({ kind: 'otlp', url: collector.url }, services), kept.collector],
  ] as const;
  const followed = await Promise.all(
    opened.map(([receiver, folder]) => Followed.open({ branches, receiver, folder, clock, records: 40 })),
  );
  await using running = new AsyncDisposableStack();
  for (const each of followed) running.defer(() => each.stop());
  for (const each of followed) each.start();

  for (let number = 0; number < linesInAll / 10; number += 1) {
    say(branches, number);
    for (const each of followed) each.look();
    await eventually(() => quick.had.length === (number + 1) * 10 * pumps.length, 5_000);
    await clock.sleep(hourMs / 12, new AbortController().signal);
  }
  assert.ok(clock.monotonic() >= hourMs);
  assert.deepEqual(loki.lines, []);
  assert.deepEqual(collector.records, []);
  const [, ...late] = followed;
  assert.ok(late.every(({ follower }) => follower.error !== undefined && follower.lagMs > 0));

  isDown = false;
  await eventually(
    () => late.every(each => each.follower.error === undefined && each.follower.lagMs === 0),
    20_000,
  );
  for (const each of followed) await each.stop();
  for (const { ids } of [search, loki, collector]) assert.deepEqual(once(ids), idsOf(poison));
  // Elasticsearch folds by id; Loki had the others of a batch that it refused in part.
  assert.equal(search.ids.length, once(search.ids).length);
  assert.equal(collector.ids.length, once(collector.ids).length);
  const words = {
    search: /^400 document_parsing/,
    loki: /400.*too far behind/,
    collector: /400.*a record is refused/,
  };
  for (const [name, folder] of Object.entries(kept)) {
    const letters = lettersOf(folder);
    assert.deepEqual(
      letters.map(({ id }) => id).sort(),
      pumps.map(device => `${device}/c0ffee000001/${poison}`),
    );
    for (const { reason } of letters) assert.match(reason, words[name as keyof typeof words]);
  }
});
