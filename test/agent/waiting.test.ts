/** What makes an update wait, from the signed file to the engine: pauses and windows at each level, and slow pulls. */

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { Agent } from '../../agent/agent.ts';
import { readAgentConfig } from '../../agent/program/config.ts';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import type { Clock } from '../../core/io/clock.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { ProgramLog } from '../../core/log.ts';
import { ImageMaker } from '../../lab/machine/images.ts';
import { AgentRig } from '../../lab/rig/agent-rig.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

const never = new AbortController().signal;
/** What the log says of pulls, line by line. */
const pulling: { layers: number; bytes: number }[] = [];
let onPulling = (): void => undefined;
const log: ProgramLog = {
  debug() {},
  info(fields: unknown, message?: unknown) {
    if (message !== 'pulling image') return;
    pulling.push(fields as { layers: number; bytes: number });
    onPulling();
  },
  warn() {},
  error() {},
  child: () => log,
};
const hourMs = 3_600_000;
const system = createSystemClock();
/** The full hour after the next one, by the machine's clock: windows are told from there. */
const baseMs = Math.ceil(Date.now() / hourMs) * hourMs + hourMs;

let rig: AgentRig;
let agent: Agent;
let viaLine: ImageMaker | undefined;
let aheadMs = 0;
let laterMs = 0;
/** While it is set the clock stands still: what counts time sees `laterMs` alone. */
let frozenMs: number | undefined;
before(async () => {
  rig = await AgentRig.start();
  const config = await readAgentConfig(rig.configFile);
  const clock: Clock = {
    ...system,
    now: () => system.now() + aheadMs,
    monotonic: () => (frozenMs ?? system.monotonic()) + laterMs,
  };
  const engine = createEngine(config.engineSocket);
  agent = await Agent.create({ config, clock, engine, log, random: Math.random, version: '0.1.0' });
});
after(async () => {
  await agent?.stop();
  await rig?.[Symbol.asyncDispose]();
  await viaLine?.forget();
});

const device = () => `devices/${rig.device}.yaml`;

/** A signed commit in which a file has these keys too; null takes one away. */
async function change(file: string, keys: Record<string, unknown>): Promise<void> {
  const found = await rig.fleet.git(['show', `main:${file}`]).catch(() => 'apiVersion: towline/v1\n');
  const value = { ...(parse(found) as Record<string, unknown>), ...keys };
  const left = Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
  await rig.commit({ files: { [file]: stringify(left) } });
}

/** One pass. @returns its outcome, what the status says of the app, and the version that runs */
async function pass(): Promise<{ outcome: string | undefined; message: string; web: string }> {
  const { facts } = await agent.pass(false, never);
  assert.deepEqual(facts.problems, []);
  assert.equal(facts.error, undefined);
  const said = parse((await rig.status()) ?? '') as StatusFile;
  const [web] = await rig.containers();
  assert.equal(web?.state, 'running');
  const version = web.image.endsWith(rig.images.one.digest) ? '1.0' : '2.0';
  return { outcome: said.outcome, message: said.projects[0]?.message ?? '', web: version };
}

/** One hour a day, so many hours after `baseMs`. */
const windowAt = (hours: number) => {
  const hour = new Date(baseMs + hours * hourMs).getUTCHours();
  return { windows: [{ start: `0 ${hour} * * *`, duration: '1h', timeZone: 'UTC' }] };
};
/** Ten minutes into such an hour. */
const goTo = (hours: number) => {
  aheadMs = baseMs + hours * hourMs + 600_000 - system.now();
};

test('a first installation does not wait for the maintenance window', async () => {
  await change('fleet.yaml', windowAt(2));
  await rig.release('1.0', rig.images.one);
  const { outcome, web } = await pass();
  assert.deepEqual([outcome, web], ['applied', '1.0']);
});

test('windows of the fleet: outside of them an update waits and says so, within them it is applied', async () => {
  await rig.release('2.0', rig.images.two);
  const before = await rig.containers();
  const waiting = await pass();
  assert.deepEqual([waiting.outcome, waiting.web], ['waiting', '1.0']);
  assert.match(waiting.message, /window/);
  assert.deepEqual(await rig.containers(), before);
  goTo(2);
  const applied = await pass();
  assert.deepEqual([applied.outcome, applied.web], ['applied', '2.0']);
});

test("windows of a group replace the fleet's, those of the device the group's; an empty list opens", async () => {
  await change('groups/site.yaml', windowAt(4));
  await change(device(), { groups: ['site'] });
  await rig.release('1.0', rig.images.one);
  // The hour of the fleet has not passed.
  assert.deepEqual((await pass()).outcome, 'waiting');
  await change(device(), windowAt(6));
  goTo(4);
  const waiting = await pass();
  assert.deepEqual([waiting.outcome, waiting.web], ['waiting', '2.0']);
  goTo(6);
  const applied = await pass();
  assert.deepEqual([applied.outcome, applied.web], ['applied', '1.0']);
  goTo(7);
  await rig.release('2.0', rig.images.two);
  assert.equal((await pass()).outcome, 'waiting');
  await change(device(), { windows: [] });
  const open = await pass();
  assert.deepEqual([open.outcome, open.web], ['applied', '2.0']);
});

