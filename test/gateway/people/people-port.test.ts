import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import ssh2 from 'ssh2';
import type { PeopleGit } from '../../../gateway/people/people-git.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { device, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { accessView } from '../access/access-view.ts';
import { logIn } from '../ssh/client.ts';

/** Stock git behind the people's port, as the gateway's own PeopleGit would run it. */
function stockGit(folder: () => string, seen: string[] = []): PeopleGit['run'] {
  return async ({ service, repository, stream, stderr, environment, signal }) => {
    seen.push(`${service} ${repository} ${JSON.stringify(environment)}`);
    const child = spawn('git', [service, join(folder(), `${repository}.git`)], {
      env: { ...process.env, ...environment },
      signal,
    });
    child.on('error', () => {});
    stream.pipe(child.stdin);
    child.stdin.on('error', () => {});
    child.stdout.pipe(stream);
    child.stderr.pipe(stderr, { end: false });
    return new Promise(resolve => child.once('close', code => resolve(code ?? 1)));
  };
}

describe('the people’s port', () => {
  test('stock git pushes, fetches and clones fleet.git over it, protocol version 2', async () => {
    const seen: string[] = [];
    let folder = '';
    await using rig = await Rig.start({ git: stockGit(() => folder, seen) });
    folder = rig.folder;
    const config = await rig.clientConfig();
    const git = (...args: string[]) =>
      rig.run('git', ['-c', 'protocol.version=2', '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], '', {
        GIT_SSH_COMMAND: `ssh -F ${config}`,
      });
    const work = join(folder, 'work');
    await git('init', '-q', '--bare', '-b', 'main', join(folder, 'fleet.git'));
    await git('init', '-q', '-b', 'main', work);
    await git('-C', work, 'commit', '-q', '--allow-empty', '-m', 'first');
    const push = await git('-C', work, 'push', '-q', 'gw:fleet.git', 'main');
    assert.deepEqual({ code: push.code, stderr: push.stderr }, { code: 0, stderr: '' });
    const clone = await git('clone', '-q', 'ssh://gw/fleet.git', join(folder, 'clone'));
    assert.deepEqual({ code: clone.code, stderr: clone.stderr }, { code: 0, stderr: '' });
    assert.equal((await git('-C', join(folder, 'clone'), 'log', '--format=%s')).stdout.toString(), 'first\n');
    assert.deepEqual(seen, ['receive-pack fleet {}', 'upload-pack fleet {"GIT_PROTOCOL":"version=2"}']);
  });

  test('only the three commands of git get through, whatever a shell would make of others', async () => {
    const seen: string[] = [];
    await using rig = await Rig.start({ git: stockGit(() => rig.folder, seen) });
    const config = await rig.clientConfig();
    for (const command of [
      'id',
      "git-upload-pack 'other.git'",
      "git-upload-pack '../fleet.git'",
      "git-upload-pack 'fleet.git'; id",
      "git-upload-pack 'fleet.git'\nid",
      'git-upload-pack fleet.git',
      "git-upload-archive 'fleet.git'",
      "git-upload-pack --upload-pack=id 'fleet.git'",
    ]) {
      const { code, stderr, stdout } = await rig.run('ssh', ['-F', config, 'gw', '--', command]);
      assert.equal(code, 1, command);
      assert.equal(
        stderr,
        'towline: only git (fleet.git, telemetry.git) and ssh -J to devices are served here\n',
      );
      assert.equal(stdout.length, 0);
    }
    // Who carries for no device writes nothing there.
    const push = await rig.run('ssh', ['-F', config, 'gw', '--', "git-receive-pack 'telemetry.git'"]);
    const refusal = 'towline: GATEWAY_REPOSITORY_FORBIDDEN alice may not write telemetry.git\n';
    assert.deepEqual([push.code, push.stderr, push.stdout.length], [1, refusal, 0]);
    assert.deepEqual(seen, []);
  });

  test('what a client calls itself or asks for steers no terminal: neither theirs nor who reads the audit log', async () => {
    await using rig = await Rig.start();
    const config = await rig.clientConfig();
    const { stderr } = await rig.run('ssh', ['-F', config, '-s', 'gw', '--', 'sub\u009b2J\u202e']);
    assert.match(stderr, /sub\\u009b2J\\u202e/);
  });

  test('who may no longer is cut in the middle of git, and of a recording that they read', async () => {
    const begun = Promise.withResolvers<void>();
    await using rig = await Rig.start({
      git: ({ signal }) => {
        begun.resolve();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        );
      },
    });
    // More than its window, and what the gateway holds of it.
    const bytes = Buffer.alloc(6 * 1024 * 1024, 'x\n');
    const recording = '20260101T000000Z-abcdefgh';
    await rig.recordings.append(device, recording, { from: 0, bytes });
    const config = await rig.clientConfig();
    const fetching = rig.run('ssh', ['-F', config, 'gw', "git-upload-pack 'fleet.git'"]);
    const { client } = await logIn(rig);
    const reading = await new Promise<ssh2.ClientChannel>((resolve, reject) =>
      client.exec(`towline-recordings ${device} ${recording}`, (error, channel) =>
        error ? reject(error) : resolve(channel),
      ),
    );
    // It reads nothing of it.
    await Promise.all([begun.promise, once(reading, 'readable')]);
    // Whichever of the two is told first.
    const exited = once(reading, 'exit');
    rig.view.publish(await accessView(rig.folder, { person: { git: { fleet: 'none', telemetry: 'none' } } }));
    const { code, stderr } = await fetching;
    assert.equal(code, 1);
    assert.match(stderr, /towline: GATEWAY_\w+ /);
    reading.resume();
    assert.equal((await exited)[0], 1);
    client.end();
  });

  test('no environment variable but git’s protocol version in its known form is let in', async () => {
    const seen: string[] = [];
    await using rig = await Rig.start({
      git: async ({ environment }) => {
        seen.push(JSON.stringify(environment));
        return 3;
      },
    });
    const config = await rig.clientConfig();
    const run = (value: string) =>
      rig.run(
        'ssh',
        ['-F', config, '-o', 'SendEnv=GIT_PROTOCOL LD_PRELOAD', 'gw', "git-upload-pack '/fleet.git'"],
        '',
        {
          GIT_PROTOCOL: value,
          LANG: 'C',
        },
      );
    assert.equal((await run('version=2')).code, 3);
    await run('version=2:$(id)');
    await run('x');
    assert.deepEqual(seen, ['{"GIT_PROTOCOL":"version=2"}', '{}', '{}']);
  });

  test('without a command it says who one is and what one may do, and ends', async () => {
    const tunnel = openTunnel({ ssh: 22 });
    await using rig = await Rig.start({ tunnel });
    const agent = await rig.agent();
    await agent.open(tunnel, AbortSignal.timeout(60_000));
    const { code, stdout } = await rig.run('ssh', ['-F', await rig.clientConfig(), '-T', 'gw']);
    assert.equal(code, 0);
    assert.match(stdout.toString(), /^Hello alice\./);
    assert.match(stdout.toString(), /fleet\.git +fetch and push\n +telemetry\.git +fetch\n/);
    assert.match(stdout.toString(), /ssh -J <this gateway> <device>: pump-17/);
  });

  test('sftp, forwardings back and unix sockets of the gateway itself are not served', async () => {
    await using rig = await Rig.start();
    const config = await rig.clientConfig();
    assert.notEqual((await rig.run('sftp', ['-F', config, '-b', '-', 'gw'], 'ls\n')).code, 0);
    const back = await rig.run('ssh', [
      '-F',
      config,
      '-o',
      'ExitOnForwardFailure=yes',
      '-N',
      '-R',
      '0:localhost:1',
      'gw',
    ]);
    assert.notEqual(back.code, 0);
    const { client } = await logIn(rig);
    await assert.rejects(
      new Promise((resolve, reject) => {
        client.openssh_forwardOutStreamLocal('/var/run/docker.sock', error =>
          error ? reject(error) : resolve(0),
        );
      }),
    );
    client.end();
  });

  test('a key that no operator has does not get in, by stock ssh', async () => {
    await using rig = await Rig.start();
    const { code, stderr } = await rig.run('ssh', ['-F', await rig.clientConfig({}, 'stranger'), 'gw']);
    assert.equal(code, 255);
    assert.match(stderr, /Permission denied \(publickey\)/);
  });

  for (const type of ['ecdsa', 'rsa']) {
    test(`an operator may have a key of type ${type}`, async () => {
      await using rig = await Rig.start({ operatorKeyType: type });
      const { code, stdout } = await rig.run('ssh', ['-F', await rig.clientConfig(), '-T', 'gw']);
      assert.equal(code, 0);
      assert.match(stdout.toString(), /^Hello alice/);
    });
  }

  test('an RSA key that signs with SHA-1 does not get in', async () => {
    await using rig = await Rig.start({ operatorKeyType: 'rsa' });
    const weak = ['-o', 'PubkeyAcceptedAlgorithms=ssh-rsa', '-o', 'LogLevel=ERROR'];
    const { code, stderr } = await rig.run('ssh', ['-F', await rig.clientConfig(), ...weak, '-T', 'gw']);
    assert.equal(code, 255);
    assert.match(stderr, /Permission denied/);
  });

  test('a device’s key is no operator’s', async () => {
    await using rig = await Rig.start();
    await assert.rejects(logIn(rig, {}, 'device'));
  });

  test('offering an operator’s key and then proving another is no login', async () => {
    await using rig = await Rig.start();
    assert.equal(await offerThenProve(rig, 'alice', 'stranger', 'stranger'), 'refused');
  });

  test('an operator’s key with another’s signature is no login', async () => {
    await using rig = await Rig.start();
    assert.equal(await offerThenProve(rig, 'alice', 'alice', 'stranger'), 'refused');
    assert.deepEqual(rig.audits, []);
  });

  test('the identity is that of the key that signed, whatever was offered before', async () => {
    await using rig = await Rig.start();
    assert.equal(await offerThenProve(rig, 'stranger', 'alice', 'alice'), 'in');
    assert.deepEqual(
      rig.audits.map(({ action, outcome, who }) => ({ action, outcome, who })),
      [{ action: 'login', outcome: 'allowed', who: 'alice' }],
    );
  });

  test('nothing but the narrow list is negotiated, and strict key exchange is offered', async () => {
    await using rig = await Rig.start();
    assert.deepEqual(await offeredAlgorithms(rig.people.address.port), [
      'curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,kex-strict-s-v00@openssh.com',
      'ssh-ed25519',
      'aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com',
      'aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com',
      'hmac-sha2-256-etm@openssh.com',
      'hmac-sha2-256-etm@openssh.com',
      'none',
      'none',
    ]);
  });

  test('a failed negotiation ends that connection and nothing else', async () => {
    await using rig = await Rig.start();
    for (const option of ['KexAlgorithms=diffie-hellman-group18-sha512', 'Ciphers=aes128-ctr']) {
      const { code, stderr } = await rig.run('ssh', [
        '-F',
        await rig.clientConfig(),
        '-o',
        'LogLevel=INFO',
        '-o',
        option,
        'gw',
      ]);
      assert.equal(code, 255);
      assert.match(stderr, /no matching/);
    }
    const garbage = connect(rig.people.address.port, '127.0.0.1');
    garbage.on('error', () => {});
    garbage.write(`SSH-2.0-x\r\n${'\xff'.repeat(70_000)}`);
    await new Promise(resolve => garbage.once('close', resolve).resume());
    assert.equal((await rig.run('ssh', ['-F', await rig.clientConfig(), '-T', 'gw'])).code, 0);
    await eventually(() => rig.people.connections === 0);
  });
});

