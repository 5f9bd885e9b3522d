import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../lab/rig/eventually.ts';
import { type Sshd, startSshd } from '../../../lab/rig/sshd.ts';
import { device, deviceHost, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { strideOf } from '../../rig/every.ts';
import { logIn } from './client.ts';

/** Many times what a channel and the sockets hold on the way. */
const bigBytes = (64 * 1024 * 1024) / strideOf(8);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('through the gateway to a device, with stock OpenSSH', { timeout: 120_000 }, () => {
  let sshd: Sshd;
  let big: Buffer;
  before(async () => {
    sshd = await startSshd();
    big = randomBytes(bigBytes);
  });
  after(() => sshd.stop());

  /** A gateway with one connected device whose target `ssh` is the real sshd. */
  async function connected(targets: Readonly<Record<string, number>> = { ssh: sshd.port }) {
    const tunnel = openTunnel(targets);
    const rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, AbortSignal.timeout(60_000));
    return {
      rig,
      agent,
      tunnel,
      config: await rig.clientConfig({ [deviceHost]: sshd, [`${deviceHost}.fleet`]: sshd }),
    };
  }

  test('ssh -J runs a command on the device and brings its exit code back', async () => {
    const { rig, config, agent } = await connected();
    await using _rig = rig;
    assert.equal(agent.observe().state, 'open');
    const { code, stdout, stderr } = await rig.run('ssh', [
      '-F',
      config,
      deviceHost,
      'echo $((40 + 2)); exit 7',
    ]);
    assert.deepEqual({ code, out: stdout.toString(), stderr }, { code: 7, out: '42\n', stderr: '' });
    await eventually(() => rig.tunnels.list()[0]?.channels === 0);
    const reach = rig.audits.filter(({ action }) => action === `reach ${deviceHost}:22`);
    assert.deepEqual(
      reach.map(({ outcome, who }) => ({ outcome, who })),
      [
        { outcome: 'allowed', who: 'alice' },
        { outcome: 'ended', who: 'alice' },
      ],
    );
    assert.ok(Number(reach[1]?.details?.bytesFromDevice) > 1000);
  });

  test('a device may be called <id>.fleet, and its own sshd <id>.host.fleet', async () => {
    const { rig, config } = await connected();
    await using _rig = rig;
    assert.equal((await rig.run('ssh', ['-F', config, `${deviceHost}.fleet`, 'true'])).code, 0);
  });

  test('a large file goes each way unchanged, by scp and by sftp', async () => {
    const { rig, config } = await connected();
    await using _rig = rig;
    const [source, there, back] = ['source', 'there', 'back'].map(name => join(rig.folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(source, big);
    const upload = await rig.run('scp', ['-F', config, source, `${deviceHost}:${there}`]);
    assert.deepEqual({ code: upload.code, stderr: upload.stderr }, { code: 0, stderr: '' });
    const download = await rig.run('sftp', ['-F', config, '-b', '-', deviceHost], `get ${there} ${back}\n`);
    assert.deepEqual({ code: download.code, stderr: download.stderr }, { code: 0, stderr: '' });
    assert.equal(sha256(await readFile(there)), sha256(big));
    assert.equal(sha256(await readFile(back)), sha256(big));
  });

  test('git clones from the device', async () => {
    const { rig, config } = await connected();
    await using _rig = rig;
    const repository = join(rig.folder, 'repository');
    const git = (...args: string[]) => rig.run('git', args, '', { GIT_SSH_COMMAND: `ssh -F ${config}` });
    await git('init', '-q', repository);
    await git(
      '-C',
      repository,
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@t',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'first',
    );
    const clone = await git('clone', '-q', `ssh://${deviceHost}${repository}`, join(rig.folder, 'clone'));
    assert.deepEqual({ code: clone.code, stderr: clone.stderr }, { code: 0, stderr: '' });
    const log = await git('-C', join(rig.folder, 'clone'), 'log', '--format=%s');
    assert.equal(log.stdout.toString(), 'first\n');
  });

  test('rsync-like traffic, many small exchanges both ways, keeps its order', async () => {
    const { rig, config } = await connected();
    await using _rig = rig;
    const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}`).join('\n');
    const { stdout } = await rig.run('ssh', ['-F', config, deviceHost, 'cat'], lines);
    assert.equal(stdout.toString(), lines);
  });

  test('keys that the client renews after every MiB change nothing of what goes through', async () => {
    const { rig, config } = await connected();
    await using _rig = rig;
    const data = big.subarray(0, 2.5 * 1024 * 1024);
    const { code, stdout } = await rig.run(
      'ssh',
      ['-F', config, '-o', 'RekeyLimit=1M', deviceHost, 'cat'],
      data,
    );
    assert.equal(code, 0);
    assert.equal(sha256(stdout), sha256(data));
    const jump = ['-o', `ProxyCommand=ssh -F ${config} -o RekeyLimit=1M -W %h:%p gw`];
    const renewed = await rig.run('ssh', ['-F', config, ...jump, deviceHost, 'cat'], data);
    assert.equal(renewed.code, 0);
    assert.equal(sha256(renewed.stdout), sha256(data));
  });

  test('a target that sends much and closes at once loses nothing', async () => {
    const sink = await listen(socket => {
      socket.on('error', () => {});
      socket.end(big);
    });
    const { rig, config } = await connected({ bulk: sink.port });
    await using _rig = rig;
    const { stdout } = await rig.run('ssh', ['-F', config, '-W', `${device}:${sink.port}`, 'gw']);
    assert.equal(stdout.length, big.length);
    assert.equal(sha256(stdout), sha256(big));
    sink.server.close();
  });

  test('a client that sends much and closes at once loses nothing, though the target reads slowly', async () => {
    const parts: Buffer[] = [];
    const ended = Promise.withResolvers<void>();
    const sink = await listen(socket => {
      socket.on('data', chunk => {
        parts.push(chunk);
        if (parts.length % 64 !== 0) return;
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
      socket.on('end', () => ended.resolve());
      socket.on('error', ended.reject);
    });
    const { rig } = await connected({ bulk: sink.port });
    await using _rig = rig;
    const { client, reach } = await logIn(rig);
    const channel = await reach(device, sink.port);
    channel.write(big, () => {
      // End of file, close and goodbye in one breath, while most of it is still on its way.
      channel.end();
      channel.close();
      client.end();
    });
    await ended.promise;
    const received = Buffer.concat(parts);
    assert.equal(received.length, big.length);
    assert.equal(sha256(received), sha256(big));
    sink.server.close();
  });

  test('after the client’s end of file the target’s reply still comes, and late', async () => {
    const sink = await listen(socket => {
      let length = 0;
      socket.on('data', chunk => {
        length += chunk.length;
      });
      socket.on('end', () => setTimeout(() => socket.end(`received ${length}`), 300));
    });
    const { rig, config } = await connected({ reply: sink.port });
    await using _rig = rig;
    const { stdout } = await rig.run('ssh', ['-F', config, '-W', `${device}:${sink.port}`, 'gw'], 'question');
    assert.equal(stdout.toString(), 'received 8');
    sink.server.close();
  });

  test('after the target’s end of file the client may still send', async () => {
    const received = Promise.withResolvers<string>();
    const sink = await listen(socket => {
      let text = '';
      socket.on('data', chunk => {
        text += chunk.toString();
      });
      socket.on('end', () => received.resolve(text));
      socket.end('hello');
    });
    const { rig, config } = await connected({ reply: sink.port });
    await using _rig = rig;
    // A forwarding, as `ssh -W` gives up its input when the other side has ended.
    const local = join(rig.folder, 'local');
    rig.spawn('ssh', ['-F', config, '-N', '-L', `${local}:${device}:${sink.port}`, 'gw']);
    await eventually(() => existsSync(local));
    const client = connect({ path: local, allowHalfOpen: true });
    client.once('end', () => setTimeout(() => client.end('late words'), 200)).resume();
    assert.equal(await received.promise, 'late words');
    sink.server.close();
  });

  test('a channel to a target that nobody listens at is refused with words that ssh shows', async () => {
    const sink = await listen(() => {});
    await new Promise<void>(resolve => sink.server.close(() => resolve()));
    const { rig, config } = await connected({ gone: sink.port });
    await using _rig = rig;
    const { code, stderr } = await rig.run('ssh', [
      '-F',
      config,
      '-o',
      'LogLevel=INFO',
      '-W',
      `${device}:${sink.port}`,
      'gw',
    ]);
    assert.notEqual(code, 0);
    assert.match(stderr, /TUNNEL_TARGET_REFUSED pump-17 could not reach gone/);
  });

  test('a port that no target declares, and a device that is not connected, are refused by name', async () => {
    const { rig, config, agent } = await connected();
    await using _rig = rig;
    const refusal = async (place: string) =>
      (await rig.run('ssh', ['-F', config, '-o', 'LogLevel=INFO', '-W', place, 'gw'])).stderr;
    assert.match(
      await refusal(`${device}:23`),
      /TUNNEL_UNKNOWN_TARGET pump-17 has no tunnel target for port 23/,
    );
    assert.match(await refusal('pump-18:22'), /GATEWAY_DEVICE_UNREACHABLE/);
    assert.match(await refusal(`127.0.0.1:${sshd.port}`), /GATEWAY_DEVICE_UNREACHABLE/);
    await agent.stop();
    await eventually(() => rig.tunnels.list().length === 0);
    assert.match(await refusal(`${deviceHost}:22`), /TUNNEL_NOT_CONNECTED/);
  });
});

async function listen(
  onSocket: Parameters<typeof createServer>[1],
): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { server, port: (server.address() as AddressInfo).port };
}
