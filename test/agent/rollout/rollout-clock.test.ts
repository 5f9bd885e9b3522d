/** When a stage counts on a device: by a kept clock, by a statement of freshness, by its own count of time; over restarts. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DesiredReader } from '../../../agent/pass/desired-reader.ts';
import { ReadingMark } from '../../../agent/pass/reading-mark.ts';
import { RolloutClock } from '../../../agent/rollout/rollout-clock.ts';
import { RolloutMemory } from '../../../agent/rollout/rollout-memory.ts';
import type { DesiredProject } from '../../../core/desired/state.ts';
import type { DeviceLayers } from '../../../core/fleet/fleet.ts';
import { loadDevice } from '../../../core/fleet/load-device.ts';
import { rolledOut } from '../../../core/rollout/rolled-out.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import {
  dayMs,
  hourMs,
  instantOf,
  RollingFleet,
  rolloutText,
  startMs,
} from '../../core/rollout/rolling-fleet.ts';

const file = 'rollouts/web/r1.yaml';
const stages = [
  'name: first, select: { devices: [pump-1] }, hold: 4h',
  'name: second, select: { devices: [pump-2] }, hold: 1d',
  'name: all, select: { all: true }, prefetch: true',
];
const at = (stage: number, sinceMs = startMs, more: Readonly<Record<string, unknown>> = {}) =>
  rolloutText(stages, { stage, since: instantOf(sinceMs), ...more });
const { signal } = new AbortController();

/** A machine that runs an agent: its clocks, its disk. */
class Machine {
  readonly fleet: RollingFleet;
  readonly device: string;
  readonly folder: string;
  wallMs = startMs;
  monotonicMs = 0;
  isKept: boolean | undefined = true;
  freshMs: number | undefined;
  /** Blobs that were read. */
  reads = 0;
  rings = 0;
  /** What goes by each time the monotonic clock is read. */
  tickMs = 0;
  readonly #sleeps: { readonly untilMs: number; readonly wake: () => void }[] = [];
  readonly #watching: Promise<void>[] = [];
  #clock: RolloutClock | undefined;
  #reader: DesiredReader | undefined;

  constructor(fleet: RollingFleet, device: string, folder: string) {
    this.fleet = fleet;
    this.device = device;
    this.folder = folder;
  }

  restart(): void {
    this.#clock = undefined;
    this.#reader = undefined;
    this.monotonicMs += 1000;
  }

  pass(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
    if (this.freshMs !== undefined) this.freshMs += ms;
    for (const { untilMs, wake } of this.#sleeps) if (untilMs <= this.monotonicMs) wake();
  }

  async web(): Promise<DesiredProject | undefined> {
    this.#clock ??= await this.#open();
    const clock = this.#clock;
    this.#reader ??= new DesiredReader({
      device: this.device,
      projectPrefix: '',
      objects: () => ({
        read: id => {
          this.reads += 1;
          return this.fleet.repository.read(id);
        },
        [Symbol.asyncDispose]: async () => undefined,
      }),
      mark: new ReadingMark(this.folder),
      onRead: () => undefined,
    });
    const counting = (layers: DeviceLayers) => clock.when(layers, async () => this.freshMs, signal);
    const { desired, problems } = await this.#reader.at(this.fleet.head, counting);
    assert.deepEqual(problems, []);
    return desired?.projects[0];
  }

  async release(): Promise<string | undefined> {
    return (await this.web())?.release;
  }

  /** Of the first app, by its clock alone. */
  async releaseOf(layers: DeviceLayers): Promise<string | undefined> {
    this.#clock ??= await this.#open();
    const when = await this.#clock.when(layers, async () => this.freshMs, signal);
    return rolledOut(layers, when).apps[0]?.release;
  }

  async #open(): Promise<RolloutClock> {
    const time = {
      now: () => this.wallMs,
      monotonic: () => {
        this.monotonicMs += this.tickMs;
        return this.monotonicMs;
      },
      unsynchronised: undefined,
      sleep: (ms: number, aborted: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          this.#sleeps.push({ untilMs: this.monotonicMs + ms, wake: resolve });
          aborted.addEventListener('abort', () => reject(aborted.reason), { once: true });
        }),
    };
    const isKept = async () => this.isKept;
    const options = { time, wallMs: () => this.wallMs, isKept, log: { warn() {} } };
    const clock = await RolloutClock.open(this.folder, options);
    const ring = () => {
      this.rings += 1;
    };
    this.#watching.push(clock.watch(ring, signal));
    return clock;
  }
}

