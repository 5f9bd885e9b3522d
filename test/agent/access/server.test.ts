/** Who gets in at the agent's own server, what is refused there with words, and what a hostile peer gets. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import ssh2 from 'ssh2';
import { gatewayUserName } from '../../../core/access/user-name.ts';
import { createSystemClock } from '../../../core/io/system-clock.ts';
import { AccessRig, type AccessRigOptions } from '../../../lab/rig/access-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { enter } from './person-client.ts';

const start = (options: AccessRigOptions = {}) => AccessRig.start({ ...options, engine: 'none' });

/** Resolves when a client is cut. */
function cut(ssh: ssh2.Client): Promise<void> {
  ssh.removeAllListeners('error').on('error', () => {});
  return new Promise(resolve => ssh.once('close', () => resolve()));
}

describe('the agent’s own server', { timeout: 60_000 }, () => {
  test('lets in who signs with an operator’s key, and writes down who was refused', async () => {
    await using rig = await start();
    await rig.use();
    const ok = await rig.run('ssh', ['-F', await rig.clientConfig(), 'pump']);
    assert.match(ok.stdout.toString(), /^Hello alice\. This is /);
    const stranger = await rig.run('ssh', ['-F', await rig.clientConfig('stranger'), 'pump']);
    assert.equal(stranger.code, 255);
    await eventually(() => rig.noted.some(({ name }) => name === 'access.refused'));
  });

  test('an offered key is no login: what is signed by another key gets nowhere', async () => {
    await using rig = await start();
    await rig.use();
    const own = await readFile(join(rig.folder, 'stranger'), 'utf8');
    const parsed = ssh2.utils.parseKey(await readFile(join(rig.folder, 'alice.pub'), 'utf8'));
    const signing = ssh2.utils.parseKey(own);
    assert.ok(!(parsed instanceof Error) && !(signing instanceof Error));
    // Alice's public key is shown, and the stranger signs.
    const agent = new (class extends ssh2.BaseAgent {
      override getIdentities(done: (error: undefined, keys: ssh2.ParsedKey[]) => void): void {
        done(undefined, [parsed]);
      }
      override sign(_key: unknown, data: Buffer, options: unknown, done?: unknown): void {
        const told = typeof options === 'function' ? options : done;
        if (typeof told === 'function') told(undefined, signing.sign(data));
      }
    })();
    await assert.rejects(enter(rig, 'anyone', { agent }));
    assert.equal(rig.server.people.length, 0);
  });

  test('another host key in the way is refused by the stock client before anything is said', async () => {
    await using rig = await start();
    await rig.use();
    const { code, stderr } = await rig.run('ssh', ['-F', await rig.clientConfig('alice', 'gateway'), 'pump']);
    assert.equal(code, 255);
    assert.match(stderr, /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/);
    assert.equal(rig.server.people.length, 0);
  });

  test('a gateway’s key speaks for the operators that viaGateway names, and for nobody by itself', async () => {
    await using rig = await start();
    const operators = { alice: ['alice'], bob: ['bob'] };
    const viaGateway = { operators: ['alice'], services: ['shop.web'] };
    const change = { operators, gatewayKeys: ['gateway'], access: { viaGateway } };
    await rig.use(change);
    const spoken = await enter(rig, gatewayUserName('alice', 'web'), {}, 'gateway');
    assert.deepEqual(
      rig.server.people.map(({ identity: { operator, by } }) => [operator, by]),
      [['alice', 'gateway']],
    );
    await assert.rejects(enter(rig, gatewayUserName('bob', 'web'), {}, 'gateway'));
    await assert.rejects(enter(rig, 'web', {}, 'gateway'));
    await assert.rejects(enter(rig, gatewayUserName('alice', 'web'), {}, 'bob'));
    const over = cut(spoken.ssh);
    await rig.use({ ...change, gatewayKeys: [] });
    await over;
  });

  test('whoever may no longer be in is cut at once: a key, an operator, allow, the whole tunnel', async () => {
    await using rig = await start();
    for (const change of [
      { operators: { alice: ['bob'] } },
      { operators: { bob: ['bob'] } },
      { allow: ['bob'] },
      { state: 'closed' as const },
    ]) {
      await rig.use();
      const { ssh } = await enter(rig);
      const over = cut(ssh);
      await rig.use(change);
      await over;
      await assert.rejects(enter(rig));
    }
  });

  test('until ends it without a pass, and also where the clock is set back meanwhile', async () => {
    const clock = createSystemClock();
    let behindMs = 0;
    await using rig = await start({ clock: { ...clock, now: () => Date.now() - behindMs } });
    const change = { untilMs: Date.now() + 5_000 };
    await rig.use(change);
    const { ssh } = await enter(rig);
    const over = cut(ssh);
    behindMs = 3_600_000;
    await over;
    await rig.use(change);
    await assert.rejects(enter(rig));
  });

  test('tries are few, offers among them, and what is no SSH ends by itself', async () => {
    await using rig = await start({ limits: { maxTries: 3 } });
    await rig.use();
    const stranger = ssh2.utils.parseKey(await readFile(join(rig.folder, 'stranger'), 'utf8'));
    if (stranger instanceof Error) throw stranger;
    let tries = 0;
    // As an agent with a thousand keys would.
    const authHandler = () => {
      tries += 1;
      return { type: 'publickey', username: 'anyone', key: stranger } as const;
    };
    await assert.rejects(
      enter(rig, 'anyone', { authHandler: (_left, _partial, next) => next(authHandler()) }),
    );
    assert.ok(tries <= 5, `${tries} tries`);
    assert.match(JSON.stringify(rig.noted), /too many tries/);
    const garbage = connect(rig.port, '127.0.0.1').on('error', () => {});
    garbage.write(`SSH-2.0-x\r\n${'\xff'.repeat(70_000)}`);
    await new Promise(resolve => garbage.once('close', resolve).resume());
    (await enter(rig)).ssh.end();
  });

  test('silent connections are let go, the oldest first', async () => {
    await using rig = await start({ limits: { loginGraceMs: 2000, maxStartups: 3 } });
    await rig.use();
    const silent = Array.from({ length: 5 }, () => connect(rig.port, '127.0.0.1').on('error', () => {}));
    await eventually(() => rig.connections.length === 3);
    await eventually(() => rig.connections.length === 0);
    for (const socket of silent) socket.destroy();
    (await enter(rig)).ssh.end();
  });

  describe('what may be forwarded', () => {
    const sockets = new Set<Socket>();
    let echo: Server;
    let port: number;
    before(async () => {
      echo = createServer(socket => {
        sockets.add(socket.on('error', () => {}));
        socket.pipe(socket);
      });
      await new Promise<void>(resolve => echo.listen(0, '127.0.0.1', resolve));
      port = (echo.address() as AddressInfo).port;
    });
    after(() => {
      for (const socket of sockets) socket.destroy();
      echo.close();
    });

    test('a declared target, by its name or its place, as long as it is declared; nothing else', async () => {
      await using rig = await start();
      const targets = [{ name: 'echo', host: '127.0.0.1', port }];
      await rig.use({ targets });
      const config = await rig.clientConfig();
      for (const host of ['echo', '127.0.0.1', 'localhost']) {
        const { stdout } = await rig.run('ssh', ['-F', config, '-W', `${host}:${port}`, 'pump'], 'ping');
        assert.equal(stdout.toString(), 'ping');
      }
      const { ssh } = await enter(rig);
      const reach = (host: string, to: number) =>
        new Promise<ssh2.ClientChannel>((resolve, reject) =>
          ssh.forwardOut('127.0.0.1', 0, host, to, (error, channel) =>
            error ? reject(error) : resolve(channel),
          ),
        );
      await assert.rejects(reach('echo', 22), /nothing declared leads to echo:22/);
      await assert.rejects(reach('169.254.169.254', 80), /nothing declared leads to/);
      await assert.rejects(reach('towline', 22), /nothing declared leads to/);
      const channel = await reach('echo', port);
      const closed = new Promise(resolve => channel.on('close', resolve).resume());
      await rig.use({ targets: [] });
      await closed;
      await rig.use({ targets, access: { record: 'required' } });
      await assert.rejects(reach('echo', port), /recorded/);
      ssh.end();
    });
  });

  test('-R, X11, agents and the environment are refused, with words', async () => {
    await using rig = await start();
    await rig.use();
    const { ssh } = await enter(rig);
    await assert.rejects(
      new Promise((resolve, reject) =>
        ssh.forwardIn('127.0.0.1', 0, error => (error ? reject(error) : resolve(0))),
      ),
    );
    const words = await new Promise<string>((resolve, reject) => {
      ssh.exec('menu', { env: { SECRET: 'x', LANG: 'C' }, x11: false }, (error, channel) => {
        if (error) return reject(error);
        let said = '';
        channel.stderr.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
        channel.on('close', () => resolve(said)).resume();
      });
    });
    assert.match(words, /nothing is forwarded from the device to you/);
    assert.match(words, /environment is not passed on \(SECRET\)/);
    assert.doesNotMatch(words, /LANG/);
    await assert.rejects(
      new Promise((resolve, reject) =>
        ssh.exec('menu', { x11: true }, error => (error ? reject(error) : resolve(0))),
      ),
      /X11/,
    );
    ssh.end();
  });

  test('a flood of subsystems that nobody serves ends each by itself, and nobody else is held up', async () => {
    await using rig = await start();
    await rig.use();
    const { ssh } = await enter(rig);
    const over = cut(ssh);
    for (let index = 0; index < 80; index += 1) ssh.subsys('none', () => {});
    await eventually(() => rig.noted.length > 0);
    ssh.destroy();
    await over;
    (await enter(rig)).ssh.end();
  });
});
