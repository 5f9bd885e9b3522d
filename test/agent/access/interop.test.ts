/** What people do with stock OpenSSH, that of Debian 12 and that of Debian 13, at the agent's own server. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort } from '../../../lab/machine/free-port.ts';
import { installedOpenSsh, type OpenSsh, trixieOpenSsh } from '../../../lab/machine/openssh.ts';
import { AccessRig } from '../../../lab/rig/access-rig.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';

const mebibyte = 1024 * 1024;
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('stock OpenSSH at the agent’s own server', { timeout: 240_000 }, () => {
  let rig: AccessRig;
  let config: string;
  let echoPort: number;
  const echo = createServer({ allowHalfOpen: true }, socket => socket.on('error', () => {}).pipe(socket));
  const data = randomBytes(2.5 * mebibyte);

  before(async () => {
    rig = await AccessRig.start();
    await rig.container('app', 'web');
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    echoPort = (echo.address() as AddressInfo).port;
    const targets = [{ name: 'echo', host: '127.0.0.1', port: echoPort }];
    await rig.use({ access: { services: [{ app: 'app', service: 'web' }] }, targets });
    config = await rig.clientConfig();
  });
  after(async () => {
    await rig?.[Symbol.asyncDispose]();
    echo.close();
  });

  for (const [name, client] of [
    ['Debian 12', installedOpenSsh],
    ['Debian 13', trixieOpenSsh],
  ] as const) {
    describe(name, () => {
      let openSsh: OpenSsh;
      before(() => {
        openSsh = client();
      });
      const ssh = (words: readonly string[], input: Uint8Array | string = '') =>
        rig.run(openSsh.ssh, ['-F', config, ...words], input);
      const telling = async (level: string, words: readonly string[], input: Uint8Array | string = '') => {
        const file = join(rig.folder, 'telling');
        await writeFile(
          file,
          (await readFile(config, 'utf8')).replace('LogLevel ERROR', `LogLevel ${level}`),
        );
        return await rig.run(openSsh.ssh, ['-F', file, ...words], input);
      };

      test('a command: standard input to its end, both outputs, exit code, while the client renews its keys', async () => {
        const words = ['-o', 'RekeyLimit=1M', 'web@pump', 'cat; echo words >&2; exit 7'];
        const done = await telling('DEBUG1', words, data);
        assert.equal(done.code, 7);
        assert.equal(hashOf(done.stdout), hashOf(data));
        assert.match(done.stderr, /^words\r?$/m);
        assert.ok((done.stderr.match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0) > 2);
        const { stderr } = await telling('DEBUG3', ['web@pump', 'true']);
        assert.equal(stderr.match(/will use strict KEX ordering/g)?.length, 1);
      });

      test('a terminal: its size, its changes, Ctrl-C, exit code', async () => {
        const terminal = await PersonTerminal.open(rig.folder, `${openSsh.ssh} -F ${config} web@pump`);
        terminal.type('stty size\n');
        await terminal.sees('\n24 80');
        terminal.type('sleep 1000\n');
        await terminal.sees('sleep 1000');
        await new Promise(resolve => setTimeout(resolve, 200));
        terminal.type('\u0003');
        terminal.type('echo left with $?\n');
        await terminal.sees('\nleft with 130');
        terminal.resize(50, 132);
        terminal.type('until stty size | grep 132; do sleep 0.1; done\n');
        await terminal.sees('\n50 132');
        terminal.type('exit 9\n');
        assert.equal(await terminal.exited, 9);
        // Somebody who has no more to type is still told all that there is.
        const script = 'read line; sleep 0.3; echo "got $line"';
        const told = await ssh(['-tt', 'web@pump', script], 'a line\n');
        assert.deepEqual([told.code, /got a line\r\n$/.test(told.stdout.toString())], [0, true]);
      });

      test('one connection for many sessions (ControlMaster), a declared target through it (-L, -N)', async () => {
        const socket = join(rig.folder, `master-${name.slice(-2)}`);
        const master = rig.spawn(openSsh.ssh, ['-F', config, '-M', '-S', socket, '-N', 'web@pump']);
        const ended = once(master, 'close');
        await eventually(() => existsSync(socket));
        const through = ['-S', socket, 'web@pump'];
        const said = await Promise.all([1, 2, 3].map(number => ssh([...through, `echo ${number}`])));
        assert.deepEqual(
          said.map(({ stdout }) => stdout.toString()),
          ['1\n', '2\n', '3\n'],
        );
        const local = `${socket}-local`;
        const forward = ['-O', 'forward', '-L', `${local}:127.0.0.1:${echoPort}`];
        assert.equal((await ssh(['-S', socket, ...forward, 'web@pump'])).code, 0);
        const far = connect({ path: local, allowHalfOpen: true });
        far.end('half closed');
        assert.equal(String((await once(far, 'data'))[0]), 'half closed');
        far.destroy();
        await ssh(['-S', socket, '-O', 'exit', 'web@pump']);
        await ended;
      });

      test('-R, -D, -A, -X, environment and places that nobody declared are refused, with words', async () => {
        const strict = ['-o', 'ExitOnForwardFailure=yes', '-N', '-R', '0:127.0.0.1:22', 'web@pump'];
        const back = await telling('INFO', strict);
        assert.notEqual(back.code, 0);
        assert.match(back.stderr, /remote port forwarding failed/);
        const onward = await telling('INFO', ['-W', '127.0.0.1:22', 'web@pump']);
        assert.match(onward.stderr, /administratively prohibited: TUNNEL_UNKNOWN_TARGET/);
        const port = await freePort();
        const proxy = rig.spawn(openSsh.ssh, [
          '-F',
          join(rig.folder, 'telling'),
          '-N',
          '-D',
          `${port}`,
          'web@pump',
        ]);
        let said = '';
        proxy.stderr.on('data', (bytes: Buffer) => (said += bytes));
        await eventually(() => proxy.exitCode !== null || rig.server.people.length > 0);
        const socks = ['-sS', '--retry-connrefused', '--retry', '9', '--socks5', `127.0.0.1:${port}`];
        assert.notEqual((await rig.run('curl', [...socks, 'http://127.0.0.1:22'])).code, 0);
        await eventually(() => /open failed: administratively prohibited: TUNNEL_UNKNOWN_TARGET/.test(said));
        proxy.kill();
        const socket = join(rig.folder, `keys-${name.slice(-2)}`);
        const keys = rig.spawn('ssh-agent', ['-D', '-a', socket]);
        await eventually(() => existsSync(socket));
        const here = [`SSH_AUTH_SOCK=${socket}`, 'DISPLAY=127.0.0.1:99', openSsh.ssh];
        const asks = [
          '-A',
          '-Y',
          '-R',
          '0:127.0.0.1:22',
          '-o',
          'IdentityAgent=SSH_AUTH_SOCK',
          '-o',
          'SetEnv=EVIL=1',
        ];
        const file = ['-F', join(rig.folder, 'telling')];
        const all = await rig.run('env', [...here, ...file, ...asks, 'web@pump', 'env']);
        keys.kill();
        assert.doesNotMatch(all.stdout.toString(), /SSH_AUTH_SOCK|DISPLAY|EVIL/);
        for (const words of [
          'the environment is not passed on (EVIL)',
          'X11 is not forwarded here',
          'the agent with your keys is not forwarded here',
          'nothing is forwarded from the device to you (-R) here',
        ])
          assert.ok(all.stderr.includes(words), `${words} | ${all.stderr}`);
      });

      test('ssh-keyscan finds the device’s own key', async () => {
        const { stdout } = await rig.run(openSsh['ssh-keyscan'], ['-p', `${rig.port}`, '127.0.0.1']);
        const found = stdout
          .toString()
          .split('\n')
          .filter(line => line !== '' && !line.startsWith('#'));
        const own = (await readFile(join(rig.folder, 'device.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
        assert.deepEqual(
          found.map(line => line.split(' ').slice(1).join(' ')),
          [own],
        );
      });
    });
  }
});
