/** A device that no gateway reaches, by the page of a desk: its bundle is downloaded there, and what it has to say is given back there. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runAgent } from '../../lab/rig/agent-run.ts';
import type { PortalClient } from '../portal/rig/portal-client.ts';
import { loggedInAt, PortalProgram } from '../portal/rig/portal-program.ts';
import { device, type OneDevice, oneDevice } from './one-device.ts';

let fleet: OneDevice;
const desk = new PortalProgram();
let page: PortalClient;

before(async () => {
  fleet = await oneDevice();
  fleet.rig.operator.edit('operators/alice.yaml', [['bundles'], [{ all: true }]]);
  await fleet.publish('Alice carries');
  fleet.network.down();
  const { directory, environment } = fleet.rig.operator;
  page = await loggedInAt(await desk.start({ directory, environment }));
});
after(async () => {
  await desk.stop();
  await fleet?.stop();
});

async function agent(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runAgent([...words, '--config', fleet.agent.config]).ended;
  assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

test('its first release is downloaded from the page, with its digest, carried there, and runs', async () => {
  let { status, json: bundle, text } = await page.post('/bundles', { device });
  assert.equal(status, 201, text);
  while (bundle.state === 'making') {
    await wait(100);
    bundle = (await page.api(`/bundles/${bundle.id}`)).json;
  }
  assert.equal(bundle.state, 'ready', JSON.stringify(bundle));
  const { bytes } = await page.api(`/bundles/${bundle.id}/file`);
  assert.equal(bytes.length, bundle.totalBytes);
  assert.equal(createHash('sha256').update(bytes).digest('hex'), bundle.sha256);
  const file = path.join(fleet.agent.folder, String(bundle.name));
  writeFileSync(file, bytes);
  assert.match(await agent('import', file), /The pass ended: applied/);
  const running = await fleet.services();
  assert.equal(running.length, 2);
  assert.ok(running.every(({ state }) => state === 'running'));
});

test('what it has to say is given back on the page, and once only', async () => {
  const file = path.join(fleet.agent.folder, 'said.status');
  await agent('export-status', file);
  const type = { 'content-type': 'application/octet-stream' };
  const first = await page.post('/bundles/status', readFileSync(file), type);
  assert.equal(first.status, 200, first.text);
  assert.deepEqual([first.json.device, first.json.isNew], [device, true]);
  assert.equal((await page.post('/bundles/status', readFileSync(file), type)).json.isNew, false);
  const said = await fleet.rig.telemetry.status(device);
  assert.equal(said?.applied, (await fleet.rig.operator.git('rev-parse', 'HEAD')).trim());
});
