import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { cachedFolder } from '../../../lab/machine/cached-folder.ts';
import { DebianSuite } from '../../../lab/machine/debian-suite.ts';
import { findCommand, requireCommands } from '../../../lab/machine/packages.ts';
import { madePackages, run } from './made.ts';

const machines = [
  {
    architecture: 'arm64',
    qemu: 'qemu-aarch64-static',
    suite: 'bookworm',
    packages: ['libstdc++6', 'libgcc-s1', 'dash'],
  },
  // Debian 13's Node, since none ships for it.
  { architecture: 'armhf', qemu: 'qemu-arm-static', suite: 'trixie', packages: ['nodejs', 'zstd', 'dash'] },
] as const;

for (const { architecture, qemu, suite, packages } of machines) {
  describe(`the agent's package for ${architecture}, its programs run by qemu`, () => {
    const root = mkdtempSync(path.join(tmpdir(), 'towline-foreign-'));
    after(() => rmSync(root, { recursive: true, force: true }));
    const inside = (...command: string[]) =>
      spawnSync('chroot', [root, '/qemu', ...command], {
        encoding: 'utf8',
        env: { PATH: '/usr/sbin:/usr/bin:/bin', HOME: '/' },
        timeout: 600_000,
      });

    test('agent, command and self-test run on the Node that it asks for', () => {
      requireCommands([qemu]);
      const base = cachedFolder(`foreign-${suite}-${architecture}`, (made, scratch) => {
        new DebianSuite(suite, scratch, architecture).unpackWithNeeds(packages, made);
      });
      run('cp', ['-a', `${base}/.`, root]);
      // Where packages have all below /usr.
      for (const name of ['bin', 'lib'])
        if (!existsSync(path.join(root, name))) symlinkSync(`usr/${name}`, path.join(root, name));
      const folder = madePackages(architecture);
      const deb = readdirSync(folder).find(
        name => name.startsWith('towline-agent_') && name.endsWith(`_${architecture}.deb`),
      );
      run('dpkg', ['-x', path.join(folder, deb ?? ''), root]);
      mkdirSync(path.join(root, 'dev'), { recursive: true });
      for (const device of ['null', 'urandom', 'random'])
        run('cp', ['-a', `/dev/${device}`, path.join(root, 'dev')]);
      mkdirSync(path.join(root, 'proc'), { recursive: true });
      copyFileSync(findCommand(qemu) ?? '', path.join(root, 'qemu'));
      run('chmod', ['755', path.join(root, 'qemu')]);

      const node = architecture === 'armhf' ? '/usr/bin/node' : '/usr/lib/towline/node';
      const program = (name: string) => [node, `/usr/lib/towline/${name}.js`];
      const version = inside(node, '-p', 'process.versions.node + " " + process.arch');
      assert.match(
        version.stdout,
        architecture === 'armhf' ? /^(?:20\.19|2[2-9]).* arm$/m : /^24\..* arm64$/m,
        version.stderr,
      );
      const help = inside(...program('agent'), '--help');
      assert.match(help.stdout, /^usage: towline agent/, help.stderr);
      assert.equal(inside(...program('towline'), '--version').stdout, '0.1.0\n');
      // It reads the configuration first, and says that there is none.
      const tested = inside(...program('agent'), 'self-test', '--config', '/etc/towline/agent.yaml');
      assert.match(tested.stderr, /AGENT_CONFIG/);
      const addons = readdirSync(path.join(root, 'usr/lib/towline')).filter(name =>
        /^ssh.*\.node$/.test(name),
      );
      assert.deepEqual(addons, architecture === 'armhf' ? [] : ['sshcrypto-linux-arm64.node']);
      for (const name of addons) {
        const loaded = inside(node, '-p', `typeof require('/usr/lib/towline/${name}').GenericCipher`);
        assert.match(loaded.stdout, /function/, loaded.stderr);
      }
    });
  });
}
