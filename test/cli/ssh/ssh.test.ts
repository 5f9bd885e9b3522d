/** `towline ssh` and `towline ssh-config`, with the stock client, a real gateway, and an agent's tunnel. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { startSshd } from '../../../lab/rig/sshd.ts';
import { type Desk, TunnelFleet } from '../tunnel/tunnel-desk.ts';

const device = 'visit-1';
const file = `devices/${device}.yaml`;

describe('towline ssh', () => {
  const ready = (async () => {
    const sshd = await startSshd();
    const fleet = await TunnelFleet.start({
      devices: [device],
      people: ['bob'],
      files: (keys, lines) => ({
        'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${keys.get('bob')?.publicKey}"]\ntunnels: [{ all: true }]\n`,
        [file]: `${lines.get(device)}hostKeys: ["${sshd.hostKey}"]\naccess: { targets: [{ name: ssh, port: ${sshd.port} }] }\n`,
      }),
    });
    await fleet.agent(device);
    const desk = await fleet.desk('alice', [`-i ${sshd.identity}`]);
    return { sshd, fleet, desk };
  })();
  after(async () => {
    const { sshd, fleet } = await ready;
    await fleet[Symbol.asyncDispose]();
    await sshd.stop();
  });

  const start = (desk: Desk, ...args: readonly string[]) => {
    const child = spawn(path.join(commandFolder, 'towline'), ['ssh', ...args], {
      cwd: desk.directory,
      env: { ...process.env, ...desk.environment },
      stdio: 'pipe',
    });
    const said = { output: '', errors: '' };
    child.stdout.on('data', piece => (said.output += piece));
    child.stderr.on('data', piece => (said.errors += piece));
    return { child, said };
  };

  test('it is opened, input and output and the exit code pass, and it is closed again', async () => {
    const { fleet, desk, sshd } = await ready;
    const { child, said } = start(
      desk,
      `${sshd.user}@${device}.host`,
      '--reason',
      'INC-1',
      '--',
      'cat; echo no >&2; exit 7',
    );
    child.stdin.end('through and back\n');
    const [code] = await once(child, 'close');
    assert.equal(code, 7, said.errors);
    assert.equal(said.output, 'through and back\n');
    assert.match(said.errors, /\nno\n/);
    assert.match(await fleet.atMain(file), /^tunnel: closed$/m);
    const log = await fleet.log('--format=%s', '-n2');
    assert.match(log, /^Close the tunnel of visit-1\nOpen the tunnel of visit-1 until \S+: INC-1$/);
  });
});
