import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { peakResidentBytes } from '../../bench/simulator/process-tree.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';
import { isLong } from '../rig/every.ts';
import { runGit, testDevice } from './rig/gateway.ts';
import { type Misbehaviour, misbehave, misbehaviours, slowness } from './rig/misbehaviour.ts';
import { GatewayProgram, TestFleet } from './rig/program.ts';
import { pushStatus, refOf } from './rig/push.ts';

const advert = '/fleet.git/info/refs?service=git-upload-pack';
const hostileCount = 100;
const rounds = 6;
const betweenMs = 300;
const medianBarMs = 1000;
const latencyBarMs = 10_000;

const bad = Array.from({ length: hostileCount }, (_, index) => testDevice(`bad-${index}`));
const good = Array.from({ length: 5 }, (_, index) => testDevice(`good-${index}`));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Polls and pushes of all good devices. @returns how long each took, shortest first, milliseconds. */
async function workOn(gateway: GatewayProgram, tips: Map<string, string>): Promise<number[]> {
  const took: number[] = [];
  await Promise.all(
    good.map(async device => {
      using client = gateway.client(device);
      for (let round = 0; round < rounds; round += 1) {
        took.push(await timed(async () => assert.equal((await client.ask(advert)).status, 200)));
        took.push(
          await timed(async () => {
            tips.set(device.id, await pushStatus(client, device, `${round}`, tips.get(device.id)));
          }),
        );
        await wait(betweenMs);
      }
    }),
  );
  return took.sort((a, b) => a - b);
}

const at = (values: readonly number[], part: number) =>
  values[Math.floor((values.length - 1) * part)] ?? Number.NaN;

async function tried(t: TestContext, kinds: readonly Misbehaviour[]): Promise<void> {
  await using fleet = await TestFleet.make([...bad, ...good]);
  await fleet.init();
  const config = readFileSync(fleet.config, 'utf8');
  await writeDurably(
    fleet.config,
    `${config}limits: { requestTimeout: 3s, pushesPerMinute: 100, fetchesPerMinute: 30 }\n`,
  );
  await using gateway = await GatewayProgram.start(fleet.config);
  const tips = new Map<string, string>();
  const alone = await workOn(gateway, tips);
  const stop = new AbortController();
  const hostile = bad.map((device, index) =>
    misbehave(gateway.devices, device, kinds[index % kinds.length] ?? 'nothing', stop.signal),
  );
  try {
    await wait(1000);
    const beside = await workOn(gateway, tips);
    const [p50, p95] = [at(beside, 0.5), at(beside, 0.95)];
    const memory = peakResidentBytes(gateway.pid) / 1024 / 1024;
    t.diagnostic(
      `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms; alone p50 ${at(alone, 0.5).toFixed(1)} ms, p95 ${at(alone, 0.95).toFixed(1)} ms; gateway's peak ${memory.toFixed(0)} MiB`,
    );
    const slower = slowness();
    assert.ok(p50 < medianBarMs * slower, `p50 ${p50} ms on a machine ${slower} times as slow`);
    assert.ok(p95 < latencyBarMs * slower, `p95 ${p95} ms on a machine ${slower} times as slow`);
    assert.ok(memory < 512, `${memory} MiB`);
  } finally {
    stop.abort();
    await Promise.all(hostile);
  }
  const refs = runGit(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/telemetry'], {
    cwd: fleet.telemetryGit,
  }).stdout;
  assert.deepEqual(
    refs.trim().split('\n'),
    good.map(device => `${refOf(device)} ${tips.get(device.id)}`),
  );
  assert.equal(runGit(['fsck', '--strict'], { cwd: fleet.telemetryGit }).status, 0);
}

/** Each by itself is for the long form: the short one has twenty devices of each together. */
const alone = isLong ? (Object.keys(misbehaviours) as Misbehaviour[]) : [];
for (const kind of alone) {
  test(`a hundred devices that send ${kind}: what the others poll and push stays quick`, t =>
    tried(t, [kind]));
}

test('a hundred devices of all these kinds together: what the others poll and push stays quick', t =>
  tried(t, Object.keys(misbehaviours) as Misbehaviour[]));
