/** What makes an update wait, from the signed file to the engine: pauses and windows at each level, and slow pulls. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { Agent, type AgentLog } from '../../agent/agent.ts';
import { readAgentConfig } from '../../agent/config.ts';
import { createEngine } from '../../agent/engine.ts';
import type { Clock } from '../../core/io/clock.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { AgentRig } from './agent-rig.ts';

const never = new AbortController().signal;
const quiet: AgentLog = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
const hourMs = 3_600_000;
const system = createSystemClock();
/** The full hour after the next one, by the machine's clock: windows are told from there. */
const baseMs = Math.ceil(Date.now() / hourMs) * hourMs + hourMs;

let rig: AgentRig;
let agent: Agent;
let aheadMs = 0;
before(async () => {
  rig = await AgentRig.start();
  const config = await readAgentConfig(rig.configFile);
  const clock: Clock = { ...system, now: () => system.now() + aheadMs };
  const engine = createEngine(config.engineSocket);
  agent = await Agent.create({ config, clock, engine, log: quiet, random: Math.random, version: '0.1.0' });
});
after(async () => {
  await agent?.stop();
  await rig?.[Symbol.asyncDispose]();
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
