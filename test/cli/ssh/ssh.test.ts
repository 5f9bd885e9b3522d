/** `towline ssh` and `towline ssh-config`, with the stock client, a real gateway, and an agent's tunnel. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { startSshd } from '../../../lab/rig/sshd.ts';
import { run } from '../towline.ts';
import { type Desk, TunnelFleet } from '../tunnel/tunnel-desk.ts';

const device = 'visit-1';
const file = `devices/${device}.yaml`;

describe('towline ssh', () => {
  const ready = (async () => {
    const sshd = await startSshd();
    const fleet = await TunnelFleet.start({
      devices: [device, 'visit-2'],
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

  test('the agent’s own server answers by the device’s key, which nobody had to believe', async () => {
    const { fleet, desk } = await ready;
    const { child, said } = start(desk, device, '--for', '1h', '--', 'status');
    child.stdin.end();
    const [code] = await once(child, 'close');
    assert.equal(code, 0, said.errors);
    // There is no engine.
    assert.match(said.output, /^containers cannot be listed: ENGINE_UNREACHABLE /m);
    assert.match(said.output, /^in: alice since /m);
    assert.match(await fleet.atMain(file), /^tunnel: closed$/m);
  });

  test('where somebody else is in, it stays open; who opened nothing closes nothing', async () => {
    const { fleet, desk, sshd } = await ready;
    const place = `${sshd.user}@${device}.host`;
    const first = start(desk, place, '--', 'echo in; cat');
    await once(first.child.stdout, 'data');
    const second = start(desk, place, '--no-open', '--', 'echo in; cat');
    await once(second.child.stdout, 'data');
    first.child.stdin.end();
    const [code] = await once(first.child, 'close');
    assert.equal(code, 0, first.said.errors);
    assert.match(first.said.errors, /visit-1 stays open until \S+Z: alice is in$/m);
    assert.match(await fleet.atMain(file), /^tunnel: \{state: open/m);
    const listed = JSON.parse((await desk.does('tunnel', 'list', '--json')).output);
    assert.equal(listed.devices[0].gatewaySays.people[0].operator, 'alice');
    second.child.stdin.end();
    await once(second.child, 'close');
    assert.match(await fleet.atMain(file), /^tunnel: \{state: open/m);
    await desk.does('tunnel', 'close', device, '--no-wait');
  });

  test('SIGTERM ends the client, what was opened is closed, and it exits as it was ended', async () => {
    const { fleet, desk, sshd } = await ready;
    const { child, said } = start(desk, `${sshd.user}@${device}.host`, '--', 'echo in; cat');
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'close'), [143, null], said.errors);
    assert.match(await fleet.atMain(file), /^tunnel: closed$/m);
    const waiting = start(desk, 'visit-2', '--wait-for', '1m');
    while (!/not connected yet/.test(waiting.said.errors)) await once(waiting.child.stderr, 'data');
    waiting.child.kill('SIGINT');
    assert.deepEqual(await once(waiting.child, 'close'), [130, null], waiting.said.errors);
    assert.match(await fleet.atMain('devices/visit-2.yaml'), /^tunnel: closed$/m);
  });

  test('ssh-config: ssh, scp, sftp and git find device and sshd by name, with strict keys', async () => {
    const { desk, sshd } = await ready;
    const out = path.join(path.dirname(desk.directory), 'conf');
    const wrote = await desk.does('ssh-config', '--write', '--out', out);
    assert.match(
      wrote.output,
      /wrote .*acme\.conf: 2 devices behind gw\.acme\nAt the top of ~\/\.ssh\/config, once: Include "/,
    );
    const config = path.join(out, 'acme.conf');
    const asked = await run('ssh', ['-F', config, '-G', `web@${device}.fleet`], {}, out);
    for (const line of [
      'proxyjump gw.acme',
      'stricthostkeychecking true',
      'user web',
      `hostname ${device}.fleet`,
    ])
      assert.ok(asked.output.split('\n').includes(line), `${line}\n${asked.output}`);
    const plain = await run('ssh', ['-F', config, '-G', device], {}, out);
    assert.match(plain.output, /^user towline$/m);
    const gateway = await run('ssh', ['-F', config, 'gw.acme'], {}, out);
    assert.match(gateway.output, /^Hello alice\./, gateway.errors);
    await desk.does('tunnel', 'open', device, '--for', '10m');
    const status = await run('ssh', ['-F', config, device, 'status'], {}, out);
    assert.match(status.output, /^visit-1 {2}open until /, status.errors);
    const at = `${sshd.user}@${device}.host`;
    const place = (name: string) => path.join(out, name);
    await writeFile(place('here'), 'through scp and sftp\n');
    const copied = await run('scp', ['-qF', config, place('here'), `${at}:${place('there')}`], {}, out);
    assert.equal(copied.code, 0, copied.errors);
    await writeFile(place('batch'), `get ${place('there')} ${place('back')}\n`);
    const got = await run('sftp', ['-qF', config, '-b', place('batch'), at], {}, out);
    assert.equal(got.code, 0, got.errors);
    assert.equal(await readFile(place('back'), 'utf8'), 'through scp and sftp\n');
    const command = `core.sshCommand=ssh -F ${config}`;
    const from = `ssh://${at}${desk.directory}`;
    const cloned = await run('git', ['-c', command, 'clone', '-q', from, place('clone')], {}, out);
    assert.equal(cloned.code, 0, cloned.errors);
    await desk.does('tunnel', 'close', device, '--no-wait');
  });

  test('another host key than the repository has, and a place that looks like an option: refused', async () => {
    const { fleet, desk, sshd } = await ready;
    for (const place of [
      '-oProxyCommand=touch /tmp/x',
      'a b@visit-1',
      '-l@visit-1',
      'visit-1;id',
      '@visit-1',
    ]) {
      const { code, errors } = await desk.does('ssh', '--', place);
      assert.deepEqual([code, /CLI_USAGE .* is no place/.test(errors)], [2, true], errors);
    }
    const told = (text: string) => text.replace(/^hostKeys:.*$/m, `hostKeys: ["${desk.key.publicKey}"]`);
    await desk.git('pull', '-q', 'origin', 'main');
    const own = path.join(desk.directory, file);
    await writeFile(own, told(await readFile(own, 'utf8')));
    await desk.git('commit', '-q', '-S', '-a', '-m', `another key\n\nTowline-Ref: acme/main`);
    await desk.git('push', '-q', 'origin', 'main');
    const { child, said } = start(desk, `${sshd.user}@${device}.host`, '--', 'echo in');
    child.stdin.end();
    const [code] = await once(child, 'close');
    assert.equal(code, 255);
    assert.match(said.errors, /Host key verification failed/);
    assert.equal(said.output, '');
    assert.match(await fleet.atMain(file), /^tunnel: closed$/m);
  });
});
