/**
 * What people do with stock OpenSSH, that of Debian 12 and that of Debian 13, through the gateway to a device's own sshd. Keys
 * are renewed all the time: by the client, by the gateway towards client and device, and by the device.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connectionLimits } from '../../../core/io/ssh/ssh-connection.ts';
import { freePort } from '../../../lab/machine/free-port.ts';
import { installedOpenSsh, type OpenSsh, trixieOpenSsh } from '../../../lab/machine/openssh.ts';
import { unpackedPackages } from '../../../lab/machine/unpacked-packages.ts';
import { eventually } from '../../../lab/rig/eventually.ts';
import { type Sshd, startSshd } from '../../../lab/rig/sshd.ts';
import { device, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';

const mebibyte = 1024 * 1024;
const host = `${device}.host`;
const rekeyBytes = mebibyte;

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('stock OpenSSH through the gateway to the device’s sshd', { timeout: 240_000 }, () => {
  let sshd: Sshd;
  let rig: Rig;
  let config: string;
  let echoPort: number;
  const echo = createServer({ allowHalfOpen: true }, socket => socket.pipe(socket));
  const data = randomBytes(2.5 * mebibyte);
  const small = data.subarray(0, mebibyte / 4);

  before(async () => {
    sshd = await startSshd(['RekeyLimit 1M']);
    await once(echo.listen(0, '127.0.0.1'), 'listening');
    echoPort = (echo.address() as AddressInfo).port;
    const tunnel = openTunnel({ ssh: sshd.port, echo: echoPort });
    const limits = { rekeyBytes };
    rig = await Rig.start({ tunnel, limits, connectionLimits: { ...connectionLimits, rekeyBytes } });
    await (await rig.agent()).open(tunnel, AbortSignal.timeout(60_000));
    config = await rig.clientConfig({ [host]: sshd });
    await writeFile(config, `RekeyLimit 1M\n${await readFile(config, 'utf8')}`);
  });
  after(async () => {
    await rig[Symbol.asyncDispose]();
    await sshd.stop();
    echo.close();
  });

  for (const [name, client] of [
    ['Debian 12', installedOpenSsh],
    ['Debian 13', trixieOpenSsh],
  ] as const) {
    describe(name, () => {
      let openSsh: OpenSsh;
      let folder: string;
      const ssh = (words: readonly string[], input: Uint8Array | string = '') =>
        rig.run(openSsh.ssh, ['-F', config, ...words], input);
      const at = (file: string) => join(folder, file);

      before(async () => {
        openSsh = client();
        folder = await mkdtemp(join(rig.folder, 'client-'));
        await writeFile(at('data'), small);
      });
      after(() => rm(folder, { recursive: true, force: true }));

      test('a command: standard input to its end, both outputs, exit code; strict key exchange on the whole way', async () => {
        const telling = async (level: string, words: readonly string[], input: Uint8Array | string = '') => {
          const lines = (await readFile(config, 'utf8')).replace('LogLevel ERROR', `LogLevel ${level}`);
          await writeFile(at('telling'), lines);
          return await rig.run(openSsh.ssh, ['-F', at('telling'), ...words], input);
        };
        const done = await telling('DEBUG1', [host, 'cat; echo words >&2; exit 7'], data);
        assert.equal(done.code, 7);
        assert.equal(hashOf(done.stdout), hashOf(data));
        assert.match(done.stderr, /^words\r?$/m);
        const newKeys = (said: string) => said.match(/SSH2_MSG_NEWKEYS received/g)?.length ?? 0;
        assert.ok(newKeys(done.stderr) > 6, `${newKeys(done.stderr)} times new keys`);
        // A client that renews none by itself.
        const alone = ['-o', 'RekeyLimit=default', '-W', `${device}:${echoPort}`, 'gw'];
        const back = await telling('DEBUG1', alone, data);
        assert.equal(hashOf(back.stdout), hashOf(data));
        assert.ok(newKeys(back.stderr) > 2, `${newKeys(back.stderr)} times new keys by the gateway`);
        const { stderr } = await telling('DEBUG3', [host, 'true']);
        assert.equal(stderr.match(/will use strict KEX ordering/g)?.length, 2);
        assert.equal((await ssh([host, 'kill -TERM $$'])).code, 255);
      });

      test('a terminal: its size, its changes, Ctrl-C', async () => {
        const terminal = await PersonTerminal.open(folder, `${openSsh.ssh} -F ${config} -t ${host} sh`);
        await terminal.sees('# ');
        terminal.type("stty size; trap 'echo interrupted' INT; trap 'stty size' WINCH\n");
        await terminal.sees('24 80');
        terminal.type('sleep 1000 || echo and on\n');
        await terminal.sees('and on');
        terminal.type('\u0003');
        await terminal.sees('interrupted');
        await terminal.sees('and on');
        terminal.resize(50, 132);
        terminal.type('until stty size | grep 132; do sleep 0.1; done\n');
        await terminal.sees('\n50 132');
        terminal.type('exit 9\n');
        assert.equal(await terminal.exited, 9);
      });

      test('files: scp by both of its protocols, sftp, rsync', async () => {
        for (const [protocol, there] of [
          ['-s', 'by-sftp'],
          ['-O', 'by-rcp'],
        ] as const) {
          const scp = ['-S', openSsh.ssh, '-F', config, protocol, '-p'];
          const up = await rig.run(openSsh.scp, [...scp, at('data'), `${host}:${at(there)}`]);
          assert.deepEqual([up.code, up.stderr], [0, '']);
          const down = await rig.run(openSsh.scp, [...scp, `${host}:${at(there)}`, at(`${there}.back`)]);
          assert.deepEqual([down.code, down.stderr], [0, '']);
          assert.equal(hashOf(await readFile(at(`${there}.back`))), hashOf(small));
        }
        const batch = `put ${at('data')} ${at('put')}\nrename ${at('put')} ${at('renamed')}\nget ${at('renamed')} ${at('got')}\n`;
        const sftp = await rig.run(openSsh.sftp, ['-S', openSsh.ssh, '-F', config, '-b', '-', host], batch);
        assert.equal(sftp.code, 0, sftp.stderr);
        assert.equal(hashOf(await readFile(at('got'))), hashOf(small));

        const { root, environment } = unpackedPackages('rsync', ['rsync']);
        const rsync = join(root, 'usr/bin/rsync');
        const remote = `env LD_LIBRARY_PATH=${environment.LD_LIBRARY_PATH} ${rsync}`;
        const shell = `${openSsh.ssh} -F ${config}`;
        const sync = (...way: string[]) =>
          rig.run(rsync, ['-a', '-e', shell, `--rsync-path=${remote}`, ...way], '', environment);
        assert.deepEqual(
          await sync(at('data'), `${host}:${at('synced')}`).then(({ code, stderr }) => [code, stderr]),
          [0, ''],
        );
        const changed = Buffer.from(small);
        changed[1000] = (changed[1000] ?? 0) ^ 1;
        await writeFile(at('synced'), changed);
        const back = await sync('--no-whole-file', '--stats', `${host}:${at('synced')}`, at('data'));
        assert.equal(back.code, 0, back.stderr);
        assert.equal(hashOf(await readFile(at('data'))), hashOf(changed));
        await writeFile(at('data'), small);
      });

      test('one connection for many sessions (ControlMaster), a forwarding through it (-L, -N)', async () => {
        const socket = at('master');
        const master = rig.spawn(openSsh.ssh, ['-F', config, '-M', '-S', socket, '-N', host]);
        await eventually(() => existsSync(socket));
        const ended = once(master, 'close');
        const through = ['-S', socket];
        const said = await Promise.all([1, 2, 3, 4].map(number => ssh([...through, host, `echo ${number}`])));
        assert.deepEqual(
          said.map(({ stdout }) => stdout.toString()),
          ['1\n', '2\n', '3\n', '4\n'],
        );
        assert.equal(rig.tunnels.list()[0]?.channels, 1);
        const local = at('local');
        const forwarded = await ssh([
          ...through,
          '-O',
          'forward',
          '-L',
          `${local}:127.0.0.1:${sshd.port}`,
          host,
        ]);
        assert.equal(forwarded.code, 0, forwarded.stderr);
        const far = connect(local);
        assert.match(String((await once(far, 'data'))[0]), /^SSH-2\.0-OpenSSH/);
        far.destroy();
        assert.equal((await ssh([...through, '-O', 'exit', host])).code, 0);
        await ended;
        // At the gateway itself a forwarding leads to a declared target.
        const port = await freePort();
        rig.spawn(openSsh.ssh, ['-F', config, '-N', '-L', `${port}:${device}:${sshd.port}`, 'gw']);
        const banner = await firstBytes(port);
        assert.match(banner, /^SSH-2\.0-OpenSSH/);
      });

      test('-R, -D and -w lead nowhere at the gateway', async () => {
        const strict = ['-o', 'ExitOnForwardFailure=yes', '-o', 'LogLevel=INFO'];
        const back = await ssh([...strict, '-N', '-R', '0:127.0.0.1:22', 'gw']);
        assert.match(back.stderr, /remote port forwarding failed/);
        assert.notEqual(back.code, 0);
        const port = await freePort();
        const dynamic = rig.spawn(openSsh.ssh, [
          '-F',
          config,
          '-o',
          'LogLevel=INFO',
          '-N',
          '-D',
          `${port}`,
          'gw',
        ]);
        let said = '';
        dynamic.stderr?.on('data', chunk => {
          said += chunk;
        });
        const reply = await socksTo(port, '127.0.0.1', sshd.port);
        assert.equal(reply, '');
        await eventually(() =>
          /open failed: administratively prohibited: GATEWAY_DEVICE_UNREACHABLE/.test(said),
        );
        dynamic.kill();
      });

      test('ssh-keyscan finds the one host key that is pinned', async () => {
        const { stdout } = await rig.run(openSsh['ssh-keyscan'], [
          '-p',
          `${rig.people.address.port}`,
          '127.0.0.1',
        ]);
        const found = stdout
          .toString()
          .split('\n')
          .filter(line => line !== '' && !line.startsWith('#'));
        const pinned = (await readFile(join(rig.folder, 'gateway.pub'), 'utf8'))
          .split(' ')
          .slice(0, 2)
          .join(' ');
        assert.deepEqual(
          found.map(line => line.split(' ').slice(1).join(' ')),
          [pinned],
        );
      });
    });
  }
});

/** What comes first from a port that is about to listen. */
async function firstBytes(port: number): Promise<string> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const said = await new Promise<string | undefined>(resolve => {
      socket.once('data', chunk => resolve(chunk.toString()));
      socket.once('error', () => resolve(undefined));
    });
    socket.destroy();
    if (said !== undefined) return said;
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

/** Asks a SOCKS5 proxy for a place. @returns what came from there */
async function socksTo(proxy: number, host: string, port: number): Promise<string> {
  for (;;) {
    const socket = connect(proxy, '127.0.0.1');
    const connected = await new Promise<boolean>(resolve => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (!connected) {
      await new Promise(resolve => setTimeout(resolve, 20));
      continue;
    }
    socket.on('error', () => {});
    socket.write(Buffer.from([5, 1, 0]));
    await once(socket, 'data');
    const address = host.split('.').map(Number);
    socket.write(Buffer.from([5, 1, 0, 1, ...address, port >> 8, port & 255]));
    let said = '';
    socket.on('data', chunk => {
      // Its own ten bytes say that it will try.
      said += chunk.subarray(said === '' && chunk[0] === 5 ? 10 : 0).toString();
    });
    await once(socket, 'close');
    return said;
  }
}
