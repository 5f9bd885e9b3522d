/** What a collector does with logs that come and go, without an engine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { LogAsk, LogEntry, LogPlace, TakeEntries } from '../../../../agent/runtime/runtime.ts';
import type { Scene } from '../../../../agent/telemetry/collector.ts';
import { ContainerLog } from '../../../../agent/telemetry/logs/container-log.ts';
import { LeavingLogs } from '../../../../agent/telemetry/logs/leaving-logs.ts';
import { LogCollector } from '../../../../agent/telemetry/logs/log-collector.ts';
import { beginning } from '../../../../agent/telemetry/logs/position.ts';
import { DiskSpool } from '../../../../agent/telemetry/spool/spool.ts';
import { TowlineError } from '../../../../core/errors.ts';
import { createSystemClock } from '../../../../core/io/system-clock.ts';
import type { ObservedContainer } from '../../../../core/plan/observed.ts';
import { defaultLogSettings } from '../../../../core/telemetry/lines/log-settings.ts';
import { readSegment } from '../../../../core/telemetry/record/segment.ts';
import { makeDesired, makeProject } from '../../../../lab/rig/desired.ts';
import { MemorySpool } from './log-rig.ts';

const id = 'c'.repeat(64);
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
let folder: string;
/** In place of one in memory. */
let disk: DiskSpool | undefined;
const open: OneContainer[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-log-collector-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
  disk = undefined;
  rmSync(folder, { recursive: true });
});

/** One container; what it says is read again whenever it is woken. */
class OneContainer {
  readonly entries: LogEntry[] = [];
  readonly spool = new MemorySpool();
  /** How many entries from the end were asked for. */
  readonly tails: number[] = [];
  readonly #stop = new AbortController();
  #started = 0;
  /** Of the driver json-file. */
  file: string | undefined;

  /** It is removed: the engine knows no such container. */
  isGone = false;

  readonly collector = new LogCollector({
    file: path.join(folder, 'positions'),
    runtime: {
      logPlace: async (): Promise<LogPlace> => {
        this.#askEngine();
        return {
          driver: 'json-file',
          file: this.file,
          maxFileBytes: undefined,
          maxFiles: 1,
          startedMs: 0,
          hasEnded: false,
        };
      },
      logEntries: async ({ since = '', until = '~', tail }: LogAsk, take: TakeEntries) => {
        const some = this.entries.filter(({ time }) => time >= since && time <= until);
        if (tail !== undefined) this.tails.push(tail);
        await take(some.slice(tail === undefined ? 0 : -tail));
        this.#askEngine();
      },
      starts: (_on, signal) =>
        new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true })),
    },
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(resolve, Math.min(ms, 2 ** 30) / 20);
          signal?.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(signal.reason);
          });
        }),
    },
    log: { info: () => {}, warn: () => {} },
    startedMs: Date.now() - 60_000,
  });
  readonly #running = this.collector.run(disk ?? this.spool, this.#stop.signal);

  constructor() {
    open.push(this);
  }

  #askEngine(): void {
    if (this.isGone)
      throw new TowlineError('ENGINE_REFUSED', 'no such container', { details: { status: 404 } });
  }

  say(...texts: string[]): void {
    for (const text of texts) {
      const number = String(this.entries.length).padStart(9, '0');
      const time = `2026-07-01T00:00:00.${number}Z`;
      this.entries.push({ time, stream: 'stdout', whole: true, text: Buffer.from(text) });
    }
  }

  /** @returns what is in the spool when that holds */
  async until(holds: (texts: readonly string[]) => boolean): Promise<readonly (readonly [number, string])[]> {
    for (const end = performance.now() + 30_000; performance.now() < end; await pause(20)) {
      await this.collector.settle();
      const lines = this.spool.lines(id).map(({ sequence, text }) => [sequence, text] as const);
      if (holds(lines.map(([, text]) => text))) return lines;
    }
    throw new Error('it does not come about');
  }

  /** A pass that finds it started anew. */
  look(
    wish: {
      readonly collect?: boolean;
      readonly telemetryLogs?: boolean;
      readonly createdMs?: number;
      readonly multiline?: 'java';
    } = {},
  ): void {
    const { telemetryLogs = true, createdMs = Date.now() + 60_000, collect = true, multiline } = wish;
    const joined = multiline === undefined ? {} : { multiline };
    const project = makeProject('web', { services: { app: { image: 'app' } } });
    const desired = makeDesired('pump-1', [
      { ...project, logs: { others: { ...defaultLogSettings, collect, ...joined }, services: new Map() } },
    ]);
    const container: ObservedContainer = {
      ...{ id, name: 'web-app-1', project: 'web', service: 'app', number: 1, hash: '', parts: {} },
      ...{ image: 'app', imageId: '', state: 'running', exitCode: undefined, health: undefined, status: '' },
      ...{ createdMs, networkMode: '', networks: [], ports: [] },
      inspection: undefined,
    };
    this.#started += 1;
    const inspection: ObservedContainer['inspection'] = JSON.parse(`{"startedAtMs":${this.#started}}`);
    const scene: Scene = {
      desired: { ...desired, settings: { ...desired.settings, telemetryLogs } },
      containers: [{ ...container, inspection }],
      engineVersion: undefined,
    };
    this.collector.look(scene);
  }

  async end(): Promise<void> {
    await this.collector.settle().catch(() => undefined);
    this.#stop.abort(new Error('stop'));
    await this.#running;
  }
}

