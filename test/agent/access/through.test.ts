/** The agent's own server through a real tunnel and a real gateway, end to end by `ssh -J`. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { device, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';

test('ssh -J leads to the agent’s own server, which is gone with the tunnel; .host leads elsewhere', {
  timeout: 60_000,
}, async () => {
  const tunnel = openTunnel({ ssh: 9 });
  await using rig = await Rig.start({ tunnel });
  await using own = await AccessRig.start({ engine: 'none' });
  await own.use();
  const agent = await rig.agent({ server: own.server });
  await agent.open(tunnel, AbortSignal.timeout(60_000));
  const [type, blob] = (await readFile(join(own.folder, 'device.pub'), 'utf8')).split(' ');
  const host = { user: 'towline', identity: join(own.folder, 'alice'), hostKey: `${type} ${blob}` };
  const config = await rig.clientConfig({ [device]: host, [`${device}.host`]: host });
  const menu = await rig.run('ssh', ['-F', config, device]);
  assert.match(menu.stdout.toString(), /^Hello alice/);
  const elsewhere = await rig.run('ssh', ['-F', config, `${device}.host`]);
  assert.equal(elsewhere.code, 255);
  const live = rig.spawn('ssh', ['-F', config, '-N', device]);
  const ended = new Promise(resolve => live.once('close', resolve));
  while (own.server.people.length === 0) await new Promise(resolve => setTimeout(resolve, 20));
  await agent.close('closed');
  assert.equal(await ended, 255);
  assert.deepEqual(own.server.people, []);
});