describe('a stage counts on a device', () => {
  let folder: string;
  let fleet: RollingFleet;
  let machine: Machine;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'towline-rollout-'));
    fleet = new RollingFleet({ 'pump-1': 'labels: {}', 'pump-2': 'labels: {}', 'pump-3': 'labels: {}' });
    machine = new Machine(fleet, 'pump-2', folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('when its kept clock has reached since; nothing is read anew before, and a timer rings then', async () => {
    fleet.commit({ [file]: at(2, startMs + hourMs) }, startMs);
    const before = await machine.web();
    assert.equal(before?.release, '1.0.0');
    assert.deepEqual(before.rollout, { name: 'r1', stage: 2, state: 'waits', atMs: startMs + hourMs });
    const { reads } = machine;
    machine.pass(hourMs - 1);
    assert.equal(await machine.web(), before);
    assert.deepEqual([machine.reads, machine.rings], [reads, 0]);
    machine.pass(2);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(machine.rings, 1);
    const after = await machine.web();
    assert.equal(after?.release, '1.1.0');
    assert.deepEqual(after.rollout, { name: 'r1', stage: 2, state: 'open' });
    assert.equal(await machine.web(), after);
  });

  test('by the newest statement of freshness, where nobody keeps its clock, however wrong that is', async () => {
    machine.isKept = undefined;
    machine.wallMs = startMs + 400 * dayMs;
    machine.freshMs = startMs;
    fleet.commit({ [file]: at(2, startMs + hourMs) }, startMs);
    assert.equal(await machine.release(), '1.0.0');
    machine.pass(hourMs);
    assert.equal(await machine.release(), '1.1.0');
  });

  test('without either, after the holds since it saw the stages before open, by time that it has run', async () => {
    machine.isKept = false;
    machine.wallMs = 0;
    fleet.commit({ [file]: at(1) }, startMs);
    assert.equal(await machine.release(), '1.0.0');
    machine.pass(hourMs);
    fleet.commit({ [file]: at(2, startMs + 400 * dayMs) }, startMs + hourMs);
    assert.deepEqual([await machine.release(), (await machine.web())?.rollout?.atMs], ['1.0.0', 4 * hourMs]);
    machine.pass(2 * hourMs);
    assert.equal(await machine.release(), '1.0.0');
    machine.restart();
    machine.wallMs = 0;
    assert.equal(await machine.release(), '1.0.0');
    machine.pass(hourMs);
    assert.equal(await machine.release(), '1.1.0');
  });

  test('at once on a first stage, where it knows no time at all', async () => {
    const first = new Machine(fleet, 'pump-1', folder);
    first.isKept = false;
    fleet.commit({ [file]: at(1, startMs + 400 * dayMs) }, startMs);
    assert.equal(await first.release(), '1.1.0');
  });

  test('and goes on to count, whatever becomes of the clock, of since, or of a restart', async () => {
    fleet.commit({ [file]: at(2) }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    machine.restart();
    machine.isKept = false;
    machine.wallMs = 0;
    machine.freshMs = 1000;
    assert.equal(await machine.release(), '1.1.0');
    fleet.commit({ [file]: at(3, startMs + 4000 * dayMs) }, startMs + dayMs);
    assert.equal(await machine.release(), '1.1.0', 'a later stage dated to the future takes nothing back');
  });

  test('no more once it was closed again, and then anew by its own since', async () => {
    fleet.commit({ [file]: at(2) }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    fleet.commit({ [file]: at(1) }, startMs);
    assert.equal(await machine.release(), '1.0.0');
    fleet.commit({ [file]: at(2, startMs + dayMs) }, startMs);
    assert.equal(await machine.release(), '1.0.0');
    machine.pass(dayMs);
    assert.equal(await machine.release(), '1.1.0');
  });

  test('trap 5: a device that comes back after 30 days takes the newest stage at once', async () => {
    fleet.commit({ [file]: at(1) }, startMs);
    assert.equal(await machine.release(), '1.0.0');
    fleet.commit({ [file]: at(2, startMs + 5 * hourMs) }, startMs + 5 * hourMs);
    machine.restart();
    machine.wallMs += 30 * dayMs;
    assert.equal(await machine.release(), '1.1.0');
  });

  test('trap 6: a newcomer in mid-rollout gets the new release only if its stage is open', async () => {
    fleet.commit({ [file]: at(1), 'devices/pump-4.yaml': 'apiVersion: towline/v1\n' }, startMs);
    const newcomer = new Machine(fleet, 'pump-4', folder);
    assert.equal(await newcomer.release(), '1.0.0');
    fleet.commit({ [file]: at(3, startMs + 2 * dayMs) }, startMs + 2 * dayMs);
    newcomer.pass(2 * dayMs);
    assert.equal(await newcomer.release(), '1.1.0');
  });

  test('trap 19: a pin that runs out in mid-rollout gives way to the rollout, for good; nobody’s clock ends none', async () => {
    const pin = (until: string) =>
      `apiVersion: towline/v1\napps: { web: { release: "1.0.0", pinned: { until: "${until}", reason: a trial } } }\n`;
    const until = instantOf(startMs + hourMs);
    fleet.commit({ [file]: at(2), 'devices/pump-2.yaml': pin(until) }, startMs);
    const pinned = await machine.web();
    assert.deepEqual(
      [pinned?.release, pinned?.rollout, pinned?.pin],
      ['1.0.0', undefined, { untilMs: startMs + hourMs, reason: 'a trial', beneath: '1.0.0' }],
    );
    machine.isKept = false;
    machine.pass(hourMs);
    assert.equal(await machine.release(), '1.0.0');
    machine.freshMs = machine.wallMs;
    const over = await machine.web();
    assert.deepEqual([over?.release, over?.pin], ['1.1.0', undefined]);
    machine.restart();
    machine.freshMs = startMs;
    assert.equal(await machine.release(), '1.1.0');
  });

  test('two rollouts in conflict leave the app as it runs, and are named', async () => {
    fleet.commit({ [file]: at(2), 'rollouts/web/r2.yaml': at(2) }, startMs);
    const web = await machine.web();
    assert.deepEqual(
      [web?.release, web?.conflict, web?.rollout],
      ['1.0.0', ['r1', 'r2'], { name: 'r1', state: 'conflict' }],
    );
  });

  test('a release that is taken back stays where its migration is one-way, and nobody else is asked to', async () => {
    const release = 'apps/web/releases/1.1.0/release.yaml';
    const oneWay = `${fleet.files.get(release)}migration: one-way\n`;
    fleet.commit({ [file]: at(2), [release]: oneWay }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    fleet.commit({ [file]: at(2, startMs, { aborted: true }) }, startMs);
    const taken = await machine.web();
    assert.deepEqual([taken?.release, taken?.kept], ['1.0.0', { rollout: 'r1', release: '1.1.0' }]);
    machine.restart();
    assert.deepEqual((await machine.web())?.kept, { rollout: 'r1', release: '1.1.0' });
    const never = new Machine(fleet, 'pump-3', path.join(folder, 'never'));
    assert.deepEqual([await never.release(), (await never.web())?.kept], ['1.0.0', undefined]);
  });

  test('a device whose memory is damaged waits once more, and where a one-way release runs it stays', async () => {
    const release = 'apps/web/releases/1.1.0/release.yaml';
    const oneWay = `${fleet.files.get(release)}migration: one-way\n`;
    fleet.commit({ [file]: at(2), [release]: oneWay }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    for (const copy of ['rollouts', 'rollouts.copy'])
      await writeFile(path.join(folder, copy), Buffer.from([0, 255]));
    fleet.commit({ [file]: at(2, startMs, { aborted: true }) }, startMs);
    machine.restart();
    const taken = await machine.web();
    assert.deepEqual([taken?.release, taken?.kept], ['1.0.0', { rollout: 'r1', release: '1.1.0' }]);
    machine.isKept = false;
    fleet.commit({ [file]: at(2) }, startMs);
    await rm(path.join(folder, 'rollouts'));
    machine.restart();
    assert.equal(await machine.release(), '1.0.0');
    machine.pass(4 * hourMs);
    assert.equal(await machine.release(), '1.1.0');
  });

  test('it forgets a rollout that is gone, and another of the same name is another', async () => {
    fleet.commit({ [file]: at(2) }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    fleet.commit({ [file]: at(2, startMs + dayMs, { to: '1.2.0' }) }, startMs);
    assert.equal(await machine.release(), '1.0.0');
  });

  test('by its own count only once that is on the disk, also where its time comes between two looks', async () => {
    for (let before = 0; before < 24; before += 1) {
      const near = new Machine(fleet, 'pump-2', path.join(folder, `before-${before}`));
      near.isKept = false;
      fleet.commit({ [file]: at(1) }, startMs);
      await near.release();
      fleet.commit({ [file]: at(2) }, startMs);
      await near.release();
      near.pass(4 * hourMs - before);
      near.tickMs = 1;
      const release = await near.release();
      const kept = await RolloutMemory.open(near.folder, () => 0);
      assert.equal(release === '1.1.0', kept.isOpen({ path: file, stage: 2 }), `${before} ms before`);
    }
  });

  test('by its own count also on a device that is on for some minutes at a time', async () => {
    machine.isKept = false;
    const short = rolloutText([stages[0]?.replace('4h', '30m') ?? '', ...stages.slice(1)], {
      stage: 2,
      since: instantOf(startMs),
    });
    fleet.commit({ [file]: short }, startMs);
    let turns = 0;
    while ((await machine.release()) === '1.0.0' && turns < 20) {
      for (let minute = 0; minute < 5; minute += 1) {
        machine.pass(60_000);
        await machine.release();
      }
      machine.restart();
      turns += 1;
    }
    assert.ok(turns >= 6 && turns <= 10, `${turns} times five minutes`);
  });

  test('and goes on to count on a device that its labels bring to an earlier stage, by whatever clock', async () => {
    fleet.commit({ [file]: at(2) }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    const moved = rolloutText(['name: first, select: { groups: [canary] }, hold: 4h', ...stages.slice(1)], {
      stage: 2,
      since: instantOf(startMs),
    });
    fleet.commit({ [file]: moved, 'devices/pump-2.yaml': 'apiVersion: towline/v1\n' }, startMs);
    assert.equal(await machine.release(), '1.1.0');
    machine.isKept = false;
    machine.freshMs = startMs - 30 * dayMs;
    machine.pass(hourMs);
    const canary = 'apiVersion: towline/v1\ngroups: [canary]\n';
    fleet.commit({ 'devices/pump-2.yaml': canary }, startMs + hourMs);
    assert.equal(await machine.release(), '1.1.0');
  });

  test('by a kept clock also where it remembers as many rollouts as it can', async () => {
    fleet.commit({ [file]: at(2) }, startMs);
    const reader = new ObjectReader(fleet.repository);
    const { layers } = await loadDevice({ reader, commit: fleet.head, id: 'pump-2' });
    const web = layers?.rollouts.get('web');
    const r1 = web?.get('r1');
    assert.ok(layers !== undefined && web !== undefined && r1 !== undefined);
    const others = Array.from({ length: 300 }, (_, index) => {
      const other = { ...r1, path: `rollouts/other/${index}.yaml` };
      return [`${index}`, other] as const;
    });
    const many = {
      ...layers,
      rollouts: new Map([
        ['other', new Map(others)],
        ['web', web],
      ]),
    };
    assert.equal(await machine.releaseOf(many), '1.1.0');
  });
});
