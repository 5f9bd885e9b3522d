/**
 * At least once: records on their way through each sink that acknowledges, while its receiver goes away, refuses, is slow, too
 * slow, and cuts connections at random, and the gateway is killed. A few thousand here; a million by `npm run test:long`. Of
 * remote write it is samples: a receiver folds them by their time, and refuses those that it has.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../../core/io/clock.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import { writeMetrics } from '../../../../core/telemetry/record/metric-segment.ts';
import type { TelemetryRecord } from '../../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../../core/telemetry/record/segment-path.ts';
import type { OpenSink, SinkKind } from '../../../../gateway/sinks/open-sink.ts';
import { kinds } from '../../../../gateway/sinks/records/kinds.ts';
import { strideOf } from '../../../rig/every.ts';
import { Branches, Followed, ownFolder, quiet } from '../rig.ts';
import { targets } from './targets.ts';

const devices = ['pump-1', 'pump-2', 'pump-3', 'pump-4'];
const container = 'c0ffee000001';
const startedMs = Date.now();
const system = createSystemClock();
/** Pauses after failures are as long as a test has time. */
const hurried: Clock = { ...system, sleep: (ms, signal) => system.sleep(Math.min(ms, 20), signal) };

/** What there is to deliver. */
interface Load {
  /** Of each device, records or samples. */
  readonly each: number;
  /** Deliveries in a batch. */
  readonly batch: number;
  /** In a commit. */
  readonly step: number;
  /** Of what is delivered at once: a record, or a segment of samples. */
  readonly unit: number;
  make(sequence: number): readonly [string, Buffer];
}

const logs: Load = {
  ...{ each: 250_000 / strideOf(250), batch: 1000 / strideOf(5), step: 500, unit: 1 },
  make: sequence => {
    const time = new Date().toISOString();
    const lines = Array.from({ length: 500 }, (_, at): TelemetryRecord => {
      const number = sequence + at;
      return { kind: 'log', sequence: number, time, stream: 'stdout', text: `line ${number}` };
    });
    const place = { kind: 'logs', class: 'log', project: 'shop', service: 'web' } as const;
    return [segmentPath({ ...place, container, sequence }), writeSegment(lines)];
  },
};

/** Moments of a segment: a device that comes back after hours has them by the hundred. */
const moments = 200 / strideOf(20);
/** One each second until now, with its number as the value. What a receiver has after a kill takes a while to find. */
const samples: Load = {
  ...{ each: 250_000 / strideOf(1250), batch: 8, step: moments, unit: moments },
  make: sequence => {
    const startMs = startedMs - 250_000 * 1000;
    const taken = Array.from({ length: moments }, (_, at) => {
      return { timeMs: startMs + (sequence + at) * 1000, values: [sequence + at] };
    });
    const series = [{ name: 'count', type: 'counter', labels: {} }] as const;
    return [segmentPath({ kind: 'metrics', sequence }), writeMetrics([{ series, moments: taken }])];
  },
};

/** What it has to deliver: the branch is the queue. */
function pushAll(branches: Branches, { each, step, make }: Load): void {
  for (let sequence = 1; sequence <= each; sequence += step) {
    const segment = new Map([make(sequence)]);
    for (const device of devices) branches.commit(device, segment, { timeSec: Date.now() / 1000 });
  }
}

/** How often each record arrived, by device and sequence. */
class Arrived {
  readonly #times: ReadonlyMap<string, Uint16Array>;
  total = 0;
  unique = 0;

  constructor({ each }: Load) {
    this.#times = new Map(devices.map(device => [device, new Uint16Array(each)]));
  }

  note(ids: readonly string[]): void {
    for (const id of ids) {
      const [device = '', , sequence] = id.split('/');
      const at = Number(sequence) - 1;
      const times = this.#times.get(device);
      const before = times?.[at];
      assert.ok(times !== undefined && before !== undefined, `nobody has sent ${id}`);
      if (before === 0) this.unique += 1;
      times[at] = before + 1;
      this.total += 1;
    }
  }
}

describe('at least once', { concurrency: strideOf(3) }, () => {
  for (const [kind, open] of Object.entries(targets)) {
    test(`${kind}: each record arrives, also where receiver and gateway are killed, and what comes twice has its id`, async t => {
      using folder = ownFolder();
      await using target = await open(folder.path);
      const branches = new Branches(...devices);
      const load = target.isOfSamples === true ? samples : logs;
      pushAll(branches, load);
      const expected = devices.length * load.each;
      const arrived = new Arrived(load);
      const begin = async () => {
        const services = {
          name: kind,
          fleet: 'acme',
          folder: folder.path,
          view: branches.view,
          clock: hurried,
        };
        const make = (await kinds[target.sink.kind]()) as OpenSink<SinkKind>;
        const receiver = await make(target.sink, { ...services, log: quiet });
        const deliver = receiver.deliver.bind(receiver);
        let isKilled = false;
        receiver.deliver = async (batch, signal) => {
          if (isKilled) throw new Error('the gateway was killed');
          const refused = await deliver(batch, signal);
          await wait(target.slowedMs?.() ?? 0);
          return refused;
        };
        const kill = (): void => {
          isKilled = true;
        };
        const where = { branches, receiver, folder: folder.path };
        const options = { ...where, clock: hurried, records: load.batch };
        return { followed: (await Followed.open(options)).start(), receiver, kill };
      };
      const end = async () => {
        await followed.stop();
        await receiver.close();
        again += followed.counts.again;
      };
      const positions = join(folder.path, 'positions');
      let { followed, receiver, kill } = await begin();
      let [again, kills, before] = [0, 0, 0];
      // A file is read once, at the end: there it is over when nothing waits.
      const isThrough = (round: number) =>
        kind === 'file' ? round > 20 && followed.follower.lagMs === 0 : arrived.unique >= expected;
      for (let round = 0; ; round += 1) {
        await wait(30);
        if (isThrough(round)) break;
        followed.look();
        // Faults come one after the other, however slow the machine is.
        if (before < arrived.total + followed.counts.delivered) target.misbehave(Math.random());
        before = arrived.total + followed.counts.delivered;
        if (round % 40 === 10) target.answerTooLate();
        if (round % 50 === 25) await target.restart();
        if (round % 24 >= 18 && followed.counts.delivered > 0) {
          // As a kill leaves it: nothing is sent any more, and what was not written down by now is delivered again.
          await wait(15);
          kill();
          if (existsSync(positions)) copyFileSync(positions, `${positions}.before`);
          await end();
          if (existsSync(`${positions}.before`)) copyFileSync(`${positions}.before`, positions);
          kills += 1;
          ({ followed, receiver, kill } = await begin());
        }
        if (kind !== 'file') arrived.note(target.drain());
      }
      await end();
      arrived.note(target.drain());
      assert.equal(arrived.unique, expected);
      assert.equal(followed.counts.refused, 0);
      const twice = arrived.total - expected;
      again *= load.unit;
      assert.ok(again >= twice, `${twice} came twice, ${again} were counted`);
      t.diagnostic(
        `${expected} records, ${twice} twice (${again} were sent again), ${kills} kills of the gateway`,
      );
    });
  }
});