for (const off of [{ collect: false }, { telemetryLogs: false }])
  test(`what is said while ${Object.keys(off)} is false never leaves, also later and after a restart; no number is given twice`, async () => {
    const one = new OneContainer();
    one.say('a', 'b');
    one.look();
    await one.until(texts => texts.length === 2);
    one.look(off);
    one.say('at home');
    await one.end();
    const again = new OneContainer();
    again.entries.push(...one.entries);
    again.look(off);
    again.say('at home, too');
    await pause(100);
    again.look();
    await again.until(() => again.tails.length > 0);
    await pause(50);
    again.say('c');
    again.look();
    assert.deepEqual(await again.until(texts => texts.length > 0), [[2, 'c']]);
  });

for (const isPushed of [false, true])
  test(`a segment says how far its log was read: of an agent that is killed ${isPushed ? 'behind its push' : 'before it is pushed'} no line comes twice`, async () => {
    const clock = createSystemClock();
    const telemetry = () => path.join(folder, 'telemetry');
    disk = await DiskSpool.open({ folder: telemetry(), clock });
    const spool = disk;
    const one = new OneContainer();
    const filler = 'x'.repeat(100);
    one.say(...Array.from({ length: 4500 }, (_, at) => `${at} ${filler}`));
    one.look();
    // Three are full; what is in the fourth is in memory.
    while (spool.waiting.pieces < 3) await pause(5);
    const all = { maxBytes: 1e9, maxPieces: 1000, first: 'oldest' } as const;
    const pushed = isPushed ? (await spool.take(all, false)).pieces : [];
    if (isPushed) await spool.end(true);
    // As a kill leaves it.
    const killed = folder;
    folder = mkdtempSync(path.join(tmpdir(), 'towline-log-collector-'));
    cpSync(killed, folder, { recursive: true });
    await one.end();
    rmSync(killed, { recursive: true });
    disk = await DiskSpool.open({ folder: telemetry(), clock });
    const again = new OneContainer();
    again.entries.push(...one.entries);
    again.say('the last one');
    again.look();
    let sequences: number[] = [];
    for (const end = performance.now() + 30_000; !sequences.includes(4500); await pause(20)) {
      assert.ok(performance.now() < end, `${sequences.length} came`);
      await again.collector.settle();
      // By its files: of two that have the same lines a commit takes one.
      const names = readdirSync(path.join(telemetry(), 'spool')).sort();
      const files = names.map(name => readFileSync(path.join(telemetry(), 'spool', name)));
      const waiting = files.map(bytes => bytes.subarray(bytes.indexOf('\n') + 1));
      const segments = [...pushed.map(({ bytes }) => bytes), ...waiting];
      const records = segments.flatMap(bytes => readSegment(bytes).records);
      sequences = records.map(({ sequence }) => sequence);
    }
    assert.deepEqual(
      sequences,
      Array.from({ length: 4501 }, (_, at) => at),
    );
  });

test('what the first pass has made is read from its first line, however long it has been talking before anybody reads', async () => {
  const one = new OneContainer();
  one.say(...Array.from({ length: 1500 }, (_, at) => `line ${at}`));
  one.look({ createdMs: Date.now() - 30_000 });
  const lines = await one.until(texts => texts.length >= 1500);
  assert.deepEqual(lines[0], [0, 'line 0']);
});

