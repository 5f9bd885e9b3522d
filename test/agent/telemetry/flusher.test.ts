/** What pushes between passes, against a gateway that asks too much, answers nonsense, or is not there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Report } from '../../../agent/report/report.ts';
import type { Collector, Scene, Spool } from '../../../agent/telemetry/collector.ts';
import { TelemetryParts } from '../../../agent/telemetry/parts/telemetry-parts.ts';
import { DiskSpool } from '../../../agent/telemetry/spool/spool.ts';
import { makeDeviceKeys, sshKeyOf } from '../../../core/io/device-keys.ts';
import { readSegment, writeSegment } from '../../../core/telemetry/record/segment.ts';
import { segmentPath } from '../../../core/telemetry/record/segment-path.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';
import { type FleetRepository, makeRepository } from '../../../lab/rig/fleet-repository.ts';
import { type GitServer, startGitServer } from '../../../lab/rig/git-server.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

const run = promisify(execFile);
const branch = 'refs/heads/telemetry/pump-1';
/** Time goes so much faster here. */
const haste = 20;
const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() * haste,
  sleep: (ms: number, signal: AbortSignal) => delay(ms / haste, undefined, { signal }),
  unsynchronised: undefined,
};
const log = { debug() {}, info() {}, warn() {}, error() {} };
const keys = makeDeviceKeys('pump-1');
const status: StatusFile = {
  ...{ apiVersion: 'towline/v1', fleet: 'acme', device: 'pump-1', time: '2026-07-01T00:00:00Z' },
  ...{ agent: { version: '1' }, trusted: { commit: '0'.repeat(40) }, outcome: 'unchanged' },
  ...{ conditions: [], projects: [], tunnel: { state: 'closed' } },
};

/** Says a line when it is told to, holds it in memory until it is to settle. */
class Mouth implements Collector {
  readonly name = 'mouth';
  #spool: Spool | undefined;
  #held: string[] = [];
  #next = 0;
  said = 0;

  look(_scene: Scene): void {}

  async run(spool: Spool, signal: AbortSignal): Promise<void> {
    this.#spool = spool;
    await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
  }

  say(urgent = false): void {
    this.#held.push(`line ${this.said}`);
    this.said += 1;
    if (urgent) this.#spool?.urgent();
  }

  async settle(): Promise<void> {
    const lines = this.#held;
    if (lines.length === 0) return;
    this.#held = [];
    const sequence = this.#next;
    this.#next += lines.length;
    const records = lines.map((text, at) => ({
      ...{ kind: 'log' as const, sequence: sequence + at, time: '2026-07-01T00:00:00Z' },
      ...{ stream: 'stderr' as const, text },
    }));
    const place = { project: 'p', service: 's', container: 'c'.repeat(12), sequence };
    const at = segmentPath({ kind: 'logs', class: 'error', ...place });
    await this.#spool?.put({
      path: at,
      class: 'error',
      records: records.length,
      bytes: writeSegment(records),
    });
  }
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, 'it does not come about');
    await delay(20);
  }
}

let telemetry: FleetRepository;
let server: GitServer;
let folder: string;
let mouth: Mouth;
let parts: TelemetryParts;
let stop: AbortController;
let ended: Promise<void>;

beforeEach(async () => {
  telemetry = await makeRepository();
  server = await startGitServer({ telemetry: telemetry.path });
  folder = await mkdtemp(path.join(tmpdir(), 'towline-flusher-'));
  const { dialler } = server;
  const spool = await DiskSpool.open({ folder, clock });
  const named = { fleet: 'acme', device: 'pump-1', key: sshKeyOf(keys) };
  const report = await Report.open({ folder, ...named, dialler, clock, spool });
  mouth = new Mouth();
  parts = new TelemetryParts({ report, spool, dialler, clock, log, onMuch: () => {}, random: () => 0.5 }, [
    mouth,
  ]);
  const desired = makeDesired('pump-1', []);
  const settings = { ...desired.settings, telemetryMaxBytesPerDay: 1e9, telemetryMaxOutboxBytes: 1e9 };
  stop = new AbortController();
  await report.publish({ status, settings, due: true }, stop.signal);
  parts.look({ desired: { ...desired, settings }, containers: [], engineVersion: undefined });
  ended = parts.run(stop.signal);
  await until(() => server.ask() > 0);
});
afterEach(async () => {
  stop.abort(new Error('stop'));
  await ended;
  await server.close();
  await telemetry.remove();
  await rm(folder, { recursive: true });
});

