import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Sshd, startSshd } from '../../rig/ssh.ts';
import { device, eventually, openTunnel, Rig } from './rig.ts';

describe('through the gateway to a device, with stock OpenSSH', { timeout: 60_000 }, () => {
  let sshd: Sshd;
  before(async () => {
    sshd = await startSshd();
  });
  after(() => sshd.stop());

  test('ssh -J runs a command on the device', async () => {
    const tunnel = openTunnel({ ssh: sshd.port });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, AbortSignal.timeout(10_000));
    assert.equal(agent.observe().state, 'open');
    const config = await rig.clientConfig({ [device]: sshd });
    const { code, stdout, stderr } = await rig.run('ssh', [
      '-F',
      config,
      device,
      'echo through $((40 + 2)); exit 7',
    ]);
    assert.equal(stderr, '');
    assert.equal(stdout.toString(), 'through 42\n');
    assert.equal(code, 7);
    await eventually(() => rig.tunnels.list()[0]?.channels === 0);
  });
});
