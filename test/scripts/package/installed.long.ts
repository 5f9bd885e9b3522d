import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type GpgKey, makeGpgKey } from '../../../lab/rig/keys.ts';
import { bareRoot, EnteredRoot } from '../../../lab/root/bare-root.ts';
import { makeAptRepository } from '../../../scripts/package/apt-repository.ts';
import { Signer } from '../../../scripts/package/signer.ts';
import { madePackages } from './made.ts';
import { standInDebs } from './stand-in-debs.ts';

const epochSeconds = 1_790_000_000;

for (const suite of ['bookworm', 'trixie'] as const) {
  describe(`the packages on a bare Debian, ${suite}`, () => {
    let folder: string;
    let key: GpgKey;
    let machine: EnteredRoot;
    const type = (line: string): string => {
      const { code, said } = machine.type(line);
      assert.equal(code, 0, `${line}: ${said}`);
      return said;
    };
    const is = (line: string): boolean => machine.type(`test ${line}`).code === 0;
    const install = (what: string) =>
      type(`apt-get install -y -q --no-install-recommends --allow-downgrades ${what}`);

    before(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'towline-installed-'));
      key = await makeGpgKey();
      const kept = process.env.GNUPGHOME;
      process.env.GNUPGHOME = key.home;
      try {
        const signer = new Signer(key.fingerprint);
        cpSync(path.join(madePackages('amd64'), 'apt'), path.join(folder, 'apt'), { recursive: true });
        const release = path.join(folder, 'apt/dists/stable/Release');
        signer.clearSign(release, path.join(folder, 'apt/dists/stable/InRelease'));
        const newer = await standInDebs(folder, '0.2.0', '#!/bin/sh\necho stand-in of 0.2.0\n');
        makeAptRepository(path.join(folder, 'newer'), newer, epochSeconds, signer);
      } finally {
        if (kept === undefined) delete process.env.GNUPGHOME;
        else process.env.GNUPGHOME = kept;
      }
      machine = new EnteredRoot(bareRoot(suite), path.join(folder, 'machine'));
      machine.bind(path.join(folder, 'apt'), '/srv/apt');
      machine.bind(path.join(folder, 'newer'), '/srv/newer');
    });
    after(async () => {
      machine.leave();
      await key.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    test('apt takes them from a folder whose key it was given, and from no other', () => {
      const source = (name: string, options: string) =>
        type(`echo 'deb ${options} file:/srv/${name} stable main' > /etc/apt/sources.list.d/${name}.list`);
      source('apt', '');
      assert.notEqual(
        machine.type(
          'apt-get update -q 2>&1 | grep -q "^[WE]:.*not signed\\|^[WE]:.*NO_PUBKEY\\|^E:" && exit 1',
        ).code,
        0,
      );
      type('install -D -m 644 /srv/newer/towline.asc /etc/apt/keyrings/towline.asc');
      source('apt', '[signed-by=/etc/apt/keyrings/towline.asc]');
      type('apt-get update -q');
      install('towline-agent');
      assert.equal(type('towline --version'), '0.1.0\n');
      assert.match(type('/usr/lib/towline/node /usr/lib/towline/agent.js --help'), /^usage: towline agent/);
      assert.match(type('/usr/lib/towline/node --version'), /^v24\./);
      assert.equal(type('stat -c "%a %U %G" /var/lib/towline'), '750 towline towline\n');
      assert.match(type('id towline-keys'), /groups=.*\(towline\)/);
      assert.ok(is('-L /etc/systemd/system/multi-user.target.wants/towline-agent.service'));
      assert.match(type('dpkg --verify towline-agent; echo $?'), /^0$/m);
    });

    test('an upgrade replaces all programs and leaves what is of this device; a downgrade goes back the same way', () => {
      type('echo "device: pump-1" > /etc/towline/agent.yaml; echo key > /var/lib/towline/key');
      const files = (version: string) =>
        type(`dpkg -L towline-agent | sort; dpkg -s towline-agent | grep -x "Version: ${version}"`);
      const older = files('0.1.0');
      type(
        `echo 'deb [signed-by=/etc/apt/keyrings/towline.asc] file:/srv/newer stable main' > /etc/apt/sources.list.d/newer.list`,
      );
      type('apt-get update -q');
      type('apt-get install -y -q --only-upgrade towline-agent');
      files('0.2.0');
      assert.equal(type('cat /usr/lib/towline/helper.tar'), 'helper of 0.2.0\n');
      assert.equal(type('/usr/lib/towline/node'), 'stand-in of 0.2.0\n');
      assert.equal(type('cat /etc/towline/agent.yaml /var/lib/towline/key'), 'device: pump-1\nkey\n');
      install('towline-agent=0.1.0');
      assert.equal(files('0.1.0'), older);
      assert.equal(type('towline --version'), '0.1.0\n');
      assert.equal(type('cat /etc/towline/agent.yaml /var/lib/towline/key'), 'device: pump-1\nkey\n');
      // What was of the newer one alone is gone.
      assert.equal(
        type('ls /usr/lib/towline/*.js | wc -l'),
        type('dpkg -L towline-agent | grep -c "^/usr/lib/towline/[^/]*\\.js$"'),
      );
    });

    test('a gateway goes on top of the agent, or of the command, which never are there both', () => {
      install('towline-gateway=0.1.0');
      assert.ok(is('-f /usr/lib/towline/gateway.js'));
      assert.match(
        type('/usr/lib/towline/node /usr/lib/towline/gateway.js --help'),
        /^usage: towline gateway/,
      );
      assert.equal(type('stat -c "%a %U" /var/lib/towline-gateway'), '700 towline-gateway\n');
      assert.notEqual(machine.type('dpkg -s towline').code, 0);
      type('echo x > /etc/towline/gateway.yaml; echo repositories > /var/lib/towline-gateway/fleet.git');
    });

    test('removed, its programs are gone and its state stays; purged, its state goes, and nothing of the gateway', () => {
      install('towline=0.1.0');
      assert.match(type('dpkg -s towline-agent | grep ^Status'), /deinstall ok config-files/);
      assert.ok(!is('-e /usr/lib/towline/agent.js'));
      assert.ok(is('-f /usr/lib/towline/gateway.js'), 'the gateway has the command under it');
      assert.equal(type('towline --version'), '0.1.0\n');
      assert.equal(type('cat /etc/towline/agent.yaml /var/lib/towline/key'), 'device: pump-1\nkey\n');
      type('echo "device: pump-2" > /etc/towline/second.yaml; mkdir -p /var/lib/towline-second/keys');
      type('apt-get purge -y -q towline-agent');
      for (const gone of [
        '/var/lib/towline',
        '/etc/towline/agent.yaml',
        '/var/lib/towline-second',
        '/etc/towline/second.yaml',
      ])
        assert.ok(!is(`-e ${gone}`), gone);
      assert.equal(
        type('cat /etc/towline/gateway.yaml /var/lib/towline-gateway/fleet.git'),
        'x\nrepositories\n',
      );
      type('apt-get purge -y -q towline-gateway towline');
      for (const gone of ['/var/lib/towline-gateway', '/etc/towline', '/usr/lib/towline', '/usr/bin/towline'])
        assert.ok(!is(`-e ${gone}`), gone);
      assert.doesNotMatch(
        type('find / -xdev -name "*towline*" -not -path "/srv/*" -not -path "/proc/*"'),
        /systemd|bin\//,
      );
    });

    test('where install.sh has put an agent, the package is refused, and says what to do', () => {
      type('mkdir -p /usr/lib/towline.d/1; ln -s towline.d/1 /usr/lib/towline');
      const { code, said } = machine.type(
        'apt-get install -y -q --no-install-recommends towline-agent=0.1.0',
      );
      assert.notEqual(code, 0);
      assert.match(said, /install\.sh --uninstall --keep-state/);
      assert.deepEqual(type('ls -A /usr/lib/towline.d/1'), '');
    });
  });
}
