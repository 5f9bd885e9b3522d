import assert from 'node:assert/strict';
import { cp, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import * as openpgp from 'openpgp';
import { addRelease, beginAnew, helloFolder, makeFleet, makeReleasedFleet } from '../fleet.ts';
import { git, temporaryFolder, towline } from '../towline.ts';

describe('towline validate', () => {
  test('lists every problem with place and code, at once, and exits 1', async () => {
    await using fleet = await makeFleet();
    await fleet.write('groups/canary.yaml', 'apiVersion: towline/v1\nprority: 20\nvariables: 3\n');
    await fleet.write('groups/stable.yaml', 'apiVersion: [\n');
    const { code, output, errors } = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(code, 1);
    assert.equal(errors, '');
    assert.match(output, /^groups\/canary\.yaml:2:1 FLEET_UNKNOWN_KEY .*did you mean "priority"\?$/m);
    assert.match(output, /^groups\/canary\.yaml:3:12 FLEET_SCHEMA variables must be object$/m);
    assert.match(output, /^groups\/stable\.yaml:\d+:\d+ FLEET_YAML_SYNTAX /m);
    assert.match(output, /^\d problems in the working tree$/m);
  });

  test('reads commits, never the files that lie around, unless asked', async () => {
    await using fleet = await makeFleet();
    await fleet.write('fleet.yaml', 'broken: [');
    assert.equal((await towline(['validate', fleet.directory])).code, 0);
    assert.equal((await towline(['validate', fleet.directory, '--worktree'])).code, 1);
    const bare = path.join(fleet.folder, 'bare.git');
    await git(fleet.folder, 'clone', '-q', '--bare', fleet.directory, bare);
    assert.equal((await towline(['validate', bare, '--commit', 'main'])).code, 0);
    const refused = await towline(['validate', bare, '--worktree']);
    assert.equal(refused.code, 2);
    assert.match(refused.errors, /^CLI_NO_WORKING_TREE /);
  });

  test('gives scripts one JSON object', async () => {
    await using fleet = await makeReleasedFleet();
    const good = JSON.parse((await towline(['validate', fleet.directory, '--json'])).output);
    assert.deepEqual([good.ok, good.fleet, good.devices, good.problems], [true, 'acme', 3, []]);
    await fleet.replace('groups/canary.yaml', 'release: 1.0.0', 'release: 9.9.9');
    const bad = JSON.parse((await towline(['validate', fleet.directory, '--worktree', '--json'])).output);
    assert.equal(bad.ok, false);
    const [problem] = bad.problems;
    assert.deepEqual(
      [problem.file, problem.line, problem.code],
      ['groups/canary.yaml', 4, 'FLEET_RELEASE_UNKNOWN'],
    );
  });

  test('computes what devices would run: a Compose file of no use is found', async () => {
    await using fleet = await makeReleasedFleet();
    await fleet.replace(
      `${helloFolder}/compose.yaml`,
      '    restart: unless-stopped',
      '    restart: unless-stopped\n    privileged: true',
    );
    await beginAnew(fleet);
    const { code, output } = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(code, 1);
    assert.match(output, /^apps\/hello\/releases\/1\.0\.0\/compose\.yaml:\d+:\d+ COMPOSE_\w+ .*privileged/m);
  });

  test('old targets below /tunnel are a warning with the rule that covers them, and --fix moves them', async () => {
    await using fleet = await makeFleet();
    const device = 'devices/berlin/pump-1.yaml';
    const file = path.join(fleet.directory, device);
    const before = (await readFile(file, 'utf8')).replace('tunnel: closed\n', '');
    const tunnel = 'tunnel:\n  state: open\n  targets:\n    # the panel\n    - { name: panel, port: 8080 }\n';
    await fleet.write(device, before + tunnel);
    const warned = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(warned.code, 0, warned.output);
    assert.match(
      warned.output,
      /^devices\/berlin\/pump-1\.yaml:\d+:3 FLEET_TUNNEL_TARGETS_OLD warning: rule 1 of the policy covers it, /m,
    );
    const fixed = await towline(['validate', fleet.directory, '--fix']);
    assert.equal(fixed.code, 0, fixed.output);
    assert.match(fixed.output, /^devices\/berlin\/pump-1\.yaml: tunnel\.targets moved to access\.targets$/m);
    assert.doesNotMatch(fixed.output, /warning/);
    const moved =
      'tunnel:\n  state: open\naccess:\n  targets:\n    # the panel\n    - { name: panel, port: 8080 }\n';
    assert.equal(await readFile(file, 'utf8'), before + moved);
    const both = `${tunnel}access: { targets: [{ name: ssh, port: 22 }, { name: panel, host: 127.0.0.1, port: 8080 }] }\n`;
    await fleet.write(device, before + both);
    const { output } = await towline(['validate', fleet.directory, '--fix', '--json']);
    assert.deepEqual(JSON.parse(output).changed, [device]);
    assert.match(
      await readFile(file, 'utf8'),
      /access: \{ ?targets: \[ ?\{ ?name: panel, host: 127\.0\.0\.1, port: 8080 ?\} ?\] ?\}\n$/,
    );
  });

  test('a port that `allow` keeps closed is a warning', async () => {
    await using fleet = await makeFleet();
    const device = 'devices/berlin/pump-1.yaml';
    const before = (await readFile(path.join(fleet.directory, device), 'utf8')).replace(
      'tunnel: closed\n',
      '',
    );
    await fleet.replace('fleet.yaml', 'tunnels:', 'tunnels:\n  ports: { from: 20001, to: 20999 }');
    await fleet.write(
      device,
      `${before}tunnel: { state: closed, allow: [alice] }\naccess: { port: 20017 }\n`,
    );
    const { code, output } = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(code, 0, output);
    assert.match(
      output,
      /^devices\/berlin\/pump-1\.yaml:\d+:17 FLEET_ACCESS_PORT warning: no gateway opens this port: the tunnel has `allow`$/m,
    );
  });

  test('an `until` further ahead than a tunnel may be open is a warning, with its place', async () => {
    await using fleet = await makeFleet();
    const device = 'devices/berlin/pump-1.yaml';
    const text = (await readFile(path.join(fleet.directory, device), 'utf8')).replace('tunnel: closed\n', '');
    const said = async (tunnel: string) => {
      await fleet.write(device, `${text}tunnel: ${tunnel}\n`);
      const { code, output } = await towline(['validate', fleet.directory, '--worktree']);
      assert.equal(code, 0, output);
      return output;
    };
    assert.match(
      await said('{ state: open, until: 2099-01-01T00:00:00Z }'),
      /^devices\/berlin\/pump-1\.yaml:\d+:31 FLEET_TUNNEL_LONG warning: it closes \S+ \(`tunnels\.maxDuration`\) after it is first seen open, before its `until`$/m,
    );
    assert.doesNotMatch(await said('{ state: closed, until: 2099-01-01T00:00:00Z }'), /FLEET_TUNNEL_LONG/);
    const soon = new Date(Date.now() + 600_000).toISOString().slice(0, 19);
    assert.doesNotMatch(await said(`{ state: open, until: ${soon}Z }`), /FLEET_TUNNEL_LONG/);
  });

  test('an auditor’s key that has expired is found, as devices will find it', async () => {
    await using fleet = await makeFleet();
    const { publicKey } = await openpgp.generateKey({
      ...{ userIDs: [{ name: 'auditor' }], date: new Date('2020-01-01'), keyExpirationTime: 60 },
      format: 'armored',
    });
    const lines = publicKey
      .trim()
      .split(/\r?\n/)
      .map(line => `      ${line}\n`);
    const group = path.join(fleet.directory, 'groups/stable.yaml');
    await fleet.write(
      'groups/stable.yaml',
      `${await readFile(group, 'utf8')}access:\n  auditors:\n    - |\n${lines.join('')}`,
    );
    const { code, output } = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(code, 1);
    assert.match(output, /^groups\/stable\.yaml:\d+:7 FLEET_ACCESS_AUDITOR an auditor’s key cannot be used/m);
  });

  test('an app that no device has yet is looked at, too', async () => {
    await using fleet = await makeFleet();
    for (const app of ['old', 'new', 'pictures/files'])
      await mkdir(path.join(fleet.directory, 'apps', app), { recursive: true });
    await fleet.write('apps/old/docker-compose.yml', 'services: {}\n');
    await fleet.write('apps/new/app.yaml', 'apiVersion: towline/v1\ncompose:\n  - compse.yaml\n');
    await fleet.write('apps/new/compose.yaml', 'services: {}\n');
    await fleet.write('apps/pictures/logo.svg', '<svg/>\n');
    await fleet.write('apps/pictures/files/prometheus.yml', 'global: {}\n');
    const { code, output } = await towline(['validate', fleet.directory, '--worktree']);
    assert.equal(code, 1);
    const is = (name: string) => `${name} is there: rename it, or list it in \`compose\` of app.yaml`;
    assert.deepEqual(output.split('\n').slice(0, 3), [
      `apps/new/app.yaml:3:5 FLEET_APP_UNKNOWN app "new" has no apps/new/compse.yaml; ${is('compose.yaml')}`,
      `apps/old/docker-compose.yml:1:1 FLEET_APP_UNKNOWN app "old" has no apps/old/compose.yaml; ${is('docker-compose.yml')}`,
      'apps/pictures/compose.yaml FLEET_APP_UNKNOWN warning: app "pictures" has no apps/pictures/compose.yaml',
    ]);
  });

  test('a change below trust/ raises the version of the policy, against main as it was; what is taken back does not', async () => {
    await using fleet = await makeFleet();
    const validate = (...more: string[]) => towline(['validate', fleet.directory, ...more]);
    await fleet.git('checkout', '-q', '-b', 'rotation');
    await fleet.replace('trust/policy.yaml', 'principals:', '# once more\nprincipals:');
    const changed = await validate('--worktree');
    assert.equal(changed.code, 1);
    assert.match(changed.output, /^trust\/policy\.yaml:\d+:10 TRUST_POLICY_VERSION .*must have 2, not 1$/m);
    await fleet.git('commit', '-q', '-a', '-m', 'change');
    await fleet.git('commit', '-q', '--allow-empty', '-m', 'and another one');
    assert.match((await validate()).output, /TRUST_POLICY_VERSION/);
    await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
    assert.equal((await validate('--worktree')).code, 0);
    await fleet.git('branch', '-f', 'main');
    await fleet.git('checkout', '-q', '-f', 'main');
    await fleet.git('checkout', '-q', 'HEAD~2', '--', 'trust');
    await fleet.git('commit', '-q', '-m', 'back');
    assert.equal((await validate()).code, 0);
    // Behind what is taken back the version is raised over what devices follow, to that which they have refused.
    await fleet.git('branch', '-q', '-f', 'refused', 'HEAD~1');
    await fleet.git('update-ref', 'refs/remotes/origin/main', 'refused');
    await fleet.replace('trust/policy.yaml', 'version: 1', 'version: 2');
    await fleet.git('commit', '-q', '-a', '-m', 'again');
    assert.equal((await validate()).code, 0);
  });

  test('a release that is not what it was is refused, its notes and what is taken back are not; nor is a version that history had otherwise', async () => {
    await using fleet = await makeReleasedFleet();
    const validate = (...more: string[]) => towline(['validate', fleet.directory, ...more]);
    const commit = async (message: string) => {
      await fleet.git('add', '--all');
      await fleet.git('commit', '-q', '-m', message);
    };
    const file = `${helloFolder}/release.yaml`;
    await fleet.replace(file, 'version: 1.0.0', 'version: 1.0.0\nnotes: more\nwithdrawn: it leaks');
    assert.equal((await validate('--worktree')).code, 0);
    await fleet.write(`${helloFolder}/config/page.conf`, 'another page\n');
    const changed =
      /^apps\/hello\/releases\/1\.0\.0\/release\.yaml TRUST_RELEASE_CHANGED release 1\.0\.0 of hello /m;
    assert.match((await validate('--worktree')).output, changed);
    await commit('change');
    assert.match((await validate()).output, changed);
    await fleet.git('checkout', '-q', 'HEAD~1', '--', 'apps');
    await commit('back');
    assert.equal((await validate()).code, 0);
    await addRelease(fleet, '1.1.0');
    await commit('1.1.0');
    await fleet.git('rm', '-rq', 'apps/hello/releases/1.1.0');
    await commit('without it');
    assert.equal((await validate()).code, 0);
    await fleet.git('checkout', '-q', 'HEAD~1', '--', 'apps/hello/releases/1.1.0');
    assert.equal((await validate('--worktree')).code, 0, 'it is what it was');
    await fleet.write('apps/hello/releases/1.1.0/config/page.conf', 'another page\n');
    const reused =
      /^apps\/hello\/releases\/1\.1\.0\/release\.yaml FLEET_RELEASE_REUSED hello had a release 1\.1\.0 before/m;
    assert.match((await validate('--worktree')).output, reused);
    await commit('1.1.0 again');
    assert.match((await validate()).output, reused);
  });

  test('the commit that is trusted to begin with has a policy of its own, whatever was before it', async () => {
    await using fleet = await makeFleet();
    await fleet.replace('trust/policy.yaml', 'principals:', '# another beginning\nprincipals:');
    await fleet.git('commit', '-q', '-a', '-m', 'begin anew');
    const validate = () => towline(['validate', fleet.directory]);
    assert.match((await validate()).output, /TRUST_POLICY_VERSION/);
    await fleet.git('config', 'towline.anchor', await fleet.git('rev-parse', 'HEAD'));
    assert.equal((await validate()).code, 0);
  });

  test('says where a variable becomes blank, on which devices, and exits as before; strict refuses it', async () => {
    await using fleet = await makeReleasedFleet();
    const blank = '$' + '{GREETNIG}';
    await fleet.replace(
      `${helloFolder}/compose.yaml`,
      '    restart: unless-stopped',
      `    restart: unless-stopped\n    labels:\n      who: ${blank}`,
    );
    await beginAnew(fleet);
    const words = 'variable GREETNIG has no value and becomes blank; did you mean "GREETING"\\?';
    const validate = (...more: string[]) => towline(['validate', fleet.directory, '--worktree', ...more]);
    const warned = await validate();
    assert.equal(warned.code, 0, warned.output);
    assert.match(
      warned.output,
      new RegExp(`^${helloFolder}/compose\\.yaml:\\d+:\\d+ COMPOSE_VARIABLE_BLANK warning: ${words}$`, 'm'),
    );
    assert.match(warned.output, /^valid: acme .*; 1 warning$/m);
    const { ok, problems, warnings } = JSON.parse((await validate('--json')).output);
    assert.deepEqual(
      [ok, problems, warnings.length, warnings[0].code],
      [true, [], 1, 'COMPOSE_VARIABLE_BLANK'],
    );
    const planned = await towline(['plan', 'pump-1', '--repo', fleet.directory, '--worktree']);
    assert.equal(planned.code, 0, planned.errors);
    assert.match(
      planned.output,
      /^ {2}apps\/hello\/releases\/1\.0\.0\/compose\.yaml:\d+:\d+ COMPOSE_VARIABLE_BLANK warning: /m,
    );
    await fleet.write(
      'devices/lisbon/pump-3.yaml',
      'apiVersion: towline/v1\ngroups: [canary]\nvariables: { GREETNIG: "1" }\n',
    );
    assert.match((await validate()).output, /becomes blank.* \(on pump-1 and 1 more\)$/m);
    await fleet.replace('fleet.yaml', 'variables:', 'compose: { variables: strict }\nvariables:');
    const refused = await validate();
    assert.equal(refused.code, 1);
    assert.match(
      refused.output,
      new RegExp(`^${helloFolder}/compose\\.yaml:\\d+:\\d+ COMPOSE_VARIABLE_BLANK ${words}$`, 'm'),
    );
  });

  test('says so where there is no repository, no such commit, and no such verb: exit 2, no stack', async () => {
    const folder = await temporaryFolder();
    try {
      const none = await towline(['validate', folder.path]);
      assert.equal(none.code, 2);
      assert.match(none.errors, /^CLI_NOT_A_REPOSITORY .*\n {2}Name the repository/);
      assert.doesNotMatch(none.errors, /^\s+at /m);
      await git(folder.path, 'init', '-q');
      const empty = await towline(['validate', folder.path]);
      assert.equal(empty.code, 2);
      assert.match(empty.errors, /^CLI_NO_SUCH_COMMIT /);
      const verb = await towline(['valdate']);
      assert.equal(verb.code, 2);
      assert.match(verb.errors, /Did you mean validate/);
      const json = await towline(['validate', '/nonexistent', '--json']);
      assert.equal(JSON.parse(json.errors).error.code, 'CLI_NOT_A_REPOSITORY');
    } finally {
      await folder.remove();
    }
  });

  test('shows where an unexpected error comes from only with --debug', async () => {
    const folder = await temporaryFolder();
    try {
      const debug = await towline(['--debug', 'validate', folder.path]);
      assert.match(debug.errors, /^\s+at /m);
    } finally {
      await folder.remove();
    }
  });

  test('does not let a file steer the terminal', async () => {
    await using fleet = await makeFleet();
    await fleet.write('groups/canary.yaml', 'apiVersion: towline/v1\n"\\e[31mred": 1\n');
    const { output } = await towline(['validate', fleet.directory, '--worktree']);
    assert.match(output, /FLEET_UNKNOWN_KEY/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    assert.doesNotMatch(output, /\u001b/);
  });
});

describe('fleet-repo-template', () => {
  test('is a fleet that validates as it is', async () => {
    const folder = await temporaryFolder();
    try {
      const copy = path.join(folder.path, 'copy');
      await mkdir(copy);
      await cp(path.resolve(import.meta.dirname, '../../../fleet-repo-template'), copy, { recursive: true });
      await git(copy, 'init', '-q');
      const { code, output } = await towline(['validate', copy, '--worktree']);
      assert.equal(code, 0, output);
      assert.match(output, /example-fleet .*3 devices, 2 groups, 1 app/);
    } finally {
      await folder.remove();
    }
  });
});