for (const [level, file] of [
  ['fleet', 'fleet.yaml'],
  ['group', 'groups/site.yaml'],
] as const) {
  test(`paused for the ${level}: nothing is touched, what runs keeps running; taken back, the update is applied`, async () => {
    const now = (await pass()).web;
    const next = now === '1.0' ? '2.0' : '1.0';
    await change(file, { paused: true });
    await rig.release(next, next === '1.0' ? rig.images.one : rig.images.two);
    const before = await rig.containers();
    const paused = await pass();
    assert.deepEqual([paused.outcome, paused.web], ['paused', now]);
    assert.match(paused.message, /paused/);
    // Not even what drifts is mended.
    const worker = before.find(({ service }) => service === 'worker')?.id ?? '';
    await rig.engineCall('POST', `/containers/${worker}/kill?signal=KILL`);
    assert.equal((await pass()).outcome, 'paused');
    const [, left] = await rig.containers();
    assert.deepEqual([left?.id, left?.state], [worker, 'exited']);
    await change(file, { paused: null });
    const applied = await pass();
    assert.deepEqual([applied.outcome, applied.web], ['applied', next]);
    assert.ok((await rig.containers()).every(({ state }) => state === 'running'));
  });
}

/** The registry at the end of a thin line: a little at a time, and nothing more once `enough` until it is opened. */
async function thinLine(
  registry: string,
  enough: () => boolean,
): Promise<{ address: string; open(): void } & AsyncDisposable> {
  const port = Number(registry.split(':')[1]);
  const opened = Promise.withResolvers<void>();
  let isOpen = false;
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer(client => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => [client, upstream].map(each => each.destroy()));
      socket.on('close', () => [client, upstream].map(each => each.destroy()));
    }
    client.pipe(upstream);
    const trickle = async () => {
      for await (const chunk of upstream as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += 2_048) {
          client.write(chunk.subarray(at, at + 2_048));
          if (!isOpen) await (enough() ? opened.promise : delay(100));
        }
      }
    };
    trickle().catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = () => {
    isOpen = true;
    opened.resolve();
  };
  const dispose = async () => {
    open();
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, open, [Symbol.asyncDispose]: dispose };
}

const isPulling = ({ projects: [project] }: StatusFile) =>
  /^pulling 127.*: [\d.]+ \w+ of [\d.]+ \w+ \(\d+ %\) in \d+ layers$/.test(project?.message ?? '');

test('a slow pull: its layers are in the log and, now and then, in a pushed status; what runs keeps running', async () => {
  const [registry = ''] = rig.images.one.repository.split('/');
  // Three lines of the log, eight seconds apart by the agent's clock: a status is due once.
  const enough = () => pulling.length >= 3;
  await using line = await thinLine(registry, enough);
  const maker = new ImageMaker(rig.engine.socket, registry);
  const pushed = await maker.push('web', '9.0', 'stubborn', randomBytes(400_000).toString('hex'));
  const repository = `${line.address}/web`;
  viaLine = new ImageMaker(rig.engine.socket, line.address);
  await change(device(), { windows: [] });
  const before = (await pass()).web;
  const earlier = await rig.pushes();
  pulling.length = 0;
  onPulling = () => {
    if (pulling.length > 3) return;
    laterMs += 8_000;
  };
  frozenMs = system.monotonic();
  const passing = rig
    .release('9.0', { ...pushed, repository, reference: `${repository}:9.0` })
    .then(() => agent.pass(false, never));
  try {
    // Nothing but what is pushed lets the pull go on: it cannot be over before.
    while (!isPulling(parse((await rig.status()) ?? '') as StatusFile)) {
      const early = await Promise.race([passing, delay(50)]);
      assert.equal(early, undefined, `the pass was over before: ${JSON.stringify(early)}`);
    }
    // That it is under way may have been said before.
    assert.ok((await rig.pushes()) <= earlier + 2);
  } finally {
    frozenMs = undefined;
    onPulling = () => undefined;
    line.open();
  }
  const { facts } = await passing;
  assert.equal(facts.applied?.outcome, 'applied', JSON.stringify(facts));
  assert.ok(pulling.some(({ layers, bytes }) => layers > 0 && bytes > 0));
  const ref = `refs/heads/telemetry/${rig.device}`;
  const count = (await rig.pushes()) - earlier;
  const said: StatusFile[] = [];
  for (let back = count - 1; back >= 0; back--)
    said.push(parse(await rig.telemetry.git(['show', `${ref}~${back}:status.yaml`])) as StatusFile);
  const outcomes = said.map(({ outcome }) => outcome);
  assert.equal(outcomes.pop(), 'applied');
  assert.ok(outcomes.length >= 1, outcomes.join());
  assert.ok(outcomes.every(outcome => outcome === 'progressing'));
  const [project] = said.find(isPulling)?.projects ?? [];
  assert.equal(project?.state, 'progressing');
  assert.equal(project?.release, before);
  assert.ok(project?.services.every(({ state }) => state === 'running'));
});
