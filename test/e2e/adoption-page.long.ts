/** docs/guides/adoption.md, typed: a project that docker compose runs becomes an app, and nothing of it restarts. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { createEngine } from '../../agent/runtime/engine/engine.ts';
import { composePeer } from '../../lab/machine/compose-peer.ts';
import { type GpgKey, makeGpgKey } from '../../lab/rig/keys.ts';
import { guideLine } from '../rig/guide-line.ts';
import { device, type OneDevice, oneDevice } from './one-device.ts';

const app = `shop${process.pid}`;
const signal = new AbortController().signal;
let fleet: OneDevice;
let folder: string;
let bob: GpgKey;

/** In the folder, as a person does. */
async function compose(...words: string[]): Promise<string> {
  const child = spawn(composePeer('sid'), words, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, HOME: folder, PWD: folder, DOCKER_HOST: `unix://${fleet.engine.socket}` },
  });
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  assert.equal(code, 0, errors);
  return out;
}

/** Each container of the project, and since when it runs. */
async function standing(): Promise<string[]> {
  const engine = createEngine(fleet.engine.socket);
  const filters = JSON.stringify({ label: [`com.docker.compose.project=${app}`] });
  const all = await engine.call<{ Id: string }[]>(
    { method: 'GET', path: '/containers/json', query: { all: true, filters } },
    signal,
  );
  const details = all.map(({ Id }) =>
    engine.call<{ Name: string; Id: string; State: { Status: string; StartedAt: string } }>(
      { method: 'GET', path: `/containers/${Id}/json` },
      signal,
    ),
  );
  return (await Promise.all(details))
    .map(({ Name, Id, State }) => `${Name} ${State.Status} ${Id} ${State.StartedAt}`)
    .sort();
}

/** Without since when. */
const containerOf = (line: string) => line.split(' ').slice(0, 3).join(' ');

/** A line of the guide, with what things are called here. @param more what the person here adds */
async function typed(begins: string, more: readonly string[] = [], environment = {}): Promise<void> {
  const instead = { '/opt/shop': folder, shop: app, 'secrets/shop.env': `secrets/${app}.env` };
  const [program = '', ...words] = guideLine('adoption', begins, instead);
  const said = await fleet.rig.operator.quietly(program, [...words, ...more], { environment });
  assert.equal(said.code, 0, `${begins}: ${said.stdout}${said.stderr}`);
}

async function passed(message: string) {
  await fleet.publish(message);
  const code = await fleet.agent.pass();
  const status = await fleet.rig.telemetry.status(device);
  return {
    code,
    project: status?.projects.find(({ project }) => project === app),
    said: fleet.agent.program.lastWords(),
  };
}

before(async () => {
  fleet = await oneDevice();
  // Somebody to seal for: the key of the rig's person signs alone.
  bob = await makeGpgKey({ name: 'bob', algorithm: 'default', usage: 'default' });
  fleet.rig.operator.write('trust/keys/bob.asc', await bob.publicKey());
  fleet.rig.operator.edit(
    'trust/policy.yaml',
    [['principals', 'bob'], { openpgp: ['trust/keys/bob.asc'] }],
    [['version'], 2],
  );
  // Without a prefix, as devices have it.
  const config = fleet.agent.config;
  writeFileSync(config, readFileSync(config, 'utf8').replace(/^projectPrefix:.*\n/m, ''));
  fleet.rig.operator.edit('groups/canary.yaml', [['apps'], undefined]);
  folder = path.join(fleet.agent.folder, app);
  mkdirSync(folder);
  const image = `${fleet.rig.registry.address}/hello/worker:1.0.0`;
  const services = [
    `  web: { image: "${image}", environment: { DB_PASSWORD: , ZONE: "$` +
      '{TZ}" }, volumes: ["data:/data"] }',
    `  side: { image: "${image}", volumes: ["./site.conf:/etc/site.conf:ro"] }`,
  ];
  writeFileSync(
    path.join(folder, 'compose.yaml'),
    ['services:', ...services, 'volumes: { data: {} }', ''].join('\n'),
  );
  const secret = 'DB_PASSWORD="hunter2 \\"of\nmore than\\none line $$HOME"\n';
  writeFileSync(path.join(folder, '.env'), `TZ=Europe/Berlin\nexport ${secret}`);
  writeFileSync(path.join(folder, 'site.conf'), 'listen 80\n');
  await compose('up', '-d');
});
after(async () => {
  await compose('down', '--volumes').catch(() => undefined);
  await fleet?.stop();
  await bob?.remove();
});

