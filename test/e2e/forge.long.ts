import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
import { FleetRig } from '../../lab/fleet/fleet-rig.ts';
import { addDevices, addGateway, initialise } from '../../lab/fleet/make-fleet.ts';
import { silent } from '../../lab/fleet/narrator.ts';
import { release } from '../../lab/fleet/publish.ts';
import { firstRelease } from '../../lab/fleet/releases.ts';
import { waitUntil } from '../../lab/fleet/wait-until.ts';
import { appliedEverywhere } from '../../scripts/demo/story.ts';

test('a commit at a forge runs on a device, and what the device says stands at the forge', async () => {
  const rig = await FleetRig.prepare({ narrator: silent, devices: ['west'] });
  try {
    const forge = rig.workspace.path('forge.git');
    await initialise(rig);
    await addGateway(rig);
    appendFileSync(
      rig.gateway.config,
      `upstream: { url: "${forge}", interval: 5s, pushStatus: true }\ntelemetry: { statusInterval: 1s }\n`,
    );
    await addDevices(rig);
    await release(rig, firstRelease);
    await rig.operator.git('init', '-q', '--bare', '-b', 'main', forge);
    const commit = await rig.operator.commit('The first release');
    await rig.operator.git('push', '--quiet', forge, 'main');
    await rig.gateway.start();
    rig.device('west').program.start();
    const statuses = await appliedEverywhere(rig, commit);
    assert.equal(statuses.get('west')?.applied, commit);

    const page = () =>
      spawnSync('git', ['-C', forge, 'show', 'fleet-status:README.md'], { encoding: 'utf8' }).stdout;
    const done = new RegExp(`✅ (applied|unchanged) .* \`hello ${firstRelease.replaceAll('.', '\\.')}\``);
    await waitUntil(
      'the page at the forge',
      async () =>
        page()
          .split('\n')
          .find(line => line.startsWith('| `west`') && line.includes(commit.slice(0, 12)) && done.test(line)),
      { timeoutMs: 60_000, intervalMs: 500, seen: page },
    );
  } finally {
    await rig.stop();
  }
});
