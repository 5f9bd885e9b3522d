import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { Agent } from '../../agent/agent.ts';
import { readAgentConfig } from '../../agent/program/config.ts';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import type { DesiredState } from '../../core/desired/state.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { ProgramLog } from '../../core/log.ts';
import { desiredNow, memoryNow } from '../../core/plan/wishes.ts';
import { AgentRig } from '../../lab/rig/agent-rig.ts';

const never = new AbortController().signal;
const quiet: ProgramLog = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };

test('with a clock behind the newest signed commit no tunnel is opened, and the status says AGENT_CLOCK', async () => {
  await using rig = await AgentRig.start();
  const device = await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`]);
  const tunnel = { state: 'open', reason: 'look', targets: [{ name: 'ssh', host: '127.0.0.1', port: 22 }] };
  await rig.commit({ files: { [`devices/${rig.device}.yaml`]: `${device}\n${stringify({ tunnel })}` } });
  const system = createSystemClock();
  let behindMs = 24 * 3_600_000;
  const clock = { ...system, now: () => system.now() - behindMs };
  const config = await readAgentConfig(rig.configFile);
  const engine = createEngine(config.engineSocket);
  const agent = await Agent.create({
    config,
    clock,
    engine,
    log: quiet,
    random: Math.random,
    version: '0.1.0',
  });
  try {
    const { facts } = await agent.pass(false, never);
    assert.equal(facts.problems.length, 0, JSON.stringify(facts.problems));
    assert.equal(facts.error, undefined);
    assert.match(facts.clockProblem ?? '', /the clock shows/);
    assert.equal(facts.steps, 0);
    assert.match(
      (await rig.status()) ?? '',
      /type: ClockSynchronised\n\s+status: false\n\s+reason: AGENT_CLOCK/,
    );
    behindMs = 0;
    const later = await agent.pass(false, never);
    assert.equal(later.facts.clockProblem, undefined);
    assert.equal(later.facts.steps, 1, 'the tunnel is opened');
  } finally {
    await agent.stop();
  }
});

test('without a fresh timestamp the device runs what it runs, says stale, and opens no tunnel', async () => {
  await using rig = await AgentRig.start();
  const device = await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`]);
  const fleet = await rig.fleet.git(['show', 'main:fleet.yaml']);
  const tunnel = { state: 'open', targets: [{ name: 'ssh', host: '127.0.0.1', port: 22 }] };
  await rig.commit({
    files: {
      'fleet.yaml': `${fleet}\n${stringify({ freshness: { maxAge: '24h' } })}`,
      [`devices/${rig.device}.yaml`]: `${device}\n${stringify({ tunnel })}`,
    },
  });
  const config = await readAgentConfig(rig.configFile);
  const agent = await Agent.create({
    config,
    clock: createSystemClock(),
    engine: createEngine(config.engineSocket),
    log: quiet,
    random: Math.random,
    version: '0.1.0',
  });
  try {
    const { facts } = await agent.pass(false, never);
    assert.equal(facts.error, undefined);
    assert.match(facts.staleMessage ?? '', /there is no timestamp/);
    assert.equal(facts.applied, undefined, 'nothing is touched');
    assert.match((await rig.status()) ?? '', /^outcome: stale$/m);
    assert.match((await rig.status()) ?? '', /state: closed/);
  } finally {
    await agent.stop();
  }
});

test('a person who asks now does not wait for windows nor for the next try; what was set aside stays so', () => {
  const desired = {
    settings: { windows: [{ start: '0 3 * * *', durationMs: 60_000, timeZone: 'UTC' }], paused: false },
    tunnel: { state: 'open' },
  } as unknown as DesiredState;
  const urgent = { urgent: true, noNewTunnel: false };
  assert.deepEqual(desiredNow(desired, urgent).settings.windows, []);
  assert.equal(desiredNow(desired, urgent).tunnel.state, 'open');
  assert.deepEqual(desiredNow(desired, { urgent: false, noNewTunnel: false }), desired);
  const attempts = { digest: 'd', count: 1, nextMs: 9, code: 'PULL', message: '' };
  const mending = { ...attempts, fingerprint: 'f' };
  const loop = { digest: 'd', fingerprint: 'f', count: 1, nextMs: 9 };
  const setAside = { digest: 'd', code: 'X', message: '', atMs: 1 };
  const memory = { nowMs: 1, projects: new Map([['web', { attempts, mending, loop, setAside }]]) };
  assert.deepEqual(memoryNow(memory, urgent).projects.get('web'), { setAside });
  assert.deepEqual(memoryNow(memory, { urgent: false }), memory);
});
