/** The device's own sshd, Debian's, asks /usr/lib/towline/authorized-keys; the agent's side grants and takes back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { HostLogins } from '../../../../agent/access/logins/host-logins.ts';
import type { DeviceAccess } from '../../../../core/access/device-access.ts';
import { noAccess } from '../../../../core/access/settings.ts';
import { eventually } from '../../../../lab/rig/eventually.ts';
import { makeKeyFile } from '../../../../lab/rig/key-file.ts';
import { type Sshd, startSshd } from '../../../../lab/rig/sshd.ts';
import { SmallDisk } from '../../../rig/small-disk.ts';
import { HandClock } from '../../tunnel/hand-clock.ts';
import { accessTo, hour, personNamed } from './access-samples.ts';

const script = path.join(import.meta.dirname, '../../../../deploy/authorized-keys');
const refused = /Permission denied \(publickey\)/;

describe('logins at the device’s own sshd', () => {
  let folder: string;
  let command: string;
  let sshd: Sshd;
  const file = () => path.join(folder, 'run-logins/granted');
  const keyOf = (name: string) => readFileSync(path.join(folder, `${name}.pub`), 'utf8').split(' ')[1] ?? '';
  const warnings: unknown[] = [];
  const log = { warn: (...words: unknown[]) => void warnings.push(words) };

  before(async () => {
    assert.equal(process.getuid?.(), 0, 'sshd asks only programs of root: run this as root');
    // Below /run all is root's, which sshd wants of the command and of every folder above it.
    folder = mkdtempSync('/run/tl-logins-');
    chmodSync(folder, 0o755);
    command = path.join(folder, 'authorized-keys');
    copyFileSync(script, command);
    for (const name of ['alice', 'bob', 'mallory']) await makeKeyFile(path.join(folder, name));
    sshd = await startSshd([
      'Match Address 127.0.0.1,::1',
      `  AuthorizedKeysCommand ${command} %u %t %k ${file()}`,
      '  AuthorizedKeysCommandUser nobody',
    ]);
  });
  after(async () => {
    await sshd.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function logins(clock = new HandClock(), wallMs = () => Date.now()) {
    return new HostLogins({ runtimeDirectory: path.join(folder, 'run'), clock, wallMs, log });
  }

  const people = () => [personNamed('alice', keyOf('alice')), personNamed('bob', keyOf('bob'))];
  const access = (more: Partial<DeviceAccess> = {}) => accessTo(people(), more);

  /** As install.sh has it by the group: the command's account reads what the agent wrote, and nobody else. */
  function letRead() {
    if (!existsSync(file())) return;
    const gid = Number(spawnSync('id', ['-g', 'nobody'], { encoding: 'utf8' }).stdout);
    chownSync(path.dirname(file()), 0, gid);
    chownSync(file(), 0, gid);
  }

  function ssh(name: string, words: readonly string[], user = 'root') {
    letRead();
    const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'IdentityAgent=none', 'LogLevel=INFO'];
    options.push('StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'ExitOnForwardFailure=yes');
    const where = ['-F', '/dev/null', '-p', `${sshd.port}`, '-i', path.join(folder, name), '-l', user];
    const args = [...where, ...options.flatMap(option => ['-o', option]), ...words];
    return spawnSync('ssh', args, { encoding: 'utf8' });
  }
  const says = (name: string, user?: string) => ssh(name, ['127.0.0.1', 'echo in'], user);

  test('opens with a grant, for whom it names and as what it names, and closes with it', async () => {
    const host = logins();
    assert.match(says('alice').stderr, refused);
    await host.use(access({ access: { ...noAccess, logins: [{ user: 'root', operators: ['alice'] }] } }));
    assert.equal(says('alice').stdout, 'in\n');
    assert.match(says('bob').stderr, refused);
    assert.match(says('mallory').stderr, refused);
    assert.match(says('alice', 'nobody').stderr, refused);
    // An operator who is gone from the repository.
    await host.use(accessTo([personNamed('bob', keyOf('bob'))]));
    assert.match(says('alice').stderr, refused);
    assert.equal(says('bob').stdout, 'in\n');
    const tunnel = { ...access().tunnel, state: 'closed' } as const;
    await host.use(access({ tunnel }));
    assert.match(says('bob').stderr, refused);
    assert.ok(!existsSync(file()));
    await host.close();
  });

  test('gives a terminal and commands, no way on: forwardings of any kind are refused', async () => {
    const host = logins();
    await host.use(access());
    assert.match(ssh('alice', ['-tt', '127.0.0.1', 'tty']).stdout, /^\/dev\/pts\//);
    const onward = ssh('alice', ['-v', '-o', 'LogLevel=DEBUG1', '-R', '0:127.0.0.1:1', '127.0.0.1', 'true']);
    assert.notEqual(onward.status, 0);
    const through = ssh('alice', ['-W', `127.0.0.1:${sshd.port}`, '127.0.0.1']);
    assert.match(through.stderr, /administratively prohibited/);
    assert.equal(ssh('alice', ['-A', '127.0.0.1', 'echo "[$SSH_AUTH_SOCK]"']).stdout, '[]\n');
    await host.close();
    assert.match(says('alice').stderr, refused);
  });

  test('ends at `until` by sshd’s own clock, whatever the agent takes for the time', async () => {
    const clock = new HandClock(Date.now() - 2 * hour);
    const host = logins(clock);
    await host.use(access({ tunnel: { ...access().tunnel, untilMs: Date.now() - 5000 } }));
    assert.ok(existsSync(file()));
    assert.match(says('alice').stderr, refused);
    await host.close();
  });

  test('ends at `until` by the agent’s clock, though nothing is told to it', async () => {
    const clock = new HandClock();
    const host = logins(clock);
    await host.use(access({ tunnel: { ...access().tunnel, untilMs: clock.now() + hour } }));
    assert.equal(says('alice').stdout, 'in\n');
    await eventually(() => clock.sleeping === 1);
    clock.advance(hour);
    await eventually(() => !existsSync(file()));
    assert.match(says('alice').stderr, refused);
    await host.close();
  });

  test('an agent that is gone grants nothing after a minute, nor where the clock was put back', async () => {
    for (const offset of [-61_000, 3 * 60_000]) {
      const killed = logins(new HandClock(), () => Date.now() + offset);
      await killed.use(access());
      assert.ok(existsSync(file()));
      assert.match(says('alice').stderr, refused);
      await killed.close();
    }
    const clock = new HandClock();
    let wallMs = Date.now() - 61_000;
    const alive = logins(clock, () => wallMs);
    await alive.use(access());
    assert.match(says('alice').stderr, refused);
    wallMs = Date.now();
    await eventually(() => clock.sleeping === 1);
    clock.advance(20_000);
    await eventually(() => says('alice').stdout === 'in\n');
    await alive.close();
  });

  test('a folder that cannot be written grants nobody anything, and the agent goes on', async () => {
    const host = new HostLogins({
      runtimeDirectory: '/proc/none',
      clock: new HandClock(),
      wallMs: Date.now,
      log,
    });
    warnings.length = 0;
    await host.use(access());
    await host.use(access());
    assert.equal(warnings.length, 1);
    await host.close();
  });

  test('on a full disk who is granted nothing any more is out all the same, and nobody else before a minute has passed', async () => {
    const host = logins();
    await host.use(access());
    using disk = new SmallDisk(path.dirname(file()), 1);
    disk.fill(0);
    await host.use(access());
    assert.equal(says('alice').stdout, 'in\n');
    await host.use(accessTo([personNamed('bob', keyOf('bob'))]));
    assert.match(says('alice').stderr, refused);
    disk.makeRoom();
    await host.use(accessTo([personNamed('bob', keyOf('bob'))]));
    assert.equal(says('bob').stdout, 'in\n');
    await host.close();
  });

  describe('the command by itself', () => {
    const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const lease = () => `lease ${Math.floor(Date.now() / 1000) + 60}\n`;
    const line = `restrict,pty,from="127.0.0.1,::1",expiry-time="20990131180000Z" ssh-ed25519 ${key}\n`;
    async function asked(text: string | undefined, words: readonly string[]) {
      const granted = path.join(folder, 'granted');
      rmSync(granted, { force: true });
      if (text !== undefined) await writeFile(granted, text);
      const { stdout, stderr, status } = spawnSync('sh', [command, ...words, granted], { encoding: 'utf8' });
      assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
      return stdout;
    }
    const grant = (user = 'root', until = '20990131180000Z') => `${user} ${until} ${key}\n`;

    test('prints one line for what is granted', async () => {
      assert.equal(
        await asked(lease() + grant('pump') + grant() + grant(), ['root', 'ssh-ed25519', key]),
        line,
      );
    });

    test('prints nothing for arguments that want to be more than a name and a key', async () => {
      const hostile = [
        ['*', 'ssh-ed25519', key],
        ['', 'ssh-ed25519', key],
        ['root\n', 'ssh-ed25519', key],
        ['$(id)', 'ssh-ed25519', key],
        ['-n', 'ssh-ed25519', key],
        ['lease', 'ssh-ed25519', key],
        ['../root', 'ssh-ed25519', key],
        ['root', 'ssh-ed25519 evil', key],
        ['root', 'ssh-ed25519-cert-v01@openssh.com', key],
        ['root', 'cert-authority ssh-ed25519', key],
        ['root', '', key],
        ['root', 'ssh-ed25519', ''],
        ['root', 'ssh-ed25519', `${key}\nssh-ed25519 ${key}`],
        ['root', 'ssh-ed25519', `${key} x`],
        ['root', 'ssh-ed25519', '*'],
        ['root', 'ssh-ed25519', `${key.slice(0, -1)}B`],
        ['root', 'ssh-ed25519', '`id`'],
      ];
      for (const words of hostile) assert.equal(await asked(lease() + grant(), words), '', words.join('|'));
    });

    test('prints nothing of a file that says more, less or something else', async () => {
      const now = Math.floor(Date.now() / 1000);
      const files = [
        undefined,
        '',
        grant(),
        `lease ${now - 1}\n${grant()}`,
        `lease ${now + 3600}\n${grant()}`,
        `lease 99999999999999999999\n${grant()}`,
        `lease -1\n${grant()}`,
        `lease\n${grant()}`,
        `lease ${now + 60}`,
        `${lease()}${grant('root', '20990131180000Z",permitopen="*')}`,
        `${lease()}${grant('root', '20990131180000')}`,
        `${lease()}${grant('root', '*')}`,
        `${lease()}root 20990131180000Z ${key} command="id"\n`,
        `${lease()}root 20990131180000Z\n`,
        `${lease()}* 20990131180000Z *\n`,
        `${lease()}root\t\n${'x'.repeat(100_000)}\n`,
        '\0\0\0\0\n',
      ];
      for (const text of files) assert.equal(await asked(text, ['root', 'ssh-ed25519', key]), '', text);
    });

    test('is no program for what is no file, and wants three words', async () => {
      const run = (...words: string[]) => spawnSync('sh', [command, ...words], { encoding: 'utf8' });
      const wrong = [
        [],
        ['root'],
        ['root', 'ssh-ed25519', key, folder],
        ['root', 'ssh-ed25519', key, '/dev/zero'],
      ];
      for (const words of [...wrong, ['root', 'ssh-ed25519', key, '/none', 'more']]) {
        const { stdout, stderr, status } = run(...words);
        assert.deepEqual({ stdout, stderr, status }, { stdout: '', stderr: '', status: 0 });
      }
    });

    test('a fleet’s worth of grants is read through within the time that a login takes', async () => {
      const many = Array.from({ length: 4095 }, (_, number) => grant(`user${number}`)).join('');
      const before = performance.now();
      assert.equal(await asked(lease() + many + grant(), ['root', 'ssh-ed25519', key]), line);
      assert.ok(performance.now() - before < 5000);
    });
  });
});
