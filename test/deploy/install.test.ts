import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { asShipped } from '../../bench/as-shipped.ts';
import { requireCommands } from '../../lab/machine/packages.ts';
import { bundled } from './bundled.ts';

const deploy = path.join(import.meta.dirname, '../../deploy');

function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, ...environment } });
}

describe('deploy/install.sh', () => {
  let folder: string;
  let archive: string;
  let hash: string;
  let whole: { file: string; hash: string };
  const install = (...args: string[]) => run('sh', [path.join(deploy, 'install.sh'), ...args]);
  const makeRoot = (name: string): string => {
    const root = path.join(folder, name);
    mkdirSync(path.join(root, 'usr/bin'), { recursive: true });
    mkdirSync(path.join(root, 'etc'), { recursive: true });
    writeFileSync(path.join(root, 'usr/bin/node'), `#!/bin/sh\nexec ${process.execPath} "$@"\n`, {
      mode: 0o755,
    });
    return root;
  };

  before(async () => {
    requireCommands(['systemd-sysusers', 'systemctl']);
    folder = mkdtempSync(path.join(tmpdir(), 'towline-install-'));
    const dist = path.join(folder, 'dist');
    await bundled(dist);
    archive = path.join(folder, 'towline-device.tar.gz');
    const made = run('sh', [path.join(deploy, 'archive.sh'), archive], { TOWLINE_DIST: dist });
    assert.equal(made.status, 0, made.stderr);
    hash = made.stdout.split(' ')[0] ?? '';
    const file = path.join(folder, 'towline-gateway.tar.gz');
    const all = run('sh', [path.join(deploy, 'archive.sh'), '--gateway', file], { TOWLINE_DIST: dist });
    assert.equal(all.status, 0, all.stderr);
    whole = { file, hash: all.stdout.split(' ')[0] ?? '' };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('one line puts programs, unit and user in place, and what was put there runs', () => {
    const root = makeRoot('device');
    const first = install('--sha256', hash.toUpperCase(), '--root', root, archive);
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stdout, /Next: towline agent enroll --token-file FILE/);
    const unit = readFileSync(path.join(root, 'etc/systemd/system/towline-agent.service'), 'utf8');
    assert.match(unit, /^ExecStart=\/usr\/bin\/node .*\/usr\/lib\/towline\/agent\.js/m);
    assert.ok(existsSync(path.join(root, 'etc/systemd/system/multi-user.target.wants')));
    const passwd = readFileSync(path.join(root, 'etc/passwd'), 'utf8');
    const [, uid] = /^towline:[^:]*:([0-9]+):/m.exec(passwd) ?? [];
    assert.doesNotMatch(passwd, /towline-gateway/);
    const state = statSync(path.join(root, 'var/lib/towline'));
    assert.deepEqual(
      [state.mode & 0o777, `${state.uid}`],
      [0o750, process.getuid?.() === 0 ? uid : `${state.uid}`],
    );
    // What sshd asks, as whom: it reads by the agent's group, and owns nothing.
    const command = statSync(path.join(root, 'usr/lib/towline/authorized-keys'));
    assert.deepEqual([command.mode & 0o777, command.uid], [0o755, process.getuid?.()]);
    assert.match(passwd, /^towline-keys:[^:]*:\d+:\d+:[^:]*:\/:\S*nologin$/m);
    assert.match(readFileSync(path.join(root, 'etc/group'), 'utf8'), /^towline:[^:]*:\d+:towline-keys$/m);
    assert.match(unit, /^RuntimeDirectory=towline towline-logins$/m);
    const program = path.join(root, 'usr/lib/towline/towline.js');
    const enrolling = run(process.execPath, [program, 'agent', 'enroll', 'towline1_x']);
    assert.match(enrolling.stderr, /^ENROLMENT_TOKEN_MALFORMED/m);

    writeFileSync(path.join(root, 'etc/towline/agent.yaml'), 'kept\n');
    writeFileSync(path.join(root, 'usr/lib/towline/stale.js'), '');
    const again = install('--sha256', hash, '--root', root, '--node', '/usr/bin/node', archive);
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stdout, /^Upgraded/m);
    assert.equal(readFileSync(path.join(root, 'etc/towline/agent.yaml'), 'utf8'), 'kept\n');
    assert.ok(!existsSync(path.join(root, 'usr/lib/towline/stale.js')));
  });

  test('the installed unit starts the agent with the options and the environment of deploy/systemd, which make it small', () => {
    const root = makeRoot('small');
    const done = install('--sha256', hash, '--root', root, archive);
    assert.equal(done.status, 0, done.stderr);
    const installed = asShipped(path.join(root, 'etc/systemd/system/towline-agent.service'));
    assert.deepEqual(installed, asShipped());
    assert.ok(installed.nodeOptions.includes('--expose-gc'));
    assert.equal(installed.environment.MALLOC_ARENA_MAX, '1');
    // This Node takes them; what the archive has is the program that was measured.
    const program = path.join(root, 'usr/lib/towline/agent.js');
    const said = run(process.execPath, [...installed.nodeOptions, program, '--help'], installed.environment);
    assert.equal(said.status, 0, said.stderr);
    assert.deepEqual(readFileSync(program), readFileSync(path.join(folder, 'dist/agent.js')));
  });

  test("with --gateway it puts the gateway in place, with a user and a folder that are nobody else's", () => {
    const root = makeRoot('gateway');
    const without = install('--gateway', '--sha256', hash, '--root', root, archive);
    assert.deepEqual([without.status, without.stdout], [1, '']);
    assert.match(without.stderr, /the archive has no lib\/gateway\.js/);
    const done = install('--gateway', '--sha256', whole.hash, '--root', root, whole.file);
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /^Installed\. Next: towline gateway init/);
    const units = path.join(root, 'etc/systemd/system');
    assert.deepEqual(readdirSync(path.join(units, 'multi-user.target.wants')), ['towline-gateway.service']);
    assert.ok(!existsSync(path.join(units, 'towline-agent.service')));
    const passwd = readFileSync(path.join(root, 'etc/passwd'), 'utf8');
    assert.match(passwd, /^towline-gateway:/m);
    assert.doesNotMatch(passwd, /^towline:/m);
    assert.equal(statSync(path.join(root, 'var/lib/towline-gateway')).mode & 0o777, 0o700);
    const program = path.join(root, 'usr/lib/towline/towline.js');
    assert.match(run(process.execPath, [program, 'gateway', '--help']).stdout, /^Usage: towline gateway/);
    const gateway = run(process.execPath, [program, 'gateway', '--config', path.join(root, 'none.yaml')]);
    assert.equal(gateway.status, 2, gateway.stderr);
  });

  test('a machine that is both has both upgraded, and neither taken away', () => {
    const root = makeRoot('both');
    for (const role of [['--gateway'], []]) {
      const done = install(...role, '--sha256', whole.hash, '--root', root, whole.file);
      assert.equal(done.status, 0, done.stderr);
    }
    const refused = install('--sha256', hash, '--root', root, archive);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /this machine has the gateway, too/);
    for (const [program, user] of [
      ['agent', 'towline'],
      ['gateway', 'towline-gateway'],
    ] as const) {
      assert.ok(existsSync(path.join(root, `usr/lib/towline/${program}.js`)), program);
      assert.ok(existsSync(path.join(root, `etc/sysusers.d/${user}.conf`)), user);
      const unit = readFileSync(path.join(root, `etc/systemd/system/towline-${program}.service`), 'utf8');
      const [, page = ''] = /^Documentation=file:\/\/(.*)$/m.exec(unit) ?? [];
      assert.ok(page !== '' && existsSync(path.join(root, page)), `${program}: ${page}`);
    }
  });

  test('--uninstall takes off what was put there, keeps or removes the state as it is told, and runs twice', () => {
    const root = makeRoot('leaving');
    for (const role of [['--gateway'], []]) {
      const done = install(...role, '--sha256', whole.hash, '--root', root, whole.file);
      assert.equal(done.status, 0, done.stderr);
    }
    const at = (file: string) => path.join(root, file);
    for (const file of ['etc/towline/agent.yaml', 'etc/towline/gateway.yaml', 'var/lib/towline/time'])
      writeFileSync(at(file), 'kept\n');
    const leave = (...args: string[]) => install('--uninstall', '--root', root, ...args);
    // Not this very machine: a variable that was not set.
    assert.match(install('--uninstall', '--root', '').stderr, /--root needs a folder/);
    for (const wrong of [[], ['--keep-state', '--remove-state'], ['--keep-state', archive]])
      assert.equal(leave(...wrong).status, 2, wrong.join(' '));
    assert.equal(install('--keep-state', '--sha256', hash, '--root', root, archive).status, 2);
    const unit = (role: string) => at(`etc/systemd/system/towline-${role}.service`);
    assert.ok(existsSync(unit('agent')));
    for (const _time of [1, 2]) {
      const kept = leave('--keep-state');
      assert.equal(kept.status, 0, kept.stderr);
      assert.match(kept.stdout, /the gateway of this machine needs them/);
      assert.match(
        kept.stdout,
        /Kept: \/var\/lib\/towline.*Containers, networks, volumes and images were left alone/s,
      );
      assert.ok(!existsSync(unit('agent')) && existsSync(unit('gateway')));
      assert.ok(!existsSync(at('etc/systemd/system/multi-user.target.wants/towline-agent.service')));
      assert.ok(existsSync(at('usr/bin/towline')) && existsSync(at('usr/lib/towline/gateway.js')));
      assert.equal(readFileSync(at('etc/towline/agent.yaml'), 'utf8'), 'kept\n');
      assert.match(readFileSync(at('etc/passwd'), 'utf8'), /^towline:/m);
    }
    for (const _time of [1, 2]) {
      const removed = leave('--remove-state');
      assert.equal(removed.status, 0, removed.stderr);
      assert.ok(!existsSync(at('var/lib/towline')) && !existsSync(at('etc/towline/agent.yaml')));
      assert.doesNotMatch(readFileSync(at('etc/passwd'), 'utf8'), /^towline(-keys)?:/m);
      assert.match(readFileSync(at('etc/passwd'), 'utf8'), /^towline-gateway:/m);
    }
    const last = leave('--gateway', '--remove-state');
    assert.equal(last.status, 0, last.stderr);
    assert.doesNotMatch(last.stdout, /Containers/);
    for (const file of [
      'usr/bin/towline',
      'usr/lib/towline',
      'etc/towline',
      'var/lib/towline-gateway',
      'etc/systemd/system/towline-gateway.service',
    ])
      assert.ok(!existsSync(at(file)), file);
  });

  test('--uninstall of half an installation takes what is there; state that lies elsewhere is named, and nothing begun', () => {
    const root = makeRoot('half');
    const at = (file: string) => path.join(root, file);
    const script = path.join(deploy, 'install.sh');
    const leave = (environment: NodeJS.ProcessEnv = {}) =>
      run('sh', [script, '--uninstall', '--remove-state', '--root', root], environment);
    const begun = ['usr/bin/towline.new', 'etc/sysusers.d/towline.conf.new', 'usr/lib/towline.new/agent.js'];
    for (const file of [...begun, 'etc/towline/agent.yaml', 'data/towline/keys/tls.key']) {
      mkdirSync(path.dirname(at(file)), { recursive: true });
      writeFileSync(at(file), "stateDirectory: '/data/towline/' # the big disk\n");
    }
    mkdirSync(at('var/lib'), { recursive: true });
    symlinkSync('/data/towline', at('var/lib/towline'));
    const linked = leave();
    assert.equal(linked.status, 1);
    assert.match(linked.stderr, /\/var\/lib\/towline is a link to \/data\/towline: remove both/);
    rmSync(at('var/lib/towline'));
    const named = leave();
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
    const left = leave({ PATH: `${at('fake')}:${process.env.PATH}` });
    assert.equal(left.status, 0, left.stderr);
    assert.match(left.stdout, /Left in \/etc\/towline.*: forge_ed25519/);
    assert.doesNotMatch(readFileSync(at('etc/passwd'), 'utf8'), /^towline:/m);
    for (const file of begun) assert.ok(!existsSync(at(file)), file);
    assert.ok(!existsSync(at('etc/towline/agent.yaml')));
  });

  test('an image whose links lead out of it is left alone, and so is what they lead to', () => {
    const root = makeRoot('links');
    const outside = path.join(folder, 'outside/lib/towline/keys');
    mkdirSync(outside, { recursive: true });
    symlinkSync(path.join(folder, 'outside'), path.join(root, 'var'));
    for (const words of [
      ['--uninstall', '--remove-state'],
      ['--sha256', hash, archive],
    ]) {
      const done = install('--root', root, ...words);
      assert.equal(done.status, 1, done.stdout);
      assert.match(done.stderr, /\/var\/lib leads out of .*: nothing was done/);
    }
    assert.ok(existsSync(outside) && !existsSync(path.join(root, 'usr/lib/towline')));
    rmSync(path.join(root, 'var'));
    mkdirSync(path.join(root, 'data/lib'), { recursive: true });
    symlinkSync('data', path.join(root, 'var'));
    assert.equal(install('--root', root, '--uninstall', '--remove-state').status, 0);
  });

  test('an archive with one bit changed, none, or one by plain HTTP installs nothing', () => {
    const root = makeRoot('refused');
    const bytes = readFileSync(archive);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    const changed = path.join(folder, 'changed.tar.gz');
    writeFileSync(changed, bytes);
    const wrong = install('--sha256', hash, '--root', root, changed);
    assert.equal(wrong.status, 1);
    assert.match(wrong.stderr, /nothing was installed/);
    assert.equal(install('--root', root, archive).status, 2);
    assert.equal(install('--sha256', `${hash}0`, '--root', root, archive).status, 2);
    assert.equal(install('--sha256', hash, '--root', root, 'http://example.com/a').status, 2);
    assert.equal(install('--sha256', hash, '--root', root, '--node', '/nowhere/node', archive).status, 1);
    for (const place of ['usr/lib', 'etc/systemd', 'var'])
      assert.ok(!existsSync(path.join(root, place)), place);
  });

  test('the same files give the same archive', () => {
    const other = path.join(folder, 'again.tar.gz');
    const made = run('sh', [path.join(deploy, 'archive.sh'), other], {
      TOWLINE_DIST: path.join(folder, 'dist'),
    });
    assert.equal(made.stdout.split(' ')[0], hash);
  });

  test('the units are what systemd reads, and shut in', () => {
    requireCommands(['systemd-analyze']);
    for (const name of ['towline-agent.service', 'towline-gateway.service']) {
      const unit = path.join(deploy, 'systemd', name);
      const verified = run('systemd-analyze', ['verify', '--man=no', unit]);
      // Where programs or groups are not on this machine it says so; of the unit itself it says nothing.
      const complaints = verified.stderr
        .split('\n')
        .filter(line => line !== '' && !/not executable/.test(line));
      assert.deepEqual(complaints, []);
      const settings = [...readFileSync(unit, 'utf8').matchAll(/^\w+=/gm)].map(([name]) => name);
      const lists = ['SystemCallFilter=', 'After=', 'Environment='];
      const twice = settings.filter(
        (setting, at) => settings.indexOf(setting) !== at && !lists.includes(setting),
      );
      assert.deepEqual(twice, []);
    }
  });
});
