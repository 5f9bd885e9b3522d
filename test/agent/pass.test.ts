import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { Agent } from '../../agent/agent.ts';
import { readAgentConfig } from '../../agent/program/config.ts';
import { createEngine, type Engine, type EngineRequest } from '../../agent/runtime/engine/engine.ts';
import { createSystemClock } from '../../core/io/system-clock.ts';
import type { ProgramLog } from '../../core/log.ts';
import { AgentRig } from '../../lab/rig/agent-rig.ts';
import type { AgentRun } from '../../lab/rig/agent-run.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import { status as isStatus } from '../../schemas/validate.generated.js';

let rig: AgentRig;
before(async () => {
  rig = await AgentRig.start();
});
after(() => rig[Symbol.asyncDispose]());

async function once(code: number): Promise<Record<string, unknown>> {
  const run: AgentRun = await rig.once();
  assert.equal(run.code, code, `${run.stdout}\n${run.stderr}`);
  return JSON.parse(run.stdout) as Record<string, unknown>;
}

async function status(): Promise<StatusFile> {
  const found: unknown = parse((await rig.status()) ?? '');
  assert.ok(isStatus(found), JSON.stringify(isStatus.errors));
  return found as StatusFile;
}

test('a signed release runs after one pass, and the status says so in a commit signed by the device', async () => {
  const head = await rig.release('1.0', rig.images.one);
  const result = await once(0);
  assert.equal(result.outcome, 'applied');
  assert.equal(result.trusted, head);
  const running = await rig.containers();
  assert.deepEqual(
    running.map(({ service, state }) => `${service} ${state}`),
    ['web running', 'worker running'],
  );
  const said = await status();
  assert.equal(said.applied, head);
  assert.equal(said.projects[0]?.state, 'healthy');
  const signers = path.join(rig.folder, 'signers');
  await writeFile(signers, `${rig.device}@acme ${rig.sshPublicKey}\n`);
  const ref = `refs/heads/telemetry/${rig.device}`;
  await rig.telemetry.git(['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', ref]);
  assert.match(
    await rig.telemetry.git(['log', '-1', '--format=%s', ref]),
    /: web 1\.0 in \d+\.\d s, 2 of 2 healthy$/,
  );
  await rig.telemetry.git(['fsck', '--strict']);
});

test('a second pass with nothing new does no Engine write, no commit, and its plan is empty', async () => {
  const config = await readAgentConfig(rig.configFile);
  const calls: EngineRequest[] = [];
  const real = createEngine(config.engineSocket);
  const engine: Engine = {
    call: (request, signal) => {
      calls.push(request);
      return real.call(request, signal);
    },
    stream: (request, signal) => {
      calls.push(request);
      return real.stream(request, signal);
    },
  };
  const quiet: ProgramLog = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
  const clock = createSystemClock();
  const agent = await Agent.create({
    config,
    clock,
    engine,
    log: quiet,
    random: Math.random,
    version: '0.1.0',
  });
  try {
    // A first pass of this process may have logs and a status to send.
    await agent.pass(false, new AbortController().signal);
    const before = await rig.pushes();
    calls.length = 0;
    rig.server.seen.length = 0;
    const { facts } = await agent.pass(false, new AbortController().signal);
    assert.equal(facts.steps, 0);
    assert.equal(facts.applied?.outcome, 'unchanged');
    assert.deepEqual(
      calls.filter(({ method }) => method !== 'GET'),
      [],
    );
    assert.equal(await rig.pushes(), before);
    assert.deepEqual(
      rig.server.seen.map(({ method, status: answer }) => `${method} ${answer}`),
      ['GET 304'],
    );
  } finally {
    await agent.stop();
  }
});

test('a release that changes one of two services replaces that one alone', async () => {
  const before = await rig.containers();
  await rig.release('2.0', rig.images.two);
  assert.equal((await once(0)).outcome, 'applied');
  const now = await rig.containers();
  assert.notEqual(now[0]?.id, before[0]?.id);
  assert.equal(now[1]?.id, before[1]?.id);
});

test('an unsigned commit is refused with exit code 3, what runs keeps running; the mend gets past it', async () => {
  const good = await rig.fleet.head();
  const before = await rig.containers();
  const bad = await rig.fleet.commit({ files: { 'apps/web/extra.txt': 'not signed\n' } });
  const refused = await once(3);
  assert.equal(refused.trusted, good);
  assert.equal((await status()).stopped?.code, 'TRUST_UNSIGNED');
  assert.deepEqual(await rig.containers(), before);
  const mended = await rig.commit({ parents: [good, bad], tree: good, files: { 'README.md': 'mended\n' } });
  assert.equal((await once(0)).trusted, mended);
  assert.equal((await status()).stopped, undefined);
});