test('the folder becomes an app; a release that fails gives back what ran; paused, nothing is done; then it is taken over, with its secrets, and nothing restarts', async () => {
  const before = await standing();
  assert.equal(before.length, 2);
  const { operator } = fleet.rig;
  await typed('towline app add', ['--worktree']);
  assert.ok(!operator.read(`secrets/${app}.env`).includes('hunter2'));
  const file = `apps/${app}/compose.yaml`;
  const text = operator.read(file);
  operator.write(file, text.replace('  web: { ', '  web: { command: ["/no/such"], '));
  const failing = await operator.quietly('towline', ['release', app, '0.9.0']);
  assert.equal(failing.code, 0, failing.stderr);
  operator.write(file, text);
  await typed('towline release');
  operator.edit(`devices/${device}.yaml`, [['apps', app], { release: '1.0.0', paused: true }]);
  await typed('towline secret rotate', [], bob.environment);
  const refused = await passed('Assigned, and not allowed');
  assert.deepEqual(await standing(), before, refused.said);
  operator.edit(
    `devices/${device}.yaml`,
    [['engine'], { adopt: [app] }],
    [['apps', app], { release: '0.9.0' }],
  );
  const failed = await passed('A first one that differs, and fails');
  assert.equal(failed.project?.state, 'failed', failed.said);
  assert.match(failed.project?.message ?? '', /what docker compose had made runs again/);
  const back = await standing();
  assert.deepEqual(back.map(containerOf), before.map(containerOf));
  operator.edit(`devices/${device}.yaml`, [['apps', app], { release: '1.0.0', paused: true }]);
  const paused = await passed('Paused');
  assert.deepEqual(await standing(), back, paused.said);
  operator.edit(`devices/${device}.yaml`, [['apps', app, 'paused'], undefined]);
  const taken = await passed('Taken over');
  assert.equal(taken.project?.state, 'healthy', `${JSON.stringify(taken.project)} ${taken.said}`);
  assert.deepEqual(await standing(), back);
});

test('a change of one service makes that one anew; docker compose goes on seeing both, and what it takes down is started again', async () => {
  const before = await standing();
  const { operator } = fleet.rig;
  const file = `apps/${app}/compose.yaml`;
  operator.write(file, operator.read(file).replace('ZONE:', 'LEVEL: debug, ZONE:'));
  const { code, stderr } = await operator.quietly('towline', ['release', app, '1.1.0']);
  assert.equal(code, 0, stderr);
  operator.edit(`devices/${device}.yaml`, [['apps', app, 'release'], '1.1.0']);
  const { project, said } = await passed('A level');
  assert.equal(project?.state, 'healthy', `${JSON.stringify(project)} ${said}`);
  const now = await standing();
  assert.deepEqual(
    now.map(each => before.includes(each)),
    [true, false],
  );
  assert.match(await compose('ps'), /side[\s\S]*web/);
  await compose('logs');
  await compose('down');
  assert.deepEqual(await standing(), []);
  const pass = await fleet.agent.pass();
  assert.equal(pass, 0, fleet.agent.program.lastWords());
  const back = await standing();
  assert.deepEqual(
    back.map(each => each.split(' ')[1]),
    ['running', 'running'],
  );
});
