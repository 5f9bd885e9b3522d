/** Into a system that is not running: what is put where, upgraded, taken off, and left alone. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { requireCommands } from '../../../lab/machine/packages.ts';
import { type Done, linkOf, runsOn, StandIn, type Version, versionsOn } from './stand-in.ts';

describe('install.sh into the root of a system', () => {
  let made: StandIn;
  let one: Version;
  let two: Version;
  const into = (root: string, version: Version, ...words: string[]): Done =>
    made.run(version, ['--from', made.folder, '--root', root, ...words]);
  const good = (done: Done): Done => {
    assert.equal(done.status, 0, done.stderr);
    return done;
  };
  const leave = (root: string, ...words: string[]): Done =>
    made.run(two, ['--uninstall', '--root', root, ...words]);
  const wants = (root: string): string[] =>
    readdirSync(path.join(root, 'etc/systemd/system/multi-user.target.wants')).sort();

  before(() => {
    requireCommands(['systemd-sysusers', 'systemctl']);
    made = new StandIn();
    one = made.version('one');
    two = made.version('two');
  });
  after(() => made[Symbol.dispose]());

  test('puts programs, unit and user in place; once more upgrades, an older one goes back, the same repairs', () => {
    const root = made.root('device');
    const first = good(into(root, one));
    assert.match(first.stdout, /^Installed one\. Next: towline agent enroll --token-file FILE/);
    const unit = readFileSync(path.join(root, 'etc/systemd/system/towline-agent.service'), 'utf8');
    const shipped = path.join(import.meta.dirname, '../../../deploy/systemd/towline-agent.service');
    const start = (text: string) => /^ExecStart=(\S+)/m.exec(text)?.[1] ?? '';
    assert.match(start(unit), /^\/usr\/lib\/towline\//);
    assert.deepEqual(unit.split('\n').length, readFileSync(shipped, 'utf8').split('\n').length);
    assert.deepEqual(wants(root), ['towline-agent.service']);
    const passwd = readFileSync(path.join(root, 'etc/passwd'), 'utf8');
    assert.doesNotMatch(passwd, /towline-gateway/);
    const [, uid] = /^towline:[^:]*:([0-9]+):/m.exec(passwd) ?? [];
    const state = statSync(path.join(root, 'var/lib/towline'));
    assert.deepEqual([state.mode & 0o777, `${state.uid}`], [0o750, uid]);
    // What sshd asks, as whom: it reads by the agent's group, and owns nothing.
    const command = statSync(path.join(root, 'usr/lib/towline/authorized-keys'));
    assert.deepEqual([command.mode & 0o777, command.uid], [0o755, process.getuid?.()]);
    assert.match(passwd, /^towline-keys:[^:]*:\d+:\d+:[^:]*:\/:\S*nologin$/m);
    assert.match(readFileSync(path.join(root, 'etc/group'), 'utf8'), /^towline:[^:]*:\d+:towline-keys$/m);
    const [, page = ''] = /^Documentation=file:\/\/(.*)$/m.exec(unit) ?? [];
    assert.ok(page !== '' && existsSync(path.join(root, 'usr/lib/towline/doc', path.basename(page))), page);

    writeFileSync(path.join(root, 'etc/towline/agent.yaml'), 'kept\n');
    for (const version of [two, one, one, one, two]) {
      writeFileSync(path.join(root, 'usr/lib/towline/stale.js'), '');
      assert.equal(good(into(root, version)).stdout, `Upgraded to ${version.name}.\n`);
      assert.equal(runsOn(root), version.name);
      assert.equal(versionsOn(root).length, 1);
      assert.ok(!existsSync(path.join(root, 'usr/lib/towline/stale.js')));
    }
    assert.equal(readFileSync(path.join(root, 'etc/towline/agent.yaml'), 'utf8'), 'kept\n');
  });

  test('a folder of an installation before there were links gives way to one', () => {
    const root = made.root('older');
    mkdirSync(path.join(root, 'usr/lib/towline'), { recursive: true });
    writeFileSync(path.join(root, 'usr/lib/towline/agent.js'), '');
    mkdirSync(path.join(root, 'usr/share/doc/towline'), { recursive: true });
    good(into(root, one));
    assert.equal(runsOn(root), 'one');
    assert.deepEqual(readdirSync(path.join(root, 'usr/lib')).sort(), ['towline', 'towline.d']);
    assert.deepEqual(readdirSync(path.join(root, 'usr/share/doc')), ['towline']);
  });

  test('without a part for Node, or with --node, the machine’s own is taken, which has to be there', () => {
    const root = made.root('own-node');
    const three = made.version('three', { without: ['node'] });
    const missing = into(root, three);
    assert.equal(missing.status, 5);
    assert.match(missing.stderr, /there is no \/usr\/bin\/node here/);
    assert.ok(!existsSync(path.join(root, 'usr/lib')));
    writeFileSync(path.join(root, 'usr/bin/node'), '', { mode: 0o755 });
    good(into(root, three));
    good(into(root, one, '--node', '/usr/bin/node'));
    assert.equal(readdirSync(path.join(root, 'usr/lib/towline')).includes('node'), true);
    for (const wrong of ['node', '/usr/bin/no de', '/usr/bin/`id`'])
      assert.equal(into(root, one, '--node', wrong).status, 2, wrong);
  });

  test('a system of another kind of machine has no parts here, whatever this machine is', () => {
    const root = made.root('other');
    const shell = Buffer.from(readFileSync(path.join(root, 'bin/sh')));
    for (const [kind, machine] of [
      [1, 40],
      [2, 243],
      [1, 3],
    ] as const) {
      shell[4] = kind;
      shell[18] = machine;
      writeFileSync(path.join(root, 'bin/sh'), shell);
      const refused = into(root, one);
      assert.equal(refused.status, 5, refused.stdout);
      assert.match(refused.stderr, /there is no Towline one for (linux\/arm\/v7|none)/);
    }
    assert.ok(!existsSync(path.join(root, 'usr/lib')));
  });

  test("with --gateway it puts the gateway in place, with a user and a folder that are nobody else's", () => {
    const root = made.root('gateway');
    const done = good(into(root, one, '--gateway'));
    assert.match(done.stdout, /^Installed one\. Next: towline gateway init/);
    assert.deepEqual(wants(root), ['towline-gateway.service']);
    const units = path.join(root, 'etc/systemd/system');
    assert.ok(!existsSync(path.join(units, 'towline-agent.service')));
    const unit = readFileSync(path.join(units, 'towline-gateway.service'), 'utf8');
    assert.match(
      unit,
      /^ExecStart=\/usr\/lib\/towline\/(node|launch) .*--config \/etc\/towline\/gateway\.yaml/m,
    );
    const passwd = readFileSync(path.join(root, 'etc/passwd'), 'utf8');
    assert.match(passwd, /^towline-gateway:/m);
    assert.doesNotMatch(passwd, /^towline(-keys)?:/m);
    assert.equal(statSync(path.join(root, 'var/lib/towline-gateway')).mode & 0o777, 0o700);
    const without = made.version('bare', { without: ['gateway'] });
    assert.equal(into(root, without, '--gateway').status, 5);
  });

  test('a machine that is both has both upgraded, and neither taken away', () => {
    const root = made.root('both');
    for (const role of [['--gateway'], []]) good(into(root, one, ...role));
    const bare = made.version('bare', { without: ['gateway'] });
    const refused = into(root, bare);
    assert.equal(refused.status, 5);
    assert.match(refused.stderr, /this machine has the gateway, too/);
    good(into(root, two));
    assert.deepEqual(wants(root), ['towline-agent.service', 'towline-gateway.service']);
    assert.match(readFileSync(path.join(root, 'usr/lib/towline/gateway.js'), 'utf8'), /two/);
    for (const user of ['towline', 'towline-gateway'])
      assert.ok(existsSync(path.join(root, `etc/sysusers.d/${user}.conf`)), user);
  });

  test('a second agent has a unit, a folder and a configuration of its own, and goes by itself', () => {
    const root = made.root('two');
    good(into(root, one));
    good(into(root, one, '--instance', 'night'));
    assert.deepEqual(wants(root), ['towline-agent.service', 'towline-agent@night.service']);
    const at = (file: string) => path.join(root, file);
    const [state, second] = [statSync(at('var/lib/towline')), statSync(at('var/lib/towline-night'))];
    assert.deepEqual([second.uid, second.mode & 0o777], [state.uid, 0o750]);
    for (const name of [
      'agent',
      'gateway',
      'first',
      'logins',
      'Night',
      '../x',
      'a-b',
      '1a',
      'a'.repeat(17),
      '',
    ])
      assert.equal(into(root, one, '--instance', name).status, 2, name);
    writeFileSync(at('etc/towline/agent.yaml'), 'kept\n');
    writeFileSync(at('etc/towline/night.yaml'), 'gone\n');
    const gone = good(leave(root, '--remove-state', '--instance', 'night'));
    assert.match(gone.stdout, /The programs stay: towline-agent/);
    assert.ok(!existsSync(at('var/lib/towline-night')) && !existsSync(at('etc/towline/night.yaml')));
    assert.ok(!existsSync(at('etc/systemd/system/towline-agent@.service')));
    assert.equal(readFileSync(at('etc/towline/agent.yaml'), 'utf8'), 'kept\n');
    assert.match(readFileSync(at('etc/passwd'), 'utf8'), /^towline:/m);
    good(into(root, one, '--instance', 'night'));
    good(leave(root, '--remove-state'));
    assert.ok(existsSync(at('usr/bin/towline')) && existsSync(at('var/lib/towline-night')));
    assert.match(readFileSync(at('etc/passwd'), 'utf8'), /^towline:/m);
    good(leave(root, '--remove-state', '--instance', 'night'));
    assert.doesNotMatch(readFileSync(at('etc/passwd'), 'utf8'), /^towline/m);
    assert.ok(!existsSync(at('usr/bin/towline')) && !existsSync(at('usr/lib/towline.d')));
  });

  test('--uninstall takes off what was put there, keeps or removes the state as it is told, and runs twice', () => {
    const root = made.root('leaving');
    for (const role of [['--gateway'], []]) good(into(root, two, ...role));
    const at = (file: string) => path.join(root, file);
    for (const file of ['etc/towline/agent.yaml', 'etc/towline/gateway.yaml', 'var/lib/towline/time'])
      writeFileSync(at(file), 'kept\n');
    // Not this very machine: a variable that was not set.
    assert.match(made.run(two, ['--uninstall', '--root', '']).stderr, /--root needs a folder/);
    for (const wrong of [[], ['--keep-state', '--remove-state'], ['--keep-state', '--from', '/']])
      assert.equal(leave(root, ...wrong).status, 2, wrong.join(' '));
    assert.equal(into(root, two, '--keep-state').status, 2);
    const unit = (role: string) => at(`etc/systemd/system/towline-${role}.service`);
    assert.ok(existsSync(unit('agent')));
    for (const _time of [1, 2]) {
      const kept = good(leave(root, '--keep-state'));
      assert.match(kept.stdout, /The programs stay: towline-gateway of this machine needs them/);
      assert.match(
        kept.stdout,
        /Kept: \/var\/lib\/towline.*Containers, networks, volumes and images were left alone/s,
      );
      assert.ok(!existsSync(unit('agent')) && existsSync(unit('gateway')));
      assert.deepEqual(wants(root), ['towline-gateway.service']);
      assert.equal(readFileSync(at('etc/towline/agent.yaml'), 'utf8'), 'kept\n');
      assert.match(readFileSync(at('etc/passwd'), 'utf8'), /^towline:/m);
    }
    for (const _time of [1, 2]) {
      good(leave(root, '--remove-state'));
      assert.ok(!existsSync(at('var/lib/towline')) && !existsSync(at('etc/towline/agent.yaml')));
      assert.doesNotMatch(readFileSync(at('etc/passwd'), 'utf8'), /^towline(-keys)?:/m);
      assert.match(readFileSync(at('etc/passwd'), 'utf8'), /^towline-gateway:/m);
    }
    assert.doesNotMatch(good(leave(root, '--gateway', '--remove-state')).stdout, /Containers/);
    const left = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file =>
      /towline/.test(file),
    );
    assert.deepEqual(left, []);
  });

  test('--uninstall of half an installation takes what is there; state that lies elsewhere is named, and nothing begun', () => {
    const root = made.root('half');
    const at = (file: string) => path.join(root, file);
    const begun = [
      'usr/bin/towline.new',
      'etc/sysusers.d/towline.conf.new',
      'usr/lib/towline.d/0.new/agent.js',
    ];
    for (const file of [...begun, 'etc/towline/agent.yaml', 'data/towline/keys/tls.key']) {
      mkdirSync(path.dirname(at(file)), { recursive: true });
      writeFileSync(at(file), "stateDirectory: '/data/towline/' # the big disk\n");
    }
    const named = leave(root, '--remove-state');
    assert.equal(named.status, 1);
    assert.match(named.stderr, /agent\.yaml has its state in \/data\/towline: remove that/);
    assert.ok(begun.every(file => existsSync(at(file))));
    rmSync(at('data/towline'), { recursive: true });
    writeFileSync(at('etc/towline/forge_ed25519'), '');
    writeFileSync(at('etc/passwd'), 'towline:x:999:999::/:/bin/false\n');
    // As rm does with a folder that a disk is mounted at.
    mkdirSync(at('var/lib/towline/keys'), { recursive: true });
    mkdirSync(at('fake'));
    const busy = '/bin/rm "$@"; case "$2" in */var/lib/towline) mkdir "$2"; exit 1 ;; esac';
    writeFileSync(at('fake/rm'), `#!/bin/sh\n${busy}\n`, { mode: 0o755 });
    const left = made.run(two, ['--uninstall', '--remove-state', '--root', root], {
      environment: { PATH: `${at('fake')}:${process.env.PATH}` },
    });
    assert.equal(left.status, 0, left.stderr);
    assert.match(left.stdout, /Left in \/etc\/towline.*: forge_ed25519/);
    assert.match(left.stdout, /The user "towline" stays/);
    for (const file of begun) assert.ok(!existsSync(at(file)), file);
    assert.ok(!existsSync(at('etc/towline/agent.yaml')));
  });

  test('an image whose links lead out of it is left alone, and so is what they lead to', () => {
    const outside = path.join(made.folder, 'outside');
    const trap = path.join(outside, 'lib/towline/keys');
    mkdirSync(trap, { recursive: true });
    for (const [place, target] of [
      ['var', outside],
      ['etc/systemd', outside],
      ['etc/towline', outside],
      ['usr/lib', `${outside}/lib`],
      ['var/lib/towline', `${outside}/lib/towline`],
      ['usr/lib/towline.d', '../../../outside'],
      ['etc/systemd/system/towline-agent.service.d', outside],
      ['var/cache/towline-install', outside],
      ['var/lib/towline-first-boot', outside],
      ['etc/sysusers.d', '/nowhere/at/all'],
      ['etc/passwd', '/etc/passwd'],
    ] as const) {
      const root = made.root(`links-${place.replaceAll('/', '-')}`);
      mkdirSync(path.dirname(path.join(root, place)), { recursive: true });
      symlinkSync(target, path.join(root, place));
      for (const refused of [into(root, one), leave(root, '--remove-state')]) {
        assert.equal(refused.status, 1, `${place}: ${refused.stdout}`);
        assert.match(refused.stderr, /(leads out of|is no folder|is a link).*nothing was done/, place);
      }
      assert.deepEqual(readdirSync(outside), ['lib']);
      assert.deepEqual(readdirSync(path.join(outside, 'lib')), ['towline']);
      assert.ok(existsSync(trap));
    }
    const inside = made.root('links-inside');
    mkdirSync(path.join(inside, 'data/lib'), { recursive: true });
    symlinkSync('data', path.join(inside, 'var'));
    good(into(inside, one));
    assert.equal(linkOf(inside).startsWith('towline.d/'), true);
    good(leave(inside, '--remove-state'));
  });

  test('an image has no keys: its devices make them when they boot first', () => {
    const root = made.root('image');
    const image = (...words: string[]) =>
      made.run(two, ['--from', made.folder, '--image-root', root, ...words]);
    assert.match(good(image()).stdout, /towline-token on its boot partition/);
    assert.deepEqual(wants(root), ['towline-agent.service', 'towline-first-boot.service']);
    assert.deepEqual(readdirSync(path.join(root, 'var/lib/towline')), []);
    assert.deepEqual(readdirSync(path.join(root, 'etc/towline')), []);
    assert.equal(statSync(path.join(root, 'var/lib/towline-first-boot')).mode & 0o777, 0o700);
    assert.equal(made.run(two, ['--from', made.folder, '--image-root', '/']).status, 2);
    assert.equal(image('--enroll').status, 2);
    for (const key of ['var/lib/towline/keys', 'etc/towline/agent.yaml']) {
      mkdirSync(path.join(root, key));
      const refused = image();
      assert.equal(refused.status, 1);
      assert.match(refused.stderr, /all devices of this image would be one/);
      rmSync(path.join(root, key), { recursive: true });
    }
    good(leave(root, '--remove-state'));
    const left = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(file =>
      /towline/.test(file),
    );
    assert.deepEqual(left, []);
  });

  test('what apt has installed is apt’s', () => {
    const root = made.root('debian');
    mkdirSync(path.join(root, 'var/lib/dpkg/info'), { recursive: true });
    writeFileSync(path.join(root, 'var/lib/dpkg/info/towline-agent.list'), '');
    const refused = into(root, one);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /upgrade it by apt/);
  });
});
