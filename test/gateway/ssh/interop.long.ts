/** What takes longer through the gateway to a device's own sshd: 1 GB by rsync, with keys renewed on the way, and Ansible. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connectionLimits } from '../../../core/io/ssh/ssh-connection.ts';
import { unpackedPackages } from '../../../lab/machine/unpacked-packages.ts';
import { type Sshd, startSshd } from '../../../lab/rig/sshd.ts';
import { deviceHost, openTunnel } from '../../../lab/rig/tunnel-fleet.ts';
import { Rig } from '../../../lab/rig/tunnel-rig.ts';

const rekeyBytes = 100 * 1024 * 1024;

describe('longer ways through the gateway', { timeout: 1_800_000 }, () => {
  let sshd: Sshd;
  let rig: Rig;
  let config: string;

  before(async () => {
    sshd = await startSshd(['RekeyLimit 100M']);
    const tunnel = openTunnel({ ssh: sshd.port });
    const limits = { rekeyBytes };
    rig = await Rig.start({ tunnel, limits, connectionLimits: { ...connectionLimits, rekeyBytes } });
    await (await rig.agent()).open(tunnel, AbortSignal.timeout(60_000));
    config = await rig.clientConfig({ [deviceHost]: sshd });
  });
  after(async () => {
    await rig?.[Symbol.asyncDispose]();
    await sshd?.stop();
  });

  test('rsync of 1 GB there and back, and once more what is the same', async () => {
    const { root, environment } = unpackedPackages('rsync', ['rsync']);
    const rsync = join(root, 'usr/bin/rsync');
    const remote = `env LD_LIBRARY_PATH=${environment.LD_LIBRARY_PATH} ${rsync}`;
    const at = (name: string) => join(rig.folder, name);
    const sync = async (...way: string[]) => {
      const words = ['-a', '-e', `ssh -F ${config} -o RekeyLimit=100M`, `--rsync-path=${remote}`, ...way];
      const { code, stdout, stderr } = await rig.run(rsync, words, '', environment);
      assert.deepEqual([code, stderr], [0, '']);
      return stdout.toString();
    };
    const hash = (file: string) => execFileSync('sha256sum', [file], { encoding: 'utf8' }).split(' ')[0];
    execFileSync('sh', ['-c', `head -c 1000000000 /dev/urandom > ${at('gigabyte')}`]);
    await sync(at('gigabyte'), `${deviceHost}:${at('there')}`);
    await sync(`${deviceHost}:${at('there')}`, at('back'));
    assert.equal(hash(at('back')), hash(at('gigabyte')));
    const again = await sync('--stats', at('gigabyte'), `${deviceHost}:${at('there')}`);
    assert.match(again, /Number of regular files transferred: 0/);
    for (const name of ['gigabyte', 'there', 'back']) await rm(at(name));
  });

  test('Ansible finds the device by its name, runs a module, copies a file, changes it once', async () => {
    const { root } = unpackedPackages('ansible-core', ['ansible-core']);
    const settings = `[defaults]\nremote_tmp = ${rig.folder}/ansible\n[ssh_connection]\nssh_args = -F ${config} -o ControlMaster=auto -o ControlPersist=5s\ncontrol_path_dir = ${rig.folder}/cp\n`;
    await writeFile(join(rig.folder, 'ansible.cfg'), settings);
    const environment = {
      ANSIBLE_CONFIG: join(rig.folder, 'ansible.cfg'),
      PYTHONPATH: join(root, 'usr/lib/python3/dist-packages'),
      HOME: rig.folder,
      LC_ALL: 'C.UTF-8',
    };
    const ansible = async (...words: string[]) => {
      const program = [join(root, 'usr/bin/ansible'), 'all', '-i', `${deviceHost},`, ...words];
      const { code, stdout, stderr } = await rig.run('python3', program, '', environment);
      assert.equal(code, 0, stderr + stdout.toString());
      return stdout.toString();
    };
    assert.match(await ansible('-m', 'ping'), /"ping": "pong"/);
    const copy = ['-m', 'copy', '-a', `content=hello dest=${rig.folder}/copied`];
    assert.match(await ansible(...copy), /CHANGED/);
    assert.match(await ansible(...copy), /SUCCESS/);
  });
});