async function arrived(): Promise<string[]> {
  const found = new Map<number, string>();
  const listed = await telemetry.git(['log', '--format=%H', branch]);
  for (const commit of listed.split('\n')) {
    const tree = await telemetry.git(['ls-tree', '-r', commit, 'logs']);
    for (const [, id = ''] of tree.matchAll(/ blob ([0-9a-f]{40})/g)) {
      const at = { encoding: 'buffer' as const, cwd: telemetry.path };
      const { stdout } = await run('git', ['cat-file', 'blob', id], at);
      for (const record of readSegment(stdout).records)
        if (record.kind === 'log') found.set(record.sequence, record.text);
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, text]) => text);
}

const commits = async () => Number(await telemetry.git(['rev-list', '--count', branch]));

test('a line is there soon after the gateway has asked; a flood of asking becomes a few commits', async () => {
  mouth.say();
  server.ask();
  await until(async () => (await commits()) > 1);
  const from = await commits();
  const begun = performance.now();
  while (performance.now() - begun < 1_500) {
    mouth.say();
    server.ask();
    await delay(5);
  }
  const seconds = ((performance.now() - begun) / 1000) * haste;
  const made = (await commits()) - from;
  assert.ok(made <= seconds / 3 + 2, `${made} commits in ${seconds} s`);
  await until(async () => {
    server.ask();
    return (await arrived()).length === mouth.said;
  });
});

test('a gateway that answers 503, cuts, hangs or is away: nothing is lost, and the status is first when it is back', async () => {
  const url = '/telemetry.git/git-receive-pack';
  const refusal = { status: 503, type: 'text/plain', body: Buffer.from('later') };
  const cut: GitServer['tamper'] = (_url, body) => ({ cutAt: 3, body });
  const hung: Readable[] = [];
  const hang: GitServer['tamper'] = () => {
    const stream = new Readable({ read() {} });
    hung.push(stream);
    return { stream };
  };
  const troubles: (() => void)[] = [
    () => Object.assign(server, { replay: new Map([[url, refusal]]) }),
    () => Object.assign(server, { replay: new Map([[url, { ...refusal, status: 429 }]]) }),
    () => Object.assign(server, { tamper: cut }),
    () => Object.assign(server, { tamper: hang }),
    () => Object.assign(server, { down: true }),
  ];
  const well = (): void => {
    server.replay = undefined;
    server.tamper = undefined;
    server.down = false;
    // What a minute of silence does by itself.
    for (const stream of hung.splice(0)) stream.push(null);
  };
  for (const begin of troubles) {
    begin();
    const asked = server.seen.length;
    mouth.say(true);
    if (!server.down) await until(() => server.seen.length > asked);
    else await delay(300);
    well();
    const { said } = mouth;
    await until(async () => (await arrived()).length === said);
  }
  assert.deepEqual(await arrived(), ['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
  const subjects = (await telemetry.git(['log', '--format=%s', branch])).split('\n');
  const alone = subjects.filter(subject => subject === 'pump-1: unchanged (no apps)');
  assert.ok(alone.length >= 4, subjects.join('\n'));
});

test('a segment that a gateway will never take is set aside and counted, and holds up neither the status nor the others', async () => {
  const url = '/telemetry.git/git-receive-pack';
  const large = { status: 413, type: 'text/plain', body: Buffer.from('too large') };
  server.replay = new Map([[url, large]]);
  const refused = () => server.seen.filter(({ status: code }) => code === 413).length;
  mouth.say(true);
  await until(() => refused() === 1);
  server.replay = undefined;
  mouth.say(true);
  await until(async () => (await arrived()).includes('line 1'));
  assert.deepEqual(await arrived(), ['line 1']);
  await parts.settle();
  assert.equal((await readdir(path.join(folder, 'set-aside'))).length, 1);
});

test('a device that is retired says nothing more, whatever asks', async () => {
  const before = await commits();
  parts.look(undefined);
  mouth.say(true);
  for (let times = 0; times < 20; times += 1) {
    server.ask();
    await delay(20);
  }
  assert.equal(await commits(), before);
});
