/** `towline agent backup restore` as people type it: with an agent that runs, and with none and no gateway. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { createEngine } from '../../../agent/runtime/engine/engine.ts';
import { helperImage } from '../../../lab/machine/helper-image.ts';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { runAgent } from '../../../lab/rig/agent-run.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { runInContainer } from '../../../lab/rig/run-in-container.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';

let rig: AgentRig;
before(async () => {
  rig = await AgentRig.start();
  await appendFile(rig.configFile, `helperImage: ${helperImage()}\n`);
});
after(async () => {
  await rig.removeContainers();
  await rig.engineCall('DELETE', `/volumes/${rig.prefix}web_data`);
  await rig[Symbol.asyncDispose]();
});

/** `worker` holds a volume, which is kept before an update of it. */
async function release(version: string): Promise<void> {
  const files = webRelease(version, { web: rig.images.one, worker: rig.images.worker }, {});
  const folder = `apps/web/releases/${version}`;
  const compose = parse(files[`${folder}/compose.yaml`] ?? '');
  Object.assign(compose.services.worker, { volumes: ['data:/data'], environment: { VERSION: version } });
  files[`${folder}/compose.yaml`] = stringify({ ...compose, volumes: { data: {} } });
  const app = parse(files[`${folder}/app.yaml`] ?? '');
  files[`${folder}/app.yaml`] = stringify({ ...app, backup: { volumes: 'all' } });
  const device = await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`]);
  const plain = device.replace(/^apps:\n( .*\n?)*/m, '').trimEnd();
  files[`devices/${rig.device}.yaml`] = `${plain}\n${stringify({ apps: { web: { release: version } } })}`;
  await rig.commit({ message: `Release ${version}`, files });
}

async function shell(script: string): Promise<number> {
  const worker = (await rig.containers()).find(({ service }) => service === 'worker');
  return runInContainer(createEngine(rig.engine.socket), worker?.id ?? '', ['/bin/sh', '-c', script]);
}
const write = (row: string) => shell(`echo ${row} > /data/row; sync`);
const has = (row: string) => shell(`read row < /data/row; [ "$row" = ${row} ]`);

async function restore(...words: string[]) {
  const args = ['backup', 'restore', 'web', ...words, '--json', '--config', rig.configFile];
  const { code, stdout, stderr } = await runAgent(args).ended;
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

test('a backup is put back once by the agent that runs, and by a pass of its own where none does', async () => {
  await release('1.0');
  const first = await rig.once();
  assert.equal(first.code, 0, first.stderr);
  await write('one');
  await release('2.0');
  const second = await rig.once();
  assert.equal(second.code, 0, second.stderr);
  await write('two');
  const agent = rig.run([]);
  try {
    await eventually(() => existsSync(path.join(rig.stateDirectory, 'control')));
    const { restore: end } = await restore('latest', '--migrate');
    assert.equal(end.state, 'done');
    assert.equal(await has('one'), 0);
  } finally {
    agent.child.kill('SIGTERM');
    await agent.ended;
  }
  await write('three');
  rig.server.down = true;
  const { restore: end, outcome } = await restore('latest', '--migrate');
  assert.equal(end.state, 'done', outcome);
  assert.equal(await has('one'), 0);
  await write('four');
  await rig.once();
  assert.equal(await has('four'), 0, 'once each');
});
