/** What a collector does with logs that come and go, without an engine. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { LogAsk, LogEntry, LogPlace, TakeEntries } from '../../../../agent/runtime/runtime.ts';
import type { Scene } from '../../../../agent/telemetry/collector.ts';
import { LogCollector } from '../../../../agent/telemetry/logs/log-collector.ts';
import type { ObservedContainer } from '../../../../core/plan/observed.ts';
import { defaultLogSettings } from '../../../../core/telemetry/lines/log-settings.ts';
import { makeDesired, makeProject } from '../../../../lab/rig/desired.ts';
import { MemorySpool } from './log-rig.ts';

const id = 'c'.repeat(64);
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
let folder: string;
const open: OneContainer[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline-log-collector-'));
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.end();
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

  readonly collector = new LogCollector({
    file: path.join(folder, 'positions'),
    runtime: {
      logPlace: async (): Promise<LogPlace> => ({
        ...{ driver: 'json-file', file: this.file, maxFileBytes: undefined, maxFiles: 1, startedMs: 0 },
      }),
      logEntries: async ({ since = '', until = '~', tail }: LogAsk, take: TakeEntries) => {
        const some = this.entries.filter(({ time }) => time >= since && time <= until);
        if (tail !== undefined) this.tails.push(tail);
        await take(some.slice(tail === undefined ? 0 : -tail));
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
  });
  readonly #running = this.collector.run(this.spool, this.#stop.signal);

  constructor() {
    open.push(this);
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
  look({ collect = true, telemetryLogs = true } = {}): void {
    const project = makeProject('web', { services: { app: { image: 'app' } } });
    const desired = makeDesired('pump-1', [
      { ...project, logs: { others: { ...defaultLogSettings, collect }, services: new Map() } },
    ]);
    const container: ObservedContainer = {
      ...{ id, name: 'web-app-1', project: 'web', service: 'app', number: 1, hash: '', parts: {} },
      ...{ image: 'app', imageId: '', state: 'running', exitCode: undefined, health: undefined, status: '' },
      ...{ createdMs: Date.now() + 60_000, networkMode: '', networks: [], ports: [] },
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
