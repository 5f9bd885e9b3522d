/** The launcher by itself, in the shells that devices have: what it starts, and how it finds back. In place of Node a script says what was started. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { requireCommands } from '../../lab/machine/packages.ts';

const launch = path.resolve(import.meta.dirname, '../../deploy/launch');
const node = `#!/bin/sh
[ -z "\${HANG-}" ] || exec sleep 60
echo "\${TOWLINE_SLOT-none} $*"
exit "\${CODE:-0}"
`;

let folder = '';
let shell: readonly string[] = ['sh'];
/** Where programs are looked for. */
let programs = process.env.PATH;
const at = (...names: string[]) => path.join(folder, ...names);
const versions = (name: string) => at('state/versions', name);

function text(name: string): string | undefined {
  return existsSync(versions(name)) ? readFileSync(versions(name), 'utf8').trim() : undefined;
}

function slot(name: string, content = 'run();\n'): void {
  mkdirSync(versions(name), { recursive: true });
  writeFileSync(path.join(versions(name), 'agent.js'), content);
  writeFileSync(path.join(versions(name), 'towline.js'), '');
  const sha256 = createHash('sha256').update('run();\n').digest('hex');
  const file = { version: '1', digest: 'sha256:0', stateFormat: 1, parts: {}, files: { 'agent.js': sha256 } };
  writeFileSync(path.join(versions(name), 'slot.json'), `${JSON.stringify(file, undefined, 2)}\n`);
}

const current = (name: string) => symlinkSync(name, versions('current'));
const trying = (line: string) => writeFileSync(versions('trying'), `${line}\n`);
const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

function run(verb: string, env: NodeJS.ProcessEnv = {}, words = ['--config', at('agent.yaml')]) {
  const [command = 'sh', ...first] = shell;
  const { status, stdout, stderr } = spawnSync(command, [...first, at('package/launch'), verb, ...words], {
    ...{ encoding: 'utf8', timeout: 20_000 },
    env: { PATH: programs, ...env },
  });
  return { status, started: stdout.split(' ')[0], words: stdout, said: stderr };
}

/** What is started, and ends with this code; then what systemd says of the end. */
function start(code = 0, result = code === 0 ? 'success' : 'exit-code'): string | undefined {
  const { started } = run('agent', { CODE: String(code) });
  run('stopped', { SERVICE_RESULT: result });
  return started;
}

