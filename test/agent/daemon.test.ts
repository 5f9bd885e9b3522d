import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { telemetryRef } from '../../core/telemetry/telemetry-ref.ts';
import { entries } from '../../lab/machine/programs.ts';
import { AgentRig } from '../../lab/rig/agent-rig.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';

let rig: AgentRig;
let agent: ReturnType<AgentRig['run']>;

before(async () => {
  rig = await AgentRig.start();
  await rig.release('1.0', rig.images.one);
  agent = rig.run([]);
  await until(async () => (await rig.containers()).length === 2);
});
after(async () => {
  agent.child.kill('SIGTERM');
  await agent.ended;
  await rig[Symbol.asyncDispose]();
});

async function until(holds: () => Promise<boolean>, seconds = 120): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `it does not come about\n${agent.log().slice(-2000)}`);
    await delay(50);
  }
}

/** Passes that the engine's events have asked for are over: the next one is the one that is asked for here. */
async function settled(): Promise<void> {
  let log = '';
  for (let times = 0; times < 10 && log !== agent.log(); times += 1) {
    log = agent.log();
    await delay(1_500);
  }
}

/** `towline agent <words>` at the device. */
async function tell(...words: string[]): Promise<{ code: number | null; said: string }> {
  const [verb = '', ...rest] = words;
  const args = [entries.agent, verb, '--config', rig.configFile, ...rest];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (said += chunk));
  const code = await new Promise<number | null>(resolve => child.on('close', resolve));
  return { code, said };
}

async function status(): Promise<StatusFile> {
  return parse((await rig.status()) ?? '') as StatusFile;
}

test('drift is mended by the event of the engine, long before the next poll', async () => {
  const [web] = await rig.containers();
  await until(async () => agent.log().includes('pass ended'));
  await rig.engineCall('DELETE', `/containers/${web?.id}?force=true`);
  await until(async () => {
    const now = await rig.containers();
    return now.length === 2 && now.every(({ state }) => state === 'running');
  }, 45);
  assert.notEqual((await rig.containers())[0]?.id, web?.id);
});

test('`agent now` looks at once and says how the pass ended', async () => {
  let head = '';
  let said = '';
  // A poll may have been quicker: then there is something new once more.
  for (let times = 0; times < 5 && !said.includes('applied'); times += 1) {
    await settled();
    head = await rig.release(`2.0.${times}`, rig.images.two, { environment: { TIMES: String(times) } });
    const told = await tell('now');
    assert.equal(told.code, 0, told.said);
    said = told.said;
  }
  assert.match(said, /The pass ended: applied\./);
  assert.deepEqual(JSON.parse((await tell('now', '--json')).said), { outcome: 'unchanged' });
  assert.equal((await status()).applied, head);
});

/** All segments below a folder of this device's branch, unpacked. */
async function segments(folder: string): Promise<string> {
  const { path: repository } = rig.telemetry;
  const git = (...words: string[]) => execFileSync('git', ['-C', repository, ...words]);
  const ref = telemetryRef(rig.device);
  const texts = git('rev-list', '--reverse', ref)
    .toString()
    .trim()
    .split('\n')
    .flatMap(commit => {
      const paths = git('ls-tree', '-r', '--name-only', commit, `${folder}/`).toString().split('\n');
      return paths.filter(Boolean).map(file => gunzipSync(git('show', `${commit}:${file}`)).toString());
    });
  return texts.join('');
}

test('what happens here, and what it takes, lies in the branch soon after', async () => {
  await until(async () => (await segments('events')).includes('app.applied'));
  const events = await segments('events');
  assert.match(events, /"name":"agent.started"/);
  assert.match(events, /"text":"web 1\.0 → 2\.0\.\d"/);
  assert.match(events, /"name":"image.pulled"/);
  assert.match(events, /"name":"container.die","level":"info"/);
  await until(async () => (await segments('metrics')).includes('container_memory_working_set_bytes'));
  const metrics = await segments('metrics');
  for (const name of [
    'node_load1',
    'node_filesystem_avail_bytes',
    'towline_agent_info',
    'towline_spool_bytes',
  ])
    assert.ok(metrics.includes(`"${name}"`), name);
});

test('what is wrong is named, with its place, in the answer to `agent now` and in the log', async () => {
  await rig.release('2.1', rig.images.two);
  await rig.commit({ files: { 'apps/web/releases/2.1/compose.yaml': 'services: [\n' } });
  const { code, said } = await tell('now');
  assert.equal(code, 5, said);
  assert.match(said, /The pass ended: failed\. apps\/web\/releases\/2\.1\/compose\.yaml:\d+:\d+ [A-Z_]+ /);
  assert.match(
    agent.log(),
    /"level":40.*"troubles":\["apps\/web\/releases\/2\.1\/compose\.yaml:.*not all is as the commit says/,
  );
  await rig.release('2.0', rig.images.two);
  await until(async () => (await tell('now')).said.includes('The pass ended: unchanged.'));
});

test('what listens at the device can be opened by its own user only', async () => {
  const found = await stat(path.join(rig.stateDirectory, 'control'));
  assert.equal(found.mode & 0o777, 0o600);
});

test('`agent hold`: nothing is touched, the status says so, and it ends by itself or by `agent release`', async () => {
  const held = await tell('hold', '--for', '2h');
  assert.equal(held.code, 0, held.said);
  assert.match(held.said, /No project is touched before 20/);
  const before = await rig.containers();
  await rig.release('2.1', rig.images.two, { environment: { HELD: 'yes' } });
  assert.match((await tell('now')).said, /paused/);
  assert.deepEqual(await rig.containers(), before);
  const said = await status();
  assert.equal(said.outcome, 'paused');
  assert.equal(said.projects[0]?.state, 'paused');
  assert.ok(said.conditions.some(({ type, status: is }) => type === 'Held' && is));
  assert.match((await tell('release')).said, /Nothing is held any more/);
  await until(async () => (await rig.containers())[0]?.id !== before[0]?.id);
  assert.equal((await tell('hold', '--for', '1s')).code, 0);
  await delay(1100);
  assert.match((await tell('now')).said, /applied|unchanged/);
});

test('a hold that makes no sense is refused with a code and changes nothing', async () => {
  for (const length of ['soon', '0s', '400d', '-1h', '1h; rm']) {
    const { code, said } = await tell('hold', '--for', length);
    assert.notEqual(code, 0);
    assert.match(said, /AGENT_CONTROL|ERR_PARSE|usage/);
  }
  const { code, said } = await tell('release', '--for', '1h');
  assert.notEqual(code, 0);
  assert.match(said, /AGENT_CONTROL/);
});

test('a hold outlives a SIGKILL of the agent; while none runs it is written down, and `now` says that none does', async () => {
  await tell('hold', '--for', '1h');
  agent.child.kill('SIGKILL');
  await agent.ended;
  assert.equal(JSON.parse((await rig.once()).stdout).outcome, 'paused');
  const none = await tell('now');
  assert.notEqual(none.code, 0);
  assert.match(none.said, /AGENT_NOT_RUNNING no agent runs with .*\nStart it/);
  assert.match((await tell('release')).said, /no agent runs here now/);
  agent = rig.run([]);
  await until(async () => agent.log().includes('agent started'));
  await until(async () => (await tell('now')).code === 0);
});