test('of a container that was there before the agent the newest thousand lines are read', async () => {
  const old = new OneContainer();
  old.say(...Array.from({ length: 1500 }, (_, at) => `line ${at}`));
  old.look({ createdMs: Date.now() - 90_000 });
  assert.equal((await old.until(texts => texts.length >= 1000)).length, 1000);
});

test('traces that are read while the disk takes nothing are whole when it does (fluent-bit 3926)', async () => {
  const one = new OneContainer();
  const trace = (at: number) => [`java.lang.Error: ${at}`, `\tat a.B.c(${'x'.repeat(150)}.java:1)`];
  one.say(...Array.from({ length: 2000 }, (_, at) => trace(at)).flat());
  one.spool.refusal = Object.assign(new Error('full'), { code: 'ENOSPC' });
  one.look({ multiline: 'java' });
  await pause(200);
  assert.equal(one.spool.pieces.length, 0);
  one.spool.refusal = undefined;
  const texts = (await one.until(all => all.length >= 2000)).map(([, text]) => text);
  assert.deepEqual(
    texts,
    Array.from({ length: 2000 }, (_, at) => trace(at).join('\n')),
  );
});

test('a pipe, a link, a folder in place of a log file is not read: the engine is asked', async () => {
  const makes: Readonly<Record<string, (file: string) => void>> = {
    pipe: file => void execFileSync('mkfifo', [file]),
    link: file => symlinkSync('/dev/zero', file),
    folder: file => void mkdirSync(file),
  };
  for (const [name, make] of Object.entries(makes)) {
    const one = new OneContainer();
    one.file = path.join(folder, name);
    make(one.file);
    one.say('a');
    one.look();
    assert.deepEqual(await one.until(texts => texts.length > 0), [[0, 'a']], name);
    await one.end();
    rmSync(path.join(folder, 'positions'));
    rmSync(path.join(folder, 'positions.copy'));
  }
});

for (const [what, texts, gaps] of [
  ['its last lines come when there is room', ['last words'], []],
  [
    'and where not all was read a gap says so',
    Array.from({ length: 20 }, (_, at) => `${at} ${'x'.repeat(15_000)}`),
    ['rotated'],
  ],
] as const)
  test(`of a container that is removed while the disk is full nothing is lost without a word: ${what}`, async () => {
    const one = new OneContainer();
    one.say('first');
    one.look();
    await one.until(texts => texts.length === 1);
    one.spool.refusal = new Error('ENOSPC');
    one.say(...texts);
    one.look();
    await pause(200);
    one.isGone = true;
    one.look();
    await pause(200);
    assert.deepEqual(one.spool.lines(id).length, 1);
    one.spool.refusal = undefined;
    const lines = await one.until(said => said.length > texts.length);
    assert.deepEqual(
      lines.map(([, text]) => text),
      ['first', ...texts],
    );
    await one.until(() => one.spool.gaps(id).length >= gaps.length);
    assert.deepEqual(
      one.spool.gaps(id).map(({ reason }) => reason),
      gaps,
    );
  });

test('what more containers leave behind than there is memory for is counted, and comes as a gap each', async () => {
  const leaving = new LeavingLogs();
  const spool = new MemorySpool();
  spool.refusal = new Error('ENOSPC');
  const [each, text] = [8, Buffer.from('y'.repeat(15_000))];
  for (let number = 0; number < 32; number += 1) {
    const log = new ContainerLog({
      container: { id: String(number).padStart(64, 'a'), project: 'web', service: 'app' },
      ...{ position: beginning, settings: defaultLogSettings, nowMs: () => Date.now() },
    });
    log.begin();
    for (let line = 1; line <= each; line += 1)
      log.offer({
        time: `2026-07-01T00:00:00.${String(line).padStart(9, '0')}Z`,
        stream: 'stdout',
        whole: true,
        text,
      });
    leaving.add(log);
  }
  await leaving.put(spool);
  spool.refusal = undefined;
  await leaving.put(spool);
  const records = spool.pieces.flatMap(({ bytes }) => readSegment(bytes).records);
  const missing = records.map(record =>
    record.kind === 'gap' && record.reason === 'spool' ? record.lines : 0,
  );
  const sum = missing.reduce<number>((total, lines = 0) => total + lines, 0);
  assert.ok(sum > 0 && sum < 32 * each, String(sum));
  assert.equal(records.filter(({ kind }) => kind === 'log').length + sum, 32 * each);
});