before(() => requireCommands(['dash', 'busybox']));
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'towline launch-'));
  mkdirSync(at('package'));
  mkdirSync(at('state/versions'), { recursive: true });
  copyFileSync(launch, at('package/launch'));
  writeFileSync(at('package/node'), node);
  chmodSync(at('package/node'), 0o755);
  writeFileSync(
    at('agent.yaml'),
    `apiVersion: towline/v1\nstateDirectory: "${at('state')}" # ours\nfleet: acme\n`,
  );
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const name of ['dash', 'busybox']) {
  describe(`in ${name}:`, () => {
    let applets = '';
    before(() => {
      shell = name === 'busybox' ? ['busybox', 'sh'] : [name];
      programs = process.env.PATH;
      if (name !== 'busybox') return;
      // Nothing but what such a machine has.
      applets = mkdtempSync(path.join(tmpdir(), 'towline-applets-'));
      spawnSync('busybox', ['--install', '-s', applets]);
      shell = [path.join(applets, 'sh')];
      programs = applets;
    });
    after(() => rmSync(applets, { recursive: true, force: true }));

    test('what a package brought runs where nothing was brought, with Node’s options and its words', () => {
      const { status, words } = run('agent', { CODE: '75' });
      assert.equal(status, 75);
      const program = at('package/agent.js');
      assert.equal(words, `0 --max-semi-space-size=1 --expose-gc ${program} --config ${at('agent.yaml')}\n`);
    });

    test('what was committed runs, and by its own Node where it has one', () => {
      slot('1.0-a');
      current('1.0-a');
      assert.equal(start(), '1.0-a');
      writeFileSync(path.join(versions('1.0-a'), 'node'), '#!/bin/sh\necho "own $*"\n', { mode: 0o755 });
      assert.equal(start(), 'own');
    });

    test('a stateDirectory that is written in another way is not taken for that of another agent', () => {
      writeFileSync(at('package/node'), '#!/bin/sh\necho "$TOWLINE_VERSIONS"\n');
      for (const text of ['"stateDirectory": /x', '{ stateDirectory: /x }', 'stateDirectory : /x']) {
        writeFileSync(at('agent.yaml'), `# stateDirectory: /y\n${text}\n`);
        assert.equal(run('agent').words, '/nonexistent/versions\n', text);
      }
    });

    test('the package is named by its link, which leads to another folder after an upgrade', () => {
      renameSync(at('package'), at('package.1'));
      symlinkSync('package.1', at('package'));
      writeFileSync(at('package/node'), '#!/bin/sh\necho "$TOWLINE_PACKAGE;$3"\n');
      assert.equal(run('agent').words, `${at('package')};${at('package.1/agent.js')}\n`);
    });

    test('a pipe, a folder or a huge file in place of a line keeps nobody from starting', () => {
      const names = ['trying', 'fell-back', 'failed', 'current'];
      slot('1.0-a');
      const rest = () => {
        for (const name of names) rmSync(versions(name), { recursive: true, force: true });
        current('1.0-a');
      };
      for (const name of names) {
        rest();
        rmSync(versions(name), { force: true });
        spawnSync('mkfifo', [versions(name)]);
        if (name === 'fell-back') trying('1.0-b 1.0-a 0 0 =');
        assert.equal(start(), name === 'current' ? '0' : '1.0-a', `${name}: a pipe`);
        rest();
        rmSync(versions(name), { force: true });
        mkdirSync(versions(name));
        assert.equal(start(1), name === 'current' ? '0' : '1.0-a', `${name}: a folder`);
        rest();
        rmSync(versions(name), { force: true });
        writeFileSync(versions(name), Buffer.alloc(32 * 1024 * 1024, 'x '));
        assert.equal(start(), name === 'current' ? '0' : '1.0-a', `${name}: huge`);
      }
      rest();
      rmSync(path.join(versions('1.0-a'), 'slot.json'));
      spawnSync('mkfifo', [path.join(versions('1.0-a'), 'slot.json')]);
      writeFileSync(versions('failed'), '1.0-a\n');
      assert.equal(start(), '0');
    });

    test('a slot that is not whole gives way to the package’s, which says so once', () => {
      slot('1.0-a');
      current('1.0-a');
      rmSync(path.join(versions('1.0-a'), 'slot.json'));
      assert.equal(start(), '0');
      assert.equal(text('fell-back'), '1.0-a damaged');
      assert.ok(!existsSync(versions('current')));
    });

    test('after a fault the files of what was committed are compared: damaged ones give way, others are started again', () => {
      slot('1.0-a');
      current('1.0-a');
      assert.equal(start(1), '1.0-a');
      assert.equal(text('failed'), '1.0-a');
      assert.equal(start(1), '1.0-a');
      writeFileSync(path.join(versions('1.0-a'), 'agent.js'), 'run(');
      assert.equal(start(), '0');
      assert.equal(text('fell-back'), '1.0-a damaged');
      assert.equal(text('failed'), undefined);
    });

    test('a version on trial is started three times, then the one before, and the agent is told', () => {
      slot('1.0-a');
      slot('2.0-b');
      current('1.0-a');
      trying('2.0-b 1.0-a 0 0 =');
      assert.deepEqual(
        [start(1), start(1), start(1), start(), start()],
        ['2.0-b', '2.0-b', '2.0-b', '1.0-a', '1.0-a'],
      );
      assert.equal(text('fell-back'), '2.0-b crashed');
      assert.equal(text('trying'), undefined);
    });

    test('power that is cut is no crash; after eight starts it is over all the same', () => {
      slot('2.0-b');
      trying('2.0-b 0 0 0 =');
      for (let starts = 1; starts <= 8; starts += 1) {
        assert.equal(run('agent').started, '2.0-b');
        assert.equal(text('trying'), `2.0-b 0 0 ${starts} ${boot}`);
        trying(`2.0-b 0 0 ${starts} another-boot`);
      }
      assert.equal(run('agent').started, '0');
      assert.equal(text('fell-back'), '2.0-b cut');
    });

    test('one that was stopped in order has not failed; one that hung is not tried again', () => {
      slot('2.0-b');
      trying('2.0-b 0 0 0 =');
      // Whoever hung on its way out before the first start of the trial is the one before.
      run('stopped', { SERVICE_RESULT: 'watchdog' });
      for (let times = 0; times < 5; times += 1) assert.equal(start(), '2.0-b');
      assert.equal(start(1, 'watchdog'), '2.0-b');
      assert.equal(text('fell-back'), '2.0-b hung');
      assert.equal(start(), '0');
    });

    test('one that does not end its trial by itself is ended', { timeout: 60_000 }, async () => {
      slot('2.0-b');
      trying('2.0-b 0 0 0 =');
      const [command = 'sh', ...first] = shell;
      const words = [...first, at('package/launch'), 'agent', '--config', at('agent.yaml')];
      const env = { PATH: programs, HANG: 'yes', TOWLINE_TRIAL_SECONDS: '1' };
      const child = spawn(command, words, { stdio: 'ignore', env });
      const signal = await new Promise(resolve => child.once('exit', (_code, by) => resolve(by)));
      assert.equal(signal, 'SIGKILL');
      assert.equal(text('fell-back'), '2.0-b late');
      assert.equal(start(), '0');
    });

    test('a trial that was decided is over: it stays, or the one before runs', () => {
      slot('1.0-a');
      slot('2.0-b');
      current('2.0-b');
      trying('2.0-b 1.0-a 2 3 =');
      assert.equal(start(), '2.0-b');
      assert.equal(text('trying'), undefined);
      rmSync(versions('current'));
      current('1.0-a');
      trying('2.0-b 1.0-a 0 1 =');
      writeFileSync(versions('fell-back'), '2.0-b silent\n');
      assert.equal(start(), '1.0-a');
      assert.equal(text('trying'), undefined);
      assert.equal(text('fell-back'), '2.0-b silent');
    });

    test('back to what the package brought is a trial, too', () => {
      slot('1.0-a');
      current('1.0-a');
      trying('0 1.0-a 0 0 =');
      assert.deepEqual([start(1), start(1), start(1), start()], ['0', '0', '0', '1.0-a']);
    });

    test('a trial that cannot be counted is none', () => {
      slot('2.0-b');
      trying('2.0-b 0 0 0 =');
      const full = versions('.trying.launch');
      // What cannot be written in place of a disk that is full: root may write anywhere else.
      mkdirSync(full);
      assert.equal(run('agent').started, '0');
      assert.equal(text('trying'), undefined);
      assert.equal(text('fell-back'), undefined);
    });

    test('lines and links that nobody of ours has written lead nowhere', () => {
      slot('1.0-a');
      const strange = [
        '../../package 0 0 0 =',
        '* 0 0 0 =',
        '$(touch /tmp/x) 0',
        '',
        '2.0-b',
        '.x 0 0 0 =',
        '0 0',
      ];
      for (const line of strange) {
        trying(line);
        assert.equal(start(), '0', line);
      }
      assert.equal(text('trying'), undefined, 'nobody has to look at it once more');
    });

    test('a link that leads out of the folder is none', () => {
      for (const target of ['../..', '/etc', '.', '1.0-a/../1.0-a']) {
        slot('1.0-a');
        symlinkSync(target, versions('current'));
        assert.equal(start(), '0', target);
        rmSync(versions('current'), { force: true });
      }
    });

    test('the command is the slot’s where it can be read, and the package’s for a gateway', () => {
      const state = at('state');
      const config = `stateDirectory: ${state}\n`;
      assert.ok(config.includes(' '), 'a path with a space');
      writeFileSync(at('agent.yaml'), config);
      assert.equal(run('agent').started, '0');
      const { words } = run('towline', {}, ['help']);
      assert.equal(words, `none ${at('package/towline.js')} help\n`);
      assert.equal(run('nothing').status, 2);
    });
  });
}
