import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { type GpgKey, makeGpgKey, makeSshKey, type SshKey } from '../../lab/rig/keys.ts';
import { pack } from '../../scripts/bundle/package.ts';
import { bundled } from './bundled.ts';

const root = path.resolve(import.meta.dirname, '../..');

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** How the CI jobs of a fleet install it. */
const installLine = 'npm install --global "$TOWLINE_PACKAGE"';
const jobs = ['.github/workflows/towline.yaml', '.gitea/workflows/towline.yaml', '.gitlab-ci.yml'];

describe('the package that npm run bundle makes, installed by npm on a bare Node', () => {
  let folder: string;
  let madeIn: string;
  let tarball: string;
  let installed: string;
  let fleet: string;
  let keys: { gpg: GpgKey; ssh: SshKey };
  let environment: Record<string, string>;
  const run = (command: string, args: readonly string[], cwd = folder) =>
    spawnSync(command, args, { cwd, env: environment, encoding: 'utf8', timeout: 60_000 });
  const succeed = (command: string, args: readonly string[], cwd = folder): string => {
    const { status, stdout, stderr, error } = run(command, args, cwd);
    assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}${error ?? ''}`);
    return stdout;
  };
  const towline = (...args: string[]) => succeed('towline', args, fleet);

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'towline-package-'));
    const dist = path.join(folder, 'dist');
    madeIn = await bundled(dist);
    tarball = pack(dist, folder);
    // A bundle is where it was made, and no file of it may lead there.
    rmSync(dist, { recursive: true });
    for (const name of ['bin', 'home', 'fleet']) mkdirSync(path.join(folder, name));
    symlinkSync(process.execPath, path.join(folder, 'bin/node'));
    keys = { gpg: await makeGpgKey(), ssh: await makeSshKey() };
    const system = (process.env.PATH ?? '').split(':').filter(part => !part.startsWith(root));
    environment = {
      PATH: [path.join(folder, 'bin'), path.join(folder, 'npm/bin'), ...system].join(':'),
      HOME: path.join(folder, 'home'),
      GNUPGHOME: keys.gpg.home,
      GIT_CONFIG_NOSYSTEM: '1',
      TOWLINE_PACKAGE: tarball,
      npm_config_prefix: path.join(folder, 'npm'),
      npm_config_cache: path.join(folder, 'cache'),
      npm_config_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
    };
    succeed('sh', ['-c', installLine]);
    installed = path.join(folder, 'npm/lib/node_modules/towline');
    fleet = path.join(folder, 'fleet');
  });
  after(async () => {
    await keys.gpg.remove();
    await keys.ssh.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('says its version and the help of every program', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
    assert.equal(towline('--version').trim(), version);
    assert.match(towline('agent', '--help'), /^Usage: towline agent/);
    assert.match(towline('gateway', '--help'), /^Usage: towline gateway/);
    assert.match(towline('completion', 'bash'), /complete -/);
    assert.match(succeed('node', [path.join(installed, 'agent.js'), '--help']), /^usage: towline agent/);
    assert.match(succeed('node', [path.join(installed, 'gateway.js'), '--help']), /^usage: towline gateway/);
  });

  test('makes a fleet in an empty folder, whose CI job and hooks it passes', () => {
    const { gpg, ssh } = keys;
    const who = ['--name', 'acme', '--person', 'alice', '--gpg-key', gpg.fingerprint];
    towline('init', '.', ...who, '--operator-key', `${ssh.file}.pub`, '--gateway', '127.0.0.1:8443');
    assert.match(towline('validate'), /^valid: acme/);
    for (const job of jobs) assert.ok(readFileSync(path.join(fleet, job), 'utf8').includes(installLine), job);
    assert.match(towline('plan', 'pump-1'), /pump-1/);
    const anchor = succeed('git', ['rev-parse', 'HEAD'], fleet).trim();
    succeed('git', ['commit', '--quiet', '--allow-empty', '-m', 'nothing new'], fleet);
    const script = path.join(folder, 'ci.sh');
    cpSync(path.join(fleet, '.towline/ci.sh'), script);
    assert.match(succeed('sh', [script, anchor, 'HEAD'], fleet), /\$ towline trust check/);
    const remote = path.join(folder, 'remote.git');
    succeed('git', ['init', '--quiet', '--bare', remote]);
    succeed('git', ['push', '--quiet', remote, 'main'], fleet);
    const hook = readFileSync(path.join(fleet, '.git/hooks/pre-push'), 'utf8');
    assert.ok(hook.includes(`'${path.join(installed, 'towline.cjs')}'`), hook);
    succeed(
      'git',
      ['-c', 'commit.gpgSign=false', 'commit', '--quiet', '--allow-empty', '-m', 'unsigned'],
      fleet,
    );
    const refused = run('git', ['push', '--quiet', remote, 'main'], fleet);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /TRUST_/);
  });

  test('runs a gateway until it is told to end, and an agent that says what it lacks', async () => {
    const config = path.join(folder, 'gateway.yaml');
    const anchor = succeed('git', ['rev-list', '--max-parents=0', 'HEAD'], fleet).trim();
    const listen = ['devices', 'people', 'internal'].flatMap(name => [`--listen-${name}`, '127.0.0.1:0']);
    const state = ['--state-directory', path.join(folder, 'state'), '--config', config];
    towline('gateway', 'init', '--address', '127.0.0.1:8443', '--anchor', anchor, ...state, ...listen);
    const gateway = spawn('towline', ['gateway', '--config', config], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(gateway, 'exit');
    try {
      const lines: string[] = [];
      for await (const line of createInterface({ input: gateway.stdout })) {
        lines.push(line);
        if (line.includes('gateway is up')) gateway.kill('SIGTERM');
      }
      assert.deepEqual(await ended, [0, null], lines.join('\n'));
      assert.match(lines.join('\n'), /gateway is up/);
    } finally {
      gateway.kill('SIGKILL');
    }
    const agent = run('towline', ['agent', '--once', '--config', path.join(folder, 'nowhere.yaml')]);
    assert.equal(agent.status, 2);
    assert.match(agent.stderr, /^AGENT_CONFIG /);
  });

  test('has the whole template and all schemas, no TypeScript, no dependency, no script and no way back to the source', () => {
    const files = filesOf(installed);
    const template = path.join(root, 'fleet-repo-template');
    assert.deepEqual(filesOf(path.join(installed, 'fleet-repo-template')), filesOf(template));
    const schemas = filesOf(path.join(root, 'schemas')).filter(name => name.endsWith('.schema.json'));
    assert.deepEqual(filesOf(path.join(installed, 'schemas')), schemas);
    assert.deepEqual(
      files.filter(file => /\.[cm]?ts$|^node_modules/.test(file)),
      [],
    );
    const about = JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));
    assert.deepEqual(
      [about.dependencies, about.optionalDependencies, about.scripts],
      [undefined, undefined, undefined],
    );
    // What a compiler wrote into the addon is for a debugger.
    for (const file of files.filter(name => !name.endsWith('.node'))) {
      const bytes = readFileSync(path.join(installed, file));
      for (const place of [root, madeIn, folder]) assert.ok(!bytes.includes(place), `${file}: ${place}`);
    }
  });

  test('works without the native addon, and says so', () => {
    const bare = path.join(folder, 'bare');
    cpSync(installed, bare, { recursive: true, filter: file => !file.endsWith('.node') });
    const load = `import(${JSON.stringify(path.join(bare, 'gateway.js'))})`;
    assert.equal(
      run('node', ['--input-type=module', '-e', `process.argv.push('--help'); ${load}`]).status,
      0,
    );
    assert.equal(run('node', [path.join(bare, 'agent.js'), '--help']).status, 0);
    assert.match(
      succeed('node', [path.join(bare, 'towline.cjs'), 'validate', '--commit', 'HEAD~1'], fleet),
      /^valid/,
    );
  });

  test('has openpgp as its authors publish it, as a file that may be replaced, and says under which licences', () => {
    const published = path.join(
      path.dirname(createRequire(import.meta.url).resolve('openpgp')),
      'openpgp.min.mjs',
    );
    assert.deepEqual(readFileSync(path.join(installed, 'openpgp.mjs')), readFileSync(published));
    for (const program of ['agent', 'gateway', 'towline']) {
      const source = readdirSync(installed)
        .filter(file => file === `${program}.js` || (file.startsWith(`${program}-`) && file.endsWith('.js')))
        .map(file => readFileSync(path.join(installed, file), 'utf8'))
        .join('\n');
      assert.ok(source.includes('import("./openpgp.mjs")'), program);
      assert.ok(!source.includes('Session key decryption failed'), `${program} holds a copy`);
    }
    const licences = readFileSync(path.join(installed, 'LICENCES.txt'), 'utf8');
    for (const text of [
      'GNU LESSER GENERAL PUBLIC LICENSE',
      'END OF TERMS AND CONDITIONS',
      '\nssh2 ',
      '\nopenpgp ',
    ])
      assert.ok(licences.includes(text), text);
  });

  test('a Node that is too old is named, and not what it cannot read', () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '20.18.3' });
      require(${JSON.stringify(path.join(installed, 'towline.cjs'))})`;
    const { status, stderr } = run('node', ['-e', old]);
    assert.equal(status, 1);
    assert.match(stderr, /^towline: Node 20\.19 or later is needed/);
  });
});
