/** A rollout on a device with everything real: it waits, takes the release, and goes back, and its signed status says so. */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';
import { status as isStatus } from '../../../schemas/validate.generated.js';

let rig: AgentRig;
before(async () => {
  rig = await AgentRig.start();
});
after(() => rig[Symbol.asyncDispose]());

const file = 'rollouts/web/r1.yaml';
const hourMs = 3_600_000;

function rollout(stage: number, sinceMs: number, more: Record<string, unknown> = {}): string {
  return stringify({
    ...{ apiVersion: 'towline/v1', app: 'web', from: ['1.0'], to: '2.0' },
    stages: [
      { name: 'others', select: { devices: ['nobody-else'] }, hold: '1h' },
      { name: 'all', select: { all: true } },
    ],
    ...{ stage, since: new Date(sinceMs).toISOString(), ...more },
  });
}

/** One pass. @returns what it said of the app */
async function pass() {
  const run = await rig.once();
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`);
  const said: unknown = parse((await rig.status()) ?? '');
  assert.ok(isStatus(said), JSON.stringify(isStatus.errors));
  const [project] = said.projects;
  assert.ok(project !== undefined);
  return project;
}

test('a device waits for its stage, takes the release when its time has come, and goes back when people abort', async () => {
  const fleet = await rig.fleet.git(['show', 'main:fleet.yaml']);
  const { one, two, worker } = rig.images;
  const step = (text: string) => rig.commit({ files: { [file]: text } });
  const nowMs = Date.now();
  await rig.commit({
    files: {
      ...webRelease('1.0', { web: one, worker }, {}),
      ...webRelease('2.0', { web: two, worker }, {}),
      'fleet.yaml': `${fleet.trimEnd()}\napps: { web: { release: "1.0" } }\n`,
      [file]: rollout(1, nowMs),
    },
  });
  const ahead = await pass();
  assert.deepEqual([ahead.release, ahead.rollout], ['1.0', { name: 'r1', stage: 2, state: 'ahead' }]);
  // By a clock that is kept since has not come, by the agent's own count the hold is not over.
  await step(rollout(2, nowMs + hourMs));
  const waiting = await pass();
  assert.deepEqual([waiting.release, waiting.state, waiting.rollout?.state], ['1.0', 'healthy', 'waits']);
  assert.match(waiting.message ?? '', /^waits until 20\S+Z: stage 2 of rollout r1 is open from then on$/);
  const again = rollout(2, nowMs - 2 * hourMs).replace('hold: 1h', 'hold: 0s');
  await step(again);
  const open = await pass();
  assert.deepEqual([open.release, open.state, open.rollout?.state], ['2.0', 'healthy', 'open']);
  assert.equal(open.digest, open.wanted?.digest);
  await step(again.replace('stage: 2', 'stage: 2\naborted: true'));
  const back = await pass();
  assert.deepEqual([back.release, back.state, back.rollout], ['1.0', 'healthy', undefined]);
});

test('a running agent that nothing else wakes takes the release when its stage counts', async () => {
  const yearly = { schedule: '0 0 1 1 *' };
  const fleet = await rig.fleet.git(['show', 'main:fleet.yaml']);
  const rare = stringify({ poll: yearly, telemetry: yearly });
  const beganMs = performance.now();
  await pass();
  // A device whose clock nobody keeps counts the hold from when it has seen the first stage: that has to last until the
  // running agent has seen the second one, on a slow machine as well.
  const holdSec = Math.ceil(10 + (6 * (performance.now() - beganMs)) / 1000);
  const step = (stage: number, sinceMs: number) =>
    rollout(stage, sinceMs).replace('hold: 1h', `hold: ${holdSec}s`);
  const sinceMs = Date.now();
  await rig.commit({ files: { 'fleet.yaml': `${fleet.trimEnd()}\n${rare}`, [file]: step(1, sinceMs) } });
  assert.deepEqual((await pass()).rollout?.state, 'ahead');
  await appendFile(rig.configFile, 'logLevel: debug\n');
  const agent = rig.run([]);
  try {
    await eventually(() => agent.log().includes('pass ended'), 120_000);
    await rig.commit({ files: { [file]: step(2, sinceMs + holdSec * 1000) } });
    const end = performance.now() + holdSec * 1000 + 120_000;
    while (
      !/"release":"2\.0"/.test(JSON.stringify(parse((await rig.status()) ?? '')).replace(/"wanted".*?}/g, ''))
    ) {
      assert.ok(performance.now() < end, agent.log().slice(-3000));
      await delay(200);
    }
    assert.match(agent.log(), /"reasons":\["rollout"\]/);
  } finally {
    agent.child.kill('SIGTERM');
    await agent.ended;
  }
});