test('a release that does not become healthy is rolled back with exit code 4 and set aside', async () => {
  const before = await rig.containers();
  await rig.release('3.0', rig.images.sick);
  assert.equal((await once(4)).outcome, 'rolled-back');
  const said = await status();
  assert.equal(said.projects[0]?.state, 'rolled-back');
  assert.match(said.projects[0]?.setAside ?? '', /^sha256:/);
  assert.equal(said.projects[0]?.lastWords, 'web: health check: it says nothing');
  const ref = `refs/heads/telemetry/${rig.device}`;
  // It is named what is wanted and what failed, and while it was tried nobody was told that all is well.
  assert.deepEqual(
    [said.projects[0]?.release, said.projects[0]?.wanted?.release, said.projects[0]?.wanted?.digest],
    ['2.0', '3.0', said.projects[0]?.setAside],
  );
  assert.ok((said.projects[0]?.since ?? 'never') < said.time, 'it runs on since it was applied');
  const meanwhile = parse(await rig.telemetry.git(['show', `${ref}^:status.yaml`])) as StatusFile;
  const [web] = meanwhile.projects;
  assert.deepEqual(
    [meanwhile.outcome, meanwhile.followed, web?.state, web?.release, web?.wanted?.release, web?.message],
    ['progressing', said.followed, 'progressing', '2.0', '3.0', '3.0 is under way'],
  );
  const kept = await rig.telemetry.git(['ls-tree', '-r', '--name-only', ref, 'logs']);
  assert.match(kept, /\/web\/[0-9a-f]{12}-\d{12}-error\.ndjson\.gz$/m);
  assert.doesNotMatch(await rig.telemetry.git(['log', '-1', '--format=%B', ref]), /it says nothing/);
  const now = await rig.containers();
  assert.deepEqual(
    now.map(({ image, state }) => [image, state]),
    before.map(({ image, state }) => [image, state]),
  );
  await rig.release('2.0', rig.images.two);
  await once(0);
});

test('a broken app file stops applying that commit, not trusting it', async () => {
  const before = await rig.containers();
  const head = await rig.commit({ files: { 'apps/web/releases/2.0/compose.yaml': 'services: [\n' } });
  const result = await once(5);
  assert.equal(result.trusted, head);
  const said = await status();
  const ready = said.conditions.find(({ type }) => type === 'Ready');
  assert.match(ready?.reason ?? '', /^(COMPOSE|FLEET)_/);
  assert.match(ready?.message ?? '', /^apps\/web\/releases\/2\.0\/compose\.yaml:\d+/);
  assert.deepEqual(await rig.containers(), before);
  await rig.release('2.0', rig.images.two);
  await once(0);
});

test('an image without its publisher’s signature stops applying that commit before anything is pulled; with it the release runs', async () => {
  const before = await rig.containers();
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { one } = rig.images;
  const policy = await rig.fleet.git(['show', 'main:trust/policy.yaml']);
  const asking = (version: number, images: string | null) => ({
    'trust/policy.yaml': `${policy.replace(/version: \d+/, `version: ${version}`)}\n`,
    'trust/images.yaml': images,
  });
  const keys = [publicKey.export({ format: 'pem', type: 'spki' }).toString()];
  const rules = [{ name: 'acme', repositories: [one.repository], keys, onDevice: true }];
  await rig.commit({
    message: 'Ask for signatures',
    files: asking(2, stringify({ apiVersion: 'towline/v1', default: 'allow', rules })),
  });
  const unsigned = await rig.release('2.1', one);
  const { trusted } = await once(5);
  assert.equal(trusted, unsigned);
  const ready = (await status()).conditions.find(({ type }) => type === 'Ready');
  assert.equal(ready?.reason, 'IMAGE_UNSIGNED');
  assert.match(ready?.message ?? '', /^apps\/web\/releases\/2\.1\/release\.yaml:\d+/);
  assert.deepEqual(await rig.containers(), before);
  const critical = {
    type: 'cosign container image signature',
    identity: { 'docker-reference': one.repository },
    image: { 'docker-manifest-digest': one.digest },
  };
  const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
  const signature = sign('sha256', payload, privateKey).toString('base64');
  const file = 'apps/web/releases/2.1/release.yaml';
  const release = parse(await rig.fleet.git(['show', `main:${file}`]));
  release.images.web.signed = { by: 'acme', payload: payload.toString('base64'), signature };
  await rig.commit({ files: { [file]: stringify(release) } });
  assert.equal((await once(0)).outcome, 'applied');
  await rig.commit({ message: 'Ask no more', files: asking(3, null) });
});

