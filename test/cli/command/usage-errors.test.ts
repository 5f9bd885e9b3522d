import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { makeReleasedFleet } from '../fleet.ts';
import { type Ran, temporaryFolder, towline } from '../towline.ts';

/** The error of a run with `--json`: all of standard error is one JSON object, standard output is empty. */
function jsonError({ output, errors }: Ran): { code: string; message: string; remedy: string } {
  assert.equal(output, '');
  return JSON.parse(errors).error;
}

describe('a command line that is wrong', () => {
  test('exits 2, and with --json is one JSON object with a stable code', async () => {
    const wrong: readonly (readonly [args: string[], message: RegExp])[] = [
      [['plan', '--nonsense'], /^unknown option '--nonsense'$/],
      [['plan', '--wrktree'], /--wrktree.*Did you mean --worktree\?/],
      [['release', 'hello'], /^missing required argument 'version'$/],
      [['render', 'pump-1', 'pump-2'], /^too many arguments/],
      [['gateway', 'init'], /^required option '--address <host:port>' not specified$/],
      [['trust', 'chekc'], /unknown command 'chekc'/],
      [['nosuch'], /unknown (command|option) /],
      [['agent', 'hold', '--once'], /^--once belongs to `towline agent` alone/],
      [['agent', 'hold', '--for', 'xyz'], /^--for xyz must be a duration such as 30m/],
      [['agent', 'hold', '--for', '32d'], /at most 31d$/],
    ];
    for (const [args, message] of wrong) {
      const text = await towline(args);
      assert.equal(text.code, 2, args.join(' '));
      assert.match(
        text.errors,
        /^CLI_USAGE .*\n {2}`towline (?:help VERB` has|[a-z -]*--help` has its options and) examples/,
        args.join(' '),
      );
      assert.doesNotMatch(text.errors, /^error:/m);
      const json = await towline([...args, '--json']);
      assert.equal(json.code, 2, args.join(' '));
      const error = jsonError(json);
      assert.equal(error.code, 'CLI_USAGE');
      if (args[0] !== 'trust') assert.match(error.message, message);
      assert.match(error.remedy, /towline .*(?:--help|help VERB)/);
    }
  });

  test('without a verb is help for a person, and an error for a script', async () => {
    const person = await towline(['secret']);
    assert.equal(person.code, 2);
    assert.match(person.errors, /^Usage: towline secret/);
    const script = await towline(['secret', '--json']);
    assert.equal(script.code, 2);
    assert.equal(jsonError(script).code, 'CLI_USAGE');
  });

  test('of the agent is JSON too where that was asked for', async () => {
    const folder = await temporaryFolder();
    const verb = await towline(['agent', 'enroll', 'x', '--json', '--state-directory', folder.path]);
    await folder.remove();
    assert.equal(verb.code, 2);
    assert.equal(jsonError(verb).code, 'ENROLMENT_TOKEN_MALFORMED');
    const none = await towline(['agent', '--once', '--json', '--config', '/nonexistent/agent.yaml']);
    assert.equal(none.code, 2);
    assert.equal(jsonError(none).code, 'AGENT_CONFIG');
  });
});

describe('a name that is not in the fleet', () => {
  test('of a device exits 2 and says which was meant, or which there are', async () => {
    await using fleet = await makeReleasedFleet();
    const repo = ['--repo', fleet.directory];
    const asked = [
      ['render', 'DEVICE'],
      ['plan', 'DEVICE', '--worktree'],
      ['status', 'DEVICE', '--telemetry', fleet.directory],
      ['device', 'add', 'DEVICE', '--renew'],
      ['device', 'add', 'DEVICE', '--re-anchor'],
      ['device', 'accept', 'DEVICE'],
    ];
    for (const args of asked) {
      const of = (device: string) => [...args.map(word => (word === 'DEVICE' ? device : word)), ...repo];
      const near = await towline(of('pmup-1'));
      assert.equal(near.code, 2, args.join(' '));
      assert.match(
        near.errors,
        /^CLI_NO_SUCH_DEVICE there is no device "pmup-1" .*: did you mean pump-1\?$/m,
      );
      const far = await towline([...of('nowhere'), '--json']);
      assert.equal(far.code, 2, args.join(' '));
      const error = jsonError(far);
      assert.equal(error.code, 'CLI_NO_SUCH_DEVICE');
      assert.match(error.message, /: there are pump-1, pump-2, pump-3$/);
      assert.match(error.remedy, /devices\//);
    }
  });

  test('of an app or a group exits 2 and says which was meant', async () => {
    await using fleet = await makeReleasedFleet();
    const repo = ['--repo', fleet.directory];
    for (const [args, meant] of [
      [['release', 'helo', '1.1.0'], 'hello'],
      [['render', 'pump-1', '--compose', 'helo'], 'hello'],
      [['device', 'add', 'pump-9', '--group', 'canry'], 'canary'],
    ] as const) {
      const { code, errors } = await towline([...args, ...repo]);
      assert.equal(code, 2, args.join(' '));
      assert.ok(errors.startsWith('CLI_USAGE ') && errors.includes(`did you mean ${meant}?`), errors);
    }
  });
});

describe('what is there already', () => {
  test('is named once, with what to do', async () => {
    await using fleet = await makeReleasedFleet();
    const repo = ['--repo', fleet.directory];
    const refused = async (...args: string[]) => {
      const { code, errors } = await towline([...args, ...repo]);
      assert.equal(code, 1);
      const [first = ''] = errors.split('\n');
      assert.match(first, /^CLI_FILE_EXISTS /);
      return first;
    };
    const twice = (line: string, name: string) => line.split(name).length !== 2;
    const release = await refused('release', 'hello', '1.0.0');
    assert.match(
      release,
      /release 1\.0\.0 is there already, and a release does not change: take another version/,
    );
    const out = path.join(fleet.folder, 'pump-1');
    assert.equal((await towline(['device', 'add', 'pump-1', '--out', out, ...repo])).code, 0);
    const device = await refused('device', 'add', 'pump-1', '--out', path.join(fleet.folder, 'again'));
    assert.match(device, /devices\/berlin\/pump-1\.yaml: pump-1 has keys already: --renew replaces them/);
    assert.ok(!twice(device, 'devices/berlin/pump-1.yaml'), device);
    const keys = await refused('device', 'add', 'pump-2', '--out', out);
    assert.ok(!twice(keys, path.join(out, 'keys')), keys);
    const policy = await refused(
      'trust',
      'init',
      '--fleet',
      'acme',
      '--root',
      `alice=ssh:${fleet.key.file}.pub`,
    );
    assert.ok(!twice(policy, 'trust/policy.yaml'), policy);
  });
});

describe('towline agent enroll', () => {
  test('without a token, or with what is none, exits 2 and says how to come by one', async () => {
    const folder = await temporaryFolder();
    try {
      const place = [
        '--state-directory',
        path.join(folder.path, 'state'),
        '--config',
        path.join(folder.path, 'agent.yaml'),
      ];
      for (const token of [
        [],
        ['garbage'],
        ['towline1_AAAA'],
        ['--token-file', path.join(folder.path, 'none')],
      ]) {
        const { code, errors } = await towline(['agent', 'enroll', ...token, ...place]);
        assert.equal(code, 2, token.join(' '));
        assert.match(errors, /^ENROLMENT_TOKEN_MALFORMED .*\n.*towline device add/);
      }
    } finally {
      await folder.remove();
    }
  });
});