/** The name lists of the server's first key exchange message, in the order of RFC 4253, 7.1. */
async function offeredAlgorithms(port: number): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  socket.write('SSH-2.0-test\r\n');
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    const start = bytes.indexOf('\r\n') + 2;
    if (start < 2 || bytes.length < start + 4 || bytes.length < start + 4 + bytes.readUInt32BE(start))
      continue;
    // length, padding length, message number, cookie
    let at = start + 4 + 1 + 1 + 16;
    const lists: string[] = [];
    while (lists.length < 8) {
      const length = bytes.readUInt32BE(at);
      lists.push(bytes.toString('latin1', at + 4, at + 4 + length));
      at += 4 + length;
    }
    socket.destroy();
    return lists;
  }
  throw new Error('no key exchange message');
}

/** What ssh2's client keeps to itself, for a client that offers one key and proves another. */
interface ClientProtocol {
  readonly _handlers: Record<string, (protocol: unknown) => void>;
  authPK(
    user: string,
    key: ssh2.ParsedKey,
    algorithm: string,
    signer?: (data: Buffer, done: (signature: Buffer) => void) => void,
  ): void;
}

/** Offers one key, then shows a key with a signature by some key. Says whether that was a login. */
async function offerThenProve(
  rig: Rig,
  offered: string,
  shown: string,
  signer: string,
): Promise<'in' | 'refused'> {
  const read = async (name: string) => {
    const key = ssh2.utils.parseKey(await readFile(join(rig.folder, name), 'utf8'));
    if (key instanceof Error) throw key;
    return key;
  };
  const keys = { offered: await read(offered), shown: await read(shown), signer: await read(signer) };
  const client = new ssh2.Client();
  client.on('error', () => {});
  const socket = connect({ port: rig.people.address.port, host: '127.0.0.1', noDelay: true });
  const ready = Promise.withResolvers<void>();
  client.connect({
    sock: socket,
    username: 'git',
    hostVerifier: () => true,
    // Called when the first attempt may be made; what follows is by hand.
    authHandler: () => ready.resolve() as never,
  });
  await ready.promise;
  const protocol = (client as unknown as { readonly _protocol: ClientProtocol })._protocol;
  const said = (...messages: string[]) =>
    new Promise<string>(resolve => {
      for (const message of messages) protocol._handlers[message] = () => resolve(message);
    });
  const offer = said('USERAUTH_PK_OK', 'USERAUTH_FAILURE');
  protocol.authPK('git', keys.offered, 'ssh-ed25519');
  assert.equal(await offer, offered === 'alice' ? 'USERAUTH_PK_OK' : 'USERAUTH_FAILURE');
  const proof = said('USERAUTH_SUCCESS', 'USERAUTH_FAILURE');
  protocol.authPK('git', keys.shown, 'ssh-ed25519', (data, done) => done(keys.signer.sign(data) as Buffer));
  const outcome = (await proof) === 'USERAUTH_SUCCESS' ? 'in' : 'refused';
  client.destroy();
  return outcome;
}
