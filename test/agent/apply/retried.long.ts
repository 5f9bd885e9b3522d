/** What has failed is tried again by an agent that asks its gateway once a year: everything real, and half a minute long. */
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { createEngine } from '../../../agent/runtime/engine/engine.ts';
import { helperImage } from '../../../lab/machine/helper-image.ts';
import { AgentRig } from '../../../lab/rig/agent-rig.ts';
import { runInContainer } from '../../../lab/rig/run-in-container.ts';
import { webRelease } from '../../../lab/rig/web-release.ts';
import { status as isStatus } from '../../../schemas/validate.generated.js';

let rig: AgentRig;
before(async () => {
  rig = await AgentRig.start();
  await appendFile(rig.configFile, `helperImage: ${helperImage()}\nlogLevel: debug\n`);
});
after(async () => {
  await rig.removeContainers();
  await rig.engineCall('DELETE', `/volumes/${rig.prefix}web_data`);
  await rig[Symbol.asyncDispose]();
});

const shell = (script: string) => ['/bin/sh', '-c', script];

/** Before an update `worker` is asked whether its tape is there. */
async function release(version: string, files: Record<string, string> = {}): Promise<void> {
  const made = webRelease(version, { web: rig.images.one, worker: rig.images.worker }, {});
  const folder = `apps/web/releases/${version}`;
  const compose = parse(made[`${folder}/compose.yaml`] ?? '');
  Object.assign(compose.services.worker, { volumes: ['data:/data'], environment: { VERSION: version } });
  const pre = { service: 'worker', command: shell('test -e /data/tape') };
  const app = parse(made[`${folder}/app.yaml`] ?? '');
  const device = await rig.fleet.git(['show', `main:devices/${rig.device}.yaml`]);
  const plain = device.replace(/^apps:\n( .*\n?)*/m, '').trimEnd();
  await rig.commit({
    message: `Release ${version}`,
    files: {
      ...{ ...made, ...files },
      [`${folder}/compose.yaml`]: stringify({ ...compose, volumes: { data: {} } }),
      [`${folder}/app.yaml`]: stringify({ ...app, backup: { volumes: 'all', mode: 'live', pre } }),
      [`devices/${rig.device}.yaml`]: `${plain}\n${stringify({ apps: { web: { release: version } } })}`,
    },
  });
}

async function said() {
  const status: unknown = parse((await rig.status()) ?? '');
  return isStatus(status) ? status.projects[0] : undefined;
}

test('a backup that failed is made 30 s later, though nothing else wakes the agent', async () => {
  const yearly = { schedule: '0 0 1 1 *' };
  const fleet = await rig.fleet.git(['show', 'main:fleet.yaml']);
  const rare = stringify({ poll: yearly, telemetry: yearly });
  await release('1.0', { 'fleet.yaml': `${fleet.trimEnd()}\n${rare}` });
  const agent = rig.run([]);
  const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
    for (const end = performance.now() + 300_000; !(await holds()); await delay(200))
      assert.ok(performance.now() < end, `${what}: ${agent.log().slice(-3000)}`);
  };
  try {
    await until('installed', async () => (await said())?.state === 'healthy');
    const worker = (await rig.containers()).find(({ service }) => service === 'worker');
    assert.ok(worker);
    await release('2.0');
    await until('heard', async () => rig.server.hint() > 0);
    const waits = /tried again in 30 s|next try at/;
    await until('no tape', async () => waits.test((await said())?.message ?? ''));
    assert.doesNotMatch(agent.log(), /"retry"/);
    const engine = createEngine(rig.engine.socket);
    assert.equal(await runInContainer(engine, worker.id, shell('echo > /data/tape')), 0);
    await until('updated', async () => {
      const { release: runs, state, digest, wanted } = (await said()) ?? {};
      return runs === '2.0' && state === 'healthy' && digest === wanted?.digest;
    });
    assert.match(agent.log(), /"reasons":\[[^\]]*"retry"/);
  } finally {
    agent.child.kill('SIGTERM');
    await agent.ended;
  }
});
