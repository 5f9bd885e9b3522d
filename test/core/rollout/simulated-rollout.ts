/** One random rollout in a fleet of thousands of devices of all kinds, in virtual time: a bot, or two, people, and what goes wrong. */
import assert from 'node:assert/strict';
import { type Fleet, layersOf } from '../../../core/fleet/fleet.ts';
import { readFleetFile } from '../../../core/fleet/read-file.ts';
import { byApp } from '../../../core/fleet/rollout-files.ts';
import type { CheckedFile } from '../../../core/fleet/schema-check.ts';
import { editOf, RolloutBoard, type RolloutReport } from '../../../core/rollout/board.ts';
import { editedRollout, type RolloutEdit } from '../../../core/rollout/edited.ts';
import { rolledOut } from '../../../core/rollout/rolled-out.ts';
import { holdsMsOf, stageOf } from '../../../core/rollout/stage.ts';
import type { StageMoment, When } from '../../../core/rollout/when.ts';
import type { AppWord, DeviceWord } from '../../../core/rollout/word.ts';
import { ObjectReader } from '../../../core/trust/git/object-reader.ts';
import { openAnchor, type TrustedState, walk } from '../../../core/trust/walk.ts';
import { type MemoryKey, MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { hourMs, instantOf, rolloutText, startMs } from './rolling-fleet.ts';

export const tickMs = 15 * 60_000;
const path = 'rollouts/web/r1.yaml';
const [from, to] = ['1.0.0', '1.1.0'];
const { signal } = new AbortController();

/** As the device is; it says otherwise where it lies. */
export type Kind =
  | 'well'
  | 'slow'
  | 'flapping'
  | 'dark'
  | 'absent'
  | 'clockless'
  | 'wrong clock'
  | 'lying'
  | 'broken';
const kinds: readonly (readonly [Kind, number])[] = [
  ['slow', 0.05],
  ['dark', 0.003],
  ['absent', 0.03],
  ['clockless', 0.05],
  ['wrong clock', 0.05],
  ['lying', 0.005],
  ['flapping', 0.002],
  ['broken', 0.003],
];

/** mulberry32: the same numbers from the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Commit {
  readonly id: string;
  readonly fleet: Fleet;
  readonly file: CheckedFile<'rollout'>;
}

class Device {
  readonly id: string;
  readonly kind: Kind;
  readonly random: () => number;
  readonly stage: number;
  release = from;
  sinceMs = startMs - 24 * hourMs;
  /** What it goes to, and when it will be there. */
  coming: { release: string; atMs: number } | undefined;
  setAside: string | undefined;
  isDegraded = false;
  wanted = from;
  trusted: Commit | undefined;
  waits = false;
  /** First sight of a pointer, by its own count of time. */
  readonly seen = new Map<number, number>();
  /** Stages that have counted. */
  readonly counted = new Set<number>();

  constructor(id: string, kind: Kind, stage: number, random: () => number) {
    this.id = id;
    this.kind = kind;
    this.stage = stage;
    this.random = random;
  }

  /** By which it goes: a time server keeps the clock, or it counts by itself. */
  get #counts(): boolean {
    return this.kind === 'clockless' || (this.kind === 'wrong clock' && this.id.length % 2 === 1);
  }

  /** Its wall clock: ahead, or behind. */
  clock(nowMs: number): number {
    return this.kind === 'wrong clock'
      ? nowMs + (this.id.length % 2 === 0 ? 1 : -1) * 5 * 24 * hourMs
      : nowMs;
  }

  isOnline(nowMs: number): boolean {
    const hours = (nowMs - startMs) / hourMs;
    if (this.kind === 'absent') return hours > 60;
    return this.kind !== 'dark' || this.release !== to;
  }

  when(nowMs: number): When {
    const isOpen = (moment: StageMoment) => {
      if (this.counted.has(moment.stage)) return true;
      const open = this.#counts ? this.#byCount(moment, nowMs) : moment.atMs <= this.clock(nowMs);
      if (open) this.counted.add(moment.stage);
      return open;
    };
    return { isOver: () => false, isOpen };
  }

  #byCount({ stage, pointer, holdsMs }: StageMoment, nowMs: number): boolean {
    for (let at = 1; at <= pointer; at += 1) if (!this.seen.has(at)) this.seen.set(at, nowMs);
    let earliestMs = this.seen.get(1) ?? nowMs;
    for (let at = 2; at <= stage; at += 1)
      earliestMs = Math.max(this.seen.get(at) ?? nowMs, earliestMs + (holdsMs[at - 2] ?? 0));
    return nowMs >= earliestMs;
  }
}

