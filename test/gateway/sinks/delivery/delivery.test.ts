/**
 * At least once: records on their way through each sink that acknowledges, while its receiver goes away, refuses and cuts
 * connections at random, and the gateway is killed. A few thousand here; a million by `npm run test:long`.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../../../core/io/clock.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import type { TelemetryRecord } from '../../../../core/telemetry/record/record.ts';
import { writeSegment } from '../../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../../core/telemetry/record/segment-path.ts';
import type { OpenSink, SinkKind } from '../../../../gateway/sinks/open-sink.ts';
import { kinds } from '../../../../gateway/sinks/records/kinds.ts';
import { strideOf } from '../../../rig/every.ts';
import { Branches, Followed, ownFolder, quiet } from '../rig.ts';
import { targets } from './targets.ts';

const devices = ['pump-1', 'pump-2', 'pump-3', 'pump-4'];
const perCommit = 500;
/** Of each device. */
const commits = 500 / strideOf(250);
/** In a batch. */
const records = 1000 / strideOf(5);
const container = 'c0ffee000001';
const system = createSystemClock();
/** Pauses after failures are as long as a test has time. */
const hurried: Clock = { ...system, sleep: (ms, signal) => system.sleep(Math.min(ms, 20), signal) };

/** What it has to deliver, made as it goes on: the branch is the queue. */
function pushAll(branches: Branches): void {
  for (let commit = 0; commit < commits; commit += 1) {
    for (const device of devices) {
      const sequence = commit * perCommit + 1;
      const time = new Date().toISOString();
      const lines = Array.from({ length: perCommit }, (_, at): TelemetryRecord => {
        return {
          kind: 'log',
          sequence: sequence + at,
          time,
          stream: 'stdout',
          text: `line ${sequence + at}`,
        };
      });
      const place = {
        kind: 'logs',
        class: 'log',
        project: 'shop',
        service: 'web',
        container,
        sequence,
      } as const;
      branches.commit(device, new Map([[segmentPath(place), writeSegment(lines)]]), {
        timeSec: Date.now() / 1000,
      });
    }
  }
}

/** How often each record arrived, by device and sequence. */
class Arrived {
  readonly #times = new Map(devices.map(device => [device, new Uint16Array(commits * perCommit)]));
  total = 0;
  unique = 0;

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

for (const [kind, open] of Object.entries(targets)) {
  test(`${kind}: each record arrives, also where receiver and gateway are killed, and what comes twice has its id`, async t => {
    using folder = ownFolder();
    await using target = await open(folder.path);
    const branches = new Branches(...devices);
    pushAll(branches);
    const expected = devices.length * commits * perCommit;
    const arrived = new Arrived();
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
        return await deliver(batch, signal);
      };
      const kill = (): void => {
        isKilled = true;
      };
      const options = { branches, receiver, folder: folder.path, clock: hurried, records };
      return { followed: (await Followed.open(options)).start(), receiver, kill };
    };
    const end = async () => {
      await followed.stop();
      await receiver.close();
      again += followed.counts.again;
    };
    const positions = join(folder.path, 'positions');
    let { followed, receiver, kill } = await begin();
    let [again, kills] = [0, 0];
    // A file is read once, at the end: there it is over when nothing waits.
    const isThrough = (round: number) =>
      kind === 'file' ? round > 20 && followed.follower.lagMs === 0 : arrived.unique >= expected;
    for (let round = 0; ; round += 1) {
      await wait(30);
      if (isThrough(round)) break;
      followed.look();
      if (round % 4 === 0) target.misbehave(Math.random());
      if (round % 50 === 25) await target.restart();
      if (round % 24 === 18) {
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
    assert.ok(again >= twice, `${twice} came twice, ${again} were counted`);
    t.diagnostic(
      `${expected} records, ${twice} twice (${again} were sent again), ${kills} kills of the gateway`,
    );
  });
}