test('an agent that died while it read a commit fetches first at its next start, and a newer commit is found', async () => {
  const commit = await rig.fleet.git(['rev-parse', 'main']);
  const mark = path.join(rig.stateDirectory, 'reading');
  await writeFile(mark, `${commit.trim()}\n`);
  const config = await readAgentConfig(rig.configFile);
  const said: string[] = [];
  const note = (_: unknown, message?: string) => {
    if (message !== undefined) said.push(message);
  };
  const log: ProgramLog = { debug: note, info: note, warn: note, error: note, child: () => log };
  const engine = createEngine(config.engineSocket);
  const options = { config, clock: createSystemClock(), engine, log, random: Math.random, version: '0.1.0' };
  const agent = await Agent.create(options);
  try {
    const { facts } = await agent.pass(false, new AbortController().signal);
    assert.equal(facts.error, undefined);
  } finally {
    await agent.stop();
  }
  assert.ok(said.includes('died while it read a commit: fetching first'), said.join('\n'));
  await assert.rejects(readFile(mark));
});

test('with the gateway down a pass exits 6, mends what drifted here, and sends its status later', async () => {
  const [web] = await rig.containers();
  await rig.engineCall('DELETE', `/containers/${web?.id}?force=true`);
  rig.server.down = true;
  const result = await once(6).finally(() => {
    rig.server.down = false;
  });
  assert.equal(result.outcome, 'applied');
  const now = await rig.containers();
  assert.equal(now.length, 2);
  assert.notEqual(now[0]?.id, web?.id);
  await once(0);
  assert.equal((await status()).outcome, 'unchanged');
});

test('garbage in the store and in one copy of the trusted commit: the next pass mends both', async () => {
  const head = await rig.fleet.head();
  const store = path.join(rig.stateDirectory, 'store');
  const generation = (await readdir(store)).find(name => name.startsWith('g-')) ?? '';
  const packs = path.join(store, generation, 'objects', 'pack');
  for (const name of await readdir(packs)) await writeFile(path.join(packs, name), 'garbage');
  await writeFile(path.join(rig.stateDirectory, 'trusted', 'commit'), 'garbage');
  const before = await rig.containers();
  assert.equal((await once(0)).trusted, head);
  assert.deepEqual(await rig.containers(), before);
});

test('garbage in both copies of the trusted commit: the walk begins at the anchor again', async () => {
  const head = await rig.fleet.head();
  for (const name of ['commit', 'commit.copy']) {
    await writeFile(path.join(rig.stateDirectory, 'trusted', name), 'garbage');
  }
  const run = await rig.once();
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /AGENT_STATE_GARBAGE/);
  assert.equal((JSON.parse(run.stdout) as { trusted: string }).trusted, head);
});

test('a rewound branch is no way back: the trusted commit stays', async () => {
  const head = await rig.fleet.head();
  await rig.fleet.setBranch(rig.anchor);
  const result = await once(3);
  assert.equal(result.trusted, head);
  assert.equal((await status()).stopped?.code, 'TRUST_NOT_A_DESCENDANT');
  await rig.fleet.setBranch(head);
  await once(0);
});

test('a device that is not in the fleet leaves what runs alone and says so', async () => {
  const head = await rig.fleet.head();
  const before = await rig.containers();
  await rig.commit({ files: { [`devices/${rig.device}.yaml`]: null } });
  const result = await once(5);
  assert.match(JSON.stringify(result.problems), /FLEET_DEVICE_UNKNOWN/);
  assert.deepEqual(await rig.containers(), before);
  const back = await rig.fleet.git(['show', `${head}:devices/${rig.device}.yaml`]);
  await rig.commit({ files: { [`devices/${rig.device}.yaml`]: `${back}\n` } });
  await once(0);
});

test('two agents do not share a stateDirectory; SIGTERM ends the first one cleanly', async () => {
  const first = rig.run([]);
  while (!first.log().includes('agent started')) await new Promise(resolve => setTimeout(resolve, 20));
  const second = await rig.once();
  assert.equal(second.code, 2);
  assert.match(second.stderr, /AGENT_STATE_LOCKED/);
  first.child.kill('SIGTERM');
  const ended = await first.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /agent stopped/);
});

test('SIGHUP reads the configuration again; a broken one ends the agent with exit code 2', async () => {
  const agent = rig.run([]);
  const started = (): number => agent.log().split('agent started').length - 1;
  const until = async (count: number): Promise<void> => {
    while (started() < count) await new Promise(resolve => setTimeout(resolve, 20));
  };
  await until(1);
  agent.child.kill('SIGHUP');
  await until(2);
  const text = await readFile(rig.configFile, 'utf8');
  await writeFile(rig.configFile, `${text}unknown: key\n`);
  agent.child.kill('SIGHUP');
  const ended = await agent.ended;
  await writeFile(rig.configFile, text);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /FLEET_UNKNOWN_KEY/);
});