export interface SimulationEnd {
  readonly how: 'complete' | 'aborted';
  readonly days: number;
  readonly reasons: readonly string[];
  readonly commits: number;
}

export interface SimulatedWorld {
  readonly base: Fleet;
  readonly alice: MemoryKey;
  readonly bot: MemoryKey;
}

export class SimulatedRollout {
  readonly #world: SimulatedWorld;
  readonly #random: () => number;
  readonly #repository = new MemoryRepository();
  readonly #devices: Device[] = [];
  readonly #byId = new Map<string, Device>();
  readonly #words = new Map<string, DeviceWord>();
  /** When each stage was opened, by true time; and by whom. */
  readonly #opened: { readonly atMs: number; readonly by: 'bot' | 'people' }[] = [];
  readonly #reasons: string[] = [];
  readonly #outage: readonly [fromMs: number, untilMs: number];
  readonly #policy: string;
  #trusted: TrustedState | undefined;
  #head: Commit | undefined;
  #before: Commit | undefined;
  #board: { readonly id: string; readonly board: RolloutBoard } | undefined;
  #commits = 0;
  #resumes = 0;
  #nowMs = startMs;

  constructor(world: SimulatedWorld, seed: number) {
    this.#world = world;
    this.#random = randomOf(seed);
    const outageMs = startMs + this.#random() * 40 * hourMs;
    this.#outage = this.#random() < 0.15 ? [outageMs, outageMs + 3 * hourMs] : [0, 0];
    this.#policy = [
      ...['apiVersion: towline/v1', 'fleet: acme', 'version: 1', 'walk: 2', 'principals:'],
      `  alice: { ssh: ["${world.alice.publicKey}"] }`,
      `  bot: { ssh: ["${world.bot.publicKey}"] }`,
      'roles:',
      '  root: { principals: [alice] }',
      '  rollout-bot: { principals: [bot] }',
      'rules:',
      '  - { paths: [rollouts/*/*.yaml], change: advance, roles: [rollout-bot] }',
      '  - { paths: [rollouts/*/*.yaml], change: pause, roles: [rollout-bot] }',
      '',
    ].join('\n');
  }

  async run(): Promise<SimulationEnd> {
    const text = rolloutText(this.#stages(), { stage: 0, since: instantOf(startMs) });
    const anchor = this.#repository.commit({
      files: this.#files(text),
      ...this.#by(this.#world.alice),
      parents: [],
    });
    this.#trusted = await openAnchor(new ObjectReader(this.#repository), anchor);
    this.#texts.set(anchor, text);
    this.#head = this.#commitOf(anchor, text);
    this.#makeDevices(this.#head);
    for (let tick = 0; tick < 60 * 96; tick += 1) {
      this.#nowMs = startMs + tick * tickMs;
      for (const device of this.#devices) this.#pass(device);
      const how = await this.#look();
      if (how !== undefined) return await this.#settle(how);
    }
    throw new Error(`it never ends: ${this.#text()}`);
  }

  #pick<Value>(values: readonly Value[]): Value {
    const value = values[Math.floor(this.#random() * values.length)];
    if (value === undefined) throw new RangeError('of nothing');
    return value;
  }

  #stages(): string[] {
    const hold = () => `hold: ${this.#pick(['0s', '30m', '4h', '12h'])}`;
    const gate = () =>
      `gate: { min: ${this.#pick([1, 1, 3])}, success: ${this.#pick(['80%', '90%'])}, failures: ${this.#pick(['3%', '10%', '20%', '3'])}, within: ${this.#pick(['1d', '2d'])} }`;
    const first = this.#pick([
      'select: { groups: [canary] }',
      'percent: 2',
      'select: { labels: { ring: "0" } }',
    ]);
    const stages = [`name: first, ${first}, ${hold()}, ${gate()}`];
    for (const percent of [5, 20, 50])
      if (this.#random() < 0.5) stages.push(`name: to-${percent}, percent: ${percent}, ${hold()}, ${gate()}`);
    const people = this.#random() < 0.3 ? ', promote: people' : '';
    stages.push(`name: all, select: { all: true }, ${gate()}${people}`);
    return stages;
  }

  #files = (text: string): Map<string, string> =>
    new Map([
      ['trust/policy.yaml', this.#policy],
      [path, text],
    ]);

  #by(signer: MemoryKey) {
    const message = 'A step\n\nTowline-Ref: acme/main\n';
    return { signer, message, timeSec: Math.floor(this.#nowMs / 1000) };
  }

  #commitOf(id: string, text: string): Commit {
    const { file, problems } = readFleetFile('rollout', path, Buffer.from(text));
    assert.deepEqual(problems, []);
    assert.ok(file !== undefined);
    const rollouts = byApp(new Map([['web/r1', file]]));
    return { id, file, fleet: { ...this.#world.base, commit: id, rollouts } };
  }

  #makeDevices({ fleet, file }: Commit): void {
    for (const id of fleet.devices.keys()) {
      const layers = layersOf(fleet, id);
      assert.ok(layers !== undefined);
      const labels = new Map(Object.entries(layers.device.value.labels ?? {}));
      const stage = stageOf(
        { name: 'r1', file },
        { id, groups: layers.device.value.groups ?? [], labels },
        'acme',
      );
      const device = new Device(id, this.#kind(), stage, this.#random);
      this.#devices.push(device);
      this.#byId.set(id, device);
      if (device.kind === 'absent' && id.length % 2 === 0) this.#spokeLongAgo(device);
    }
  }

  /** Others of those that are absent never did. */
  #spokeLongAgo(device: Device): void {
    const unknown = '0'.repeat(40);
    const atMs = startMs - 30 * 24 * hourMs;
    const word = this.#word(device, this.#here);
    const old = { trusted: unknown, followed: unknown, timeMs: atMs, arrivedMs: atMs };
    this.#words.set(device.id, { ...word, ...old });
  }

  #kind(): Kind {
    let left = this.#random();
    for (const [kind, part] of kinds) {
      left -= part;
      if (left < 0) return kind;
    }
    return 'well';
  }

  get #here(): Commit {
    assert.ok(this.#head !== undefined);
    return this.#head;
  }

  #text = (): string => JSON.stringify(this.#here.file.value);

  /** A device looks at main, does what it is told, and says how it is. */
  #pass(device: Device): void {
    const nowMs = this.#nowMs;
    if (!device.isOnline(nowMs)) return;
    const commit = this.#here;
    if (device.trusted !== commit || device.waits) this.#desire(device, commit);
    const { coming } = device;
    if (coming !== undefined && coming.atMs <= nowMs) {
      device.coming = undefined;
      if (device.kind === 'broken' && coming.release === to) device.setAside = to;
      else {
        device.release = coming.release;
        device.sinceMs = nowMs;
        device.setAside = undefined;
        if (coming.release === to) this.#assertDue(device);
      }
    }
    if (device.kind === 'flapping' && device.release === to) device.isDegraded = device.random() < 0.05;
    const isCut = nowMs >= this.#outage[0] && nowMs < this.#outage[1];
    if (!isCut && device.isOnline(nowMs)) this.#words.set(device.id, this.#word(device, commit));
  }

  #desire(device: Device, commit: Commit): void {
    const layers = layersOf(commit.fleet, device.id);
    assert.ok(layers !== undefined);
    const web = rolledOut(layers, device.when(this.#nowMs)).apps.find(({ app }) => app === 'web');
    device.trusted = commit;
    device.waits = web?.rollout?.state === 'waits';
    device.wanted = web?.release ?? from;
    if (device.wanted === device.release) device.coming = undefined;
    else if (device.wanted !== device.setAside && device.coming?.release !== device.wanted) {
      const slowMs = device.kind === 'slow' ? 6 * hourMs * device.random() : tickMs;
      device.coming = { release: device.wanted, atMs: this.#nowMs + slowMs };
    }
  }

  /** Never before its stage was opened, and the one before was held for as long as the file says. */
  #assertDue(device: Device): void {
    const opened = this.#opened[device.stage - 1];
    assert.ok(opened !== undefined && opened.atMs <= this.#nowMs, `${device.id} is too early`);
    assert.ok(
      (device.trusted?.file.value.stage ?? 0) >= device.stage,
      `${device.id} of a stage that is not open`,
    );
  }

  #word(device: Device, { id }: Commit): DeviceWord {
    const nowMs = this.#nowMs;
    const clockMs = device.clock(nowMs);
    const isLie = device.kind === 'lying' && device.wanted === to;
    const release = isLie ? to : device.release;
    const failed = device.setAside === device.wanted;
    const state: AppWord['state'] = isLie
      ? 'healthy'
      : failed
        ? 'rolled-back'
        : device.isDegraded
          ? 'degraded'
          : 'healthy';
    const sinceMs = isLie ? clockMs - hourMs : clockMs - (nowMs - device.sinceMs);
    const web = {
      ...{ app: 'web', state, release, digest: release, wantedRelease: device.wanted, sinceMs },
      ...{ wantedDigest: device.wanted, setAside: device.setAside },
    } as const;
    return { trusted: id, followed: id, timeMs: clockMs, arrivedMs: nowMs, apps: [web] };
  }

  /** Bots look, then people. @returns how it has ended, if it has */
  async #look(): Promise<SimulationEnd['how'] | undefined> {
    const report = await this.#report(this.#here);
    this.#assertCounted(report);
    const change = editOf(report, this.#nowMs);
    if (change !== undefined) {
      // One may be killed before its push, or look at what main was before.
      const stale = this.#before;
      if (stale !== undefined && this.#random() < 0.2)
        assert.equal(await this.#commit(change.edit, 'bot', stale), false);
      if (this.#random() < 0.2) return undefined;
      assert.equal(await this.#commit(change.edit, 'bot', this.#here), true);
      // And the other one comes with the same.
      assert.equal(await this.#commit(change.edit, 'bot', this.#before ?? this.#here), false);
      if (change.edit.reason !== undefined) this.#paused(change.edit.reason, report);
      return undefined;
    }
    const { step } = report;
    if (step.kind === 'complete') return 'complete';
    if (step.kind === 'over') return await this.#peopleDecide();
    if (step.kind === 'wait' && step.for === 'people')
      await this.#commit(
        { stage: this.#here.file.value.stage + 1, since: instantOf(this.#nowMs) },
        'people',
        this.#here,
      );
    return undefined;
  }

  /** By what devices are, not by what was counted: who is done has it, and beyond the limit it is paused at once. */
  #assertCounted({ rollout, count, step }: RolloutReport): void {
    const { stage, stages, paused, aborted } = rollout.file.value;
    for (const { device: id, state } of count.standings) {
      const { release, kind } = this.#device(id);
      if (state === 'done')
        assert.ok(release === to || kind === 'lying', `${id} is not done: it has ${release}`);
      if (state === 'failed')
        assert.ok(['broken', 'flapping'].includes(kind), `${id} has not failed: ${kind}`);
    }
    const isCut = this.#nowMs >= this.#outage[0] && this.#nowMs < this.#outage[1];
    if (stage === 0 || paused === true || aborted === true || isCut) return;
    const taking = this.#devices.filter(device => device.stage <= stage && !this.#isPinned(device.id));
    const failed = taking.filter(({ setAside, isDegraded }) => setAside === to || isDegraded).length;
    // What came in this very look has not been well for long enough.
    const had = taking.filter(({ release, kind, wanted, sinceMs }) =>
      kind === 'lying' ? wanted === to : release === to && sinceMs < this.#nowMs,
    ).length;
    const done = had - taking.filter(({ isDegraded }) => isDegraded).length;
    const { min = 1, success = '100%', failures = 0 } = stages[stage - 1]?.gate ?? {};
    const part = (text: string) => (Number.parseFloat(text) / 100) * (done + failed);
    const isOver = typeof failures === 'number' ? failed > failures : failed > part(failures);
    const hasDark = taking.some(({ kind }) => kind === 'dark');
    if (isOver && (typeof failures === 'number' || (done + failed >= min && !hasDark)))
      assert.equal(step.kind, 'pause', `${failed} of ${done + failed} failed, ${failures} may`);
    if (step.kind !== 'advance' && step.kind !== 'complete') return;
    assert.ok(done >= min && done >= part(success), `${done} of ${done + failed} are well`);
    const others = taking.filter(
      ({ release, kind, setAside }) => release !== to && setAside !== to && kind !== 'lying',
    );
    for (const { id, kind } of others) assert.equal(kind, 'absent', `${id} is not there yet`);
  }

  #device(id: string): Device {
    const found = this.#byId.get(id);
    assert.ok(found !== undefined);
    return found;
  }

  #isPinned = (id: string): boolean =>
    this.#world.base.devices.get(id)?.value.apps?.web?.release !== undefined;

  /** A pause names whom it is for, and why; silence of telemetry is nobody's failure. */
  #paused(reason: string, { count }: RolloutReport): void {
    this.#reasons.push(reason);
    const ids = count.standings.map(({ device }) => device);
    assert.match(reason, /^(\d+ of \d+ failed, .* may: |telemetry: \d+ of \d+ |not in time: )/);
    const named = [...reason.matchAll(/\bd-\d+/g)].map(([id]) => id);
    assert.ok(named.length > 0 || /^not in time: 0 have it/.test(reason), reason);
    for (const id of named) assert.ok(ids.includes(id), `${id} is of no open stage`);
    const [cutMs, backMs] = this.#outage;
    if (this.#nowMs > cutMs + 50 * 60_000 && this.#nowMs < backMs)
      assert.doesNotMatch(reason, /failed.*went dark/);
  }

  async #peopleDecide(): Promise<SimulationEnd['how'] | undefined> {
    this.#resumes += 1;
    if (this.#resumes <= 2 && this.#random() < 0.7) {
      // They have mended what they were told of.
      for (const device of this.#devices)
        if (device.setAside !== undefined && this.#random() < 0.8) device.setAside = undefined;
      await this.#commit(
        { paused: false, reason: undefined, since: instantOf(this.#nowMs) },
        'people',
        this.#here,
      );
      return undefined;
    }
    await this.#commit({ aborted: true }, 'people', this.#here);
    return 'aborted';
  }

  async #report({ id, fleet }: Commit): Promise<RolloutReport> {
    if (this.#board?.id !== id) {
      const reader = new ObjectReader(this.#repository);
      this.#board = { id, board: await RolloutBoard.open({ fleet, reader, head: id }, signal) };
    }
    const [report] = this.#board.board.standings({ words: this.#words, nowMs: this.#nowMs });
    assert.ok(report !== undefined);
    return report;
  }

  /** Pushes it on top of what main was seen at. @returns whether main was there still. What devices would not take fails the test. */
  async #commit(edit: RolloutEdit, by: 'bot' | 'people', base: Commit): Promise<boolean> {
    if (base !== this.#here) return false;
    const bytes = this.#repositoryText(base);
    const text = editedRollout(path, bytes, edit);
    const signer = by === 'bot' ? this.#world.bot : this.#world.alice;
    const id = this.#repository.commit({ files: this.#files(text), ...this.#by(signer), parents: [base.id] });
    assert.ok(this.#trusted !== undefined);
    const reader = new ObjectReader(this.#repository);
    const walked = await walk({ reader, trusted: this.#trusted, head: id, signal });
    assert.equal(walked.stopped, undefined, `${walked.stopped?.code} ${walked.stopped?.message}`);
    this.#trusted = walked.trusted;
    if (edit.stage !== undefined) this.#opens(edit.stage, by, base);
    this.#before = base;
    this.#head = this.#commitOf(id, text);
    this.#texts.set(id, text);
    this.#commits += 1;
    return true;
  }

  readonly #texts = new Map<string, string>();
  #repositoryText({ id }: Commit): string {
    const found = this.#texts.get(id);
    assert.ok(found !== undefined);
    return found;
  }

  #opens(stage: number, by: 'bot' | 'people', base: Commit): void {
    assert.equal(stage, this.#opened.length + 1, 'one after the other');
    const before = this.#opened.at(-1);
    const holdMs = holdsMsOf(base.file.value)[stage - 2] ?? 0;
    if (before !== undefined && by === 'bot')
      assert.ok(this.#nowMs - before.atMs >= holdMs, `stage ${stage} was opened too early`);
    this.#opened.push({ atMs: this.#nowMs, by });
  }

  /** Five days more: whoever was away is back, and nobody is left between. */
  async #settle(how: SimulationEnd['how']): Promise<SimulationEnd> {
    const days = (this.#nowMs - startMs) / (24 * hourMs);
    for (let tick = 0; tick < 5 * 96; tick += 1) {
      this.#nowMs += tickMs;
      for (const device of this.#devices) this.#pass(device);
    }
    for (const device of this.#devices) {
      const { id, kind } = device;
      if (kind === 'dark' || device.setAside !== undefined) continue;
      const end = how === 'complete' && !this.#isPinned(id) ? to : from;
      assert.equal(device.release, end, `${id}, ${kind}, after it was ${how}: ${this.#text()}`);
      assert.equal(device.coming, undefined, `${id} is on its way for ever`);
    }
    return { how, days, reasons: this.#reasons, commits: this.#commits };
  }
}
