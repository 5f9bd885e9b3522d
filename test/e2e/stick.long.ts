/** A device that no gateway reaches: a person carries its release there, and what it has to say back. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { release } from '../../lab/fleet/publish.ts';
import { secondRelease } from '../../lab/fleet/releases.ts';
import { runAgent } from '../../lab/rig/agent-run.ts';
import { guideLine } from '../rig/guide-line.ts';
import { device, type OneDevice, oneDevice } from './one-device.ts';

let fleet: OneDevice;

before(async () => {
  fleet = await oneDevice();
  fleet.rig.operator.edit('operators/alice.yaml', [['bundles'], [{ all: true }]]);
  await fleet.publish('Alice carries');
  fleet.network.down();
});
after(() => fleet?.stop());

const place = (name: string) => path.join(fleet.agent.folder, name);

/** A line of the guide, as it is written; but for where things lie here. */
function typed(begins: string): string[] {
  const names = ['pump-1.tlb', 'pump-1.status'].map(name => [`"$STICK/${name}"`, place(name)]);
  return guideLine('air-gapped', begins, Object.fromEntries(names));
}

async function towline(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await fleet.rig.operator.quietly('towline', words);
  assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

async function agent(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await runAgent([...words, '--config', fleet.agent.config]).ended;
  assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

const versions = async () =>
  (await fleet.services()).map(
    ({ service, state, image }) => `${service} ${state} ${image.replace(/@.*/, '')}`,
  );

test('its first release comes on a stick, and runs; so does the next, from where the device is', async () => {
  const [, ...create] = typed('towline bundle create --device').map(word =>
    word === 'pump-1' ? device : word,
  );
  await towline(...create);
  const [, , ...imported] = typed('towline agent import');
  assert.match(await agent(...imported), /The pass ended: applied/);
  const before = await versions();
  assert.equal(before.length, 2);
  assert.ok(
    before.every(each => each.includes(' running ')),
    before.join(),
  );
  const since = await fleet.rig.operator.git('rev-parse', 'HEAD');
  await release(fleet.rig, secondRelease);
  await fleet.publish('The next release');
  // Where the images are nobody of this device can ask, either.
  const next = ['--since', since.trim(), '--complete', '--seal', '--output', place('next.tlb')];
  await towline('bundle', 'create', '--device', device, ...next);
  await fleet.rig.registry.pause();
  try {
    assert.match(await agent('import', place('next.tlb')), /The pass ended: applied/);
  } finally {
    await fleet.rig.registry.resume();
  }
  assert.equal(await fleet.rig.telemetry.status(device), undefined, 'the gateway has heard nothing');
  assert.equal(existsSync(path.join(fleet.agent.state, 'import', 'current')), false);
});

test('what it has to say is carried back, signed; and once a gateway reaches it, it goes on from there', async () => {
  const [, , ...exported] = typed('towline agent export-status');
  await agent(...exported);
  const [, ...takeBack] = typed('towline bundle take-back "$STICK');
  assert.match(await towline(...takeBack), /was pushed|were pushed/);
  assert.match(await towline(...takeBack), /all of it was there already/);
  const said = await fleet.rig.telemetry.status(device);
  const head = (await fleet.rig.operator.git('rev-parse', 'HEAD')).trim();
  assert.equal(said?.applied, head);
  assert.ok(said?.projects.every(({ release: version }) => version === secondRelease));
  const carried = said?.conditions.find(({ type }) => type === 'Carried');
  assert.match(carried?.message ?? '', /came by a bundle of /);
  const count = await fleet.rig.telemetry.count(device);
  fleet.network.up();
  assert.equal(await fleet.agent.pass(), 0, fleet.agent.program.lastWords());
  const later = await fleet.rig.telemetry.status(device);
  assert.ok(!later?.conditions.some(({ type }) => type === 'Carried'), 'a gateway was reached');
  assert.ok((await fleet.rig.telemetry.count(device)) > count);
});
