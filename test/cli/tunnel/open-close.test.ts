/** Tunnels opened and closed at a desk, by real commits, over a real gateway, to a real agent. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { TunnelFleet } from './tunnel-desk.ts';

const files = {
  'devices/desk-anchored.yaml': 'apiVersion: towline/v1\nlabels: &l { a: "1" }\nvariables: { B: "1" }\n',
  'devices/desk-bare.yaml': 'apiVersion: towline/v1\n',
};

describe('towline tunnel', () => {
  const ready = (async () => {
    const fleet = await TunnelFleet.start({
      devices: ['desk-1', 'desk-2', 'desk-3', 'desk-4'],
      people: ['bob'],
      fleet: ['poll: { jitter: 0s }'],
      files: (keys, devices) => ({
        ...files,
        'devices/desk-anchored.yaml': `${devices.get('desk-3')?.replace('keys:', 'keys: &k')}`,
        'devices/desk-3.yaml': `${devices.get('desk-4')}revoked: true\n`,
        'devices/desk-4.yaml': null,
        'devices/desk-2.yaml': `# the corner\n${devices.get('desk-2')}tunnel: closed # mostly\nlabels:   {site: berlin}\n`,
        'operators/bob.yaml': `apiVersion: towline/v1\nsshKeys: ["${keys.get('bob')?.publicKey}"]\ngit: { fleet: write }\ntunnels: [{ labels: { site: paris } }]\n`,
      }),
    });
    return { fleet, agent: await fleet.agent('desk-1'), alice: await fleet.desk('alice') };
  })();
  after(async () => (await ready).fleet[Symbol.asyncDispose]());

  test('open: the commit is pushed, the device comes, all see it; close sends it away', async () => {
    const { fleet, alice } = await ready;
    const opened = await alice.does(
      'tunnel',
      'open',
      'desk-1',
      '--for',
      '1h',
      '--reason',
      'INC-42: a "stall"',
    );
    assert.equal(opened.code, 0, opened.errors);
    assert.match(opened.output, /^pushed [0-9a-f]{12}: desk-1 opens, until \S+Z\nopen: towline ssh desk-1$/m);
    assert.match(
      await fleet.atMain('devices/desk-1.yaml'),
      /^tunnel: \{state: open, until: \S+Z, reason: 'INC-42: a "stall"'\}$/m,
    );
    assert.equal(await alice.git('status', '--porcelain'), '');
    const again = await alice.does('tunnel', 'open', 'desk-1', '--json');
    assert.deepEqual(
      [again.code, JSON.parse(again.output).commit, JSON.parse(again.output).wait.result],
      [0, null, 'done'],
    );
    const listed = await alice.does('tunnel', 'list', '--json');
    const [row, more] = JSON.parse(listed.output).devices;
    assert.deepEqual(
      [row.device, row.desired.state, row.gatewaySays.people, more],
      ['desk-1', 'open', [], undefined],
    );
    assert.match(row.gatewaySays.connected, /Z$/);
    assert.match(
      (await alice.does('tunnel', 'list')).output,
      /^desk-1 +open until \S+ .* here since \S+ .*INC-42/m,
    );
    const closed = await alice.does('tunnel', 'close', 'desk-1');
    assert.equal(closed.code, 0, closed.errors);
    assert.match(closed.output, /closed: whoever was in is cut off$/m);
    assert.match((await alice.does('tunnel', 'close', 'desk-1')).output, /^desk-1 is closed already$/m);
    assert.match((await alice.does('tunnel', 'list')).output, /^no tunnel is open$/m);
  });

  test('a device that does not come: the time is over, exit 7; what is opened and closed again has its bytes back', async () => {
    const { fleet, alice } = await ready;
    const before = await fleet.atMain('devices/desk-2.yaml');
    const late = await alice.does('tunnel', 'open', 'desk-2', '--wait-for', '3s', '--allow', 'alice');
    assert.equal(late.code, 7, late.errors);
    assert.match(
      late.output,
      /timed out: not within 3s: the gateway follows it; desk-2 is not connected yet\nIt stands until \S+Z: towline tunnel close desk-2 takes it back\.$/m,
    );
    assert.match(await fleet.atMain('devices/desk-2.yaml'), /^tunnel: \{.*allow: \[alice\]\} # mostly$/m);
    // Bob may open and close what he does not reach: the gateway tells him nothing, and that is what he hears.
    const bob = await fleet.desk('bob');
    const blind = await bob.does('tunnel', 'close', 'desk-2', '--wait-for', '1s');
    assert.match(blind.errors, /CLI_CHANGE_REFUSED/);
    assert.equal((await alice.does('tunnel', 'close', 'desk-2')).code, 0);
    assert.equal(await fleet.atMain('devices/desk-2.yaml'), before);
  });

  test('two who open at once: both are told, both times stand', async () => {
    const { fleet, alice } = await ready;
    const other = await fleet.desk('alice');
    const all = await Promise.all([
      alice.runs('tunnel', 'open', 'desk-2', '--for', '1h', '--no-wait', '--json'),
      other.runs('tunnel', 'open', 'desk-1', '--for', '2h', '--no-wait', '--json'),
      ...['30m', '3h'].map(time =>
        other.runs('tunnel', 'open', 'desk-2', '--for', time, '--no-wait', '--json'),
      ),
    ]);
    for (const { code, errors, output } of all) assert.equal(code, 0, `${errors}${output}`);
    const until = /until: (\S+Z)/.exec(await fleet.atMain('devices/desk-2.yaml'))?.[1] ?? '';
    assert.ok(Date.parse(until) > Date.now() + 2.9 * 3_600_000, until);
    assert.match(await fleet.atMain('devices/desk-1.yaml'), /state: open/);
    for (const id of ['desk-1', 'desk-2']) await alice.does('tunnel', 'close', id, '--no-wait');
  });

  test('in a clone from which no verb has looked yet, gateway and fleet are found by its remote', async () => {
    const { fleet } = await ready;
    const fresh = await fleet.desk('alice');
    await fresh.git('config', '--unset', 'towline.telemetry');
    await fresh.git('remote', 'rename', 'origin', 'gateway');
    const { code, errors } = await fresh.does('login', '--no-browser');
    assert.deepEqual([code, /^LOGIN_NOT_OFFERED .*\n +Come with a key/m.test(errors)], [1, true], errors);
    const listed = await fresh.does('session', 'list');
    assert.deepEqual([listed.code, listed.output], [0, 'No session was recorded.\n'], listed.errors);
    await fresh.git('update-ref', '-d', 'refs/remotes/gateway/main');
    const never = await fresh.does('login', '--no-browser');
    assert.match(
      never.errors,
      /^CLI_NO_SUCH_COMMIT main of gateway was never fetched here: git fetch gateway$/m,
    );
  });

  test('what cannot be opened is refused before anything is pushed', async () => {
    const { fleet, alice } = await ready;
    const before = await fleet.log('-n1', '--format=%H');
    const refused = async (said: RegExp, ...args: readonly string[]) => {
      const { code, errors } = await alice.does('tunnel', 'open', ...args);
      assert.notEqual(code, 0);
      assert.match(errors, said);
    };
    await refused(
      /CLI_USAGE .*--for 9h is too long: `tunnels.maxDuration` of fleet.yaml is 8h/,
      'desk-2',
      '--for',
      '9h',
    );
    await refused(/CLI_NO_SUCH_DEVICE .*there is no device "-oProxyCommand=x"/, '--', '-oProxyCommand=x');
    await refused(/CLI_NO_SUCH_DEVICE .*did you mean/, 'desk-9');
    await refused(/FLEET_KEY_MALFORMED .*an anchor/, 'desk-anchored');
    await refused(/CLI_USAGE .*has no keys yet/, 'desk-bare');
    await refused(/CLI_USAGE .*is revoked/, 'desk-3');
    await refused(/CLI_USAGE .*no operator of this name/, 'desk-1', '--allow', 'mallory');
    await refused(/CLI_USAGE .*is no duration/, 'desk-1', '--for', '0s');
    await refused(/CLI_USAGE .*one line/, 'desk-1', '--reason', 'a\nTowline-Ref: acme/main');
    await refused(/CLI_SIGNING/, 'desk-1', '--key', '/nonexistent.pub');
    await refused(/CLI_USAGE .*no remote/, 'desk-1', '--remote=--upload-pack=x');
    await alice.git('config', 'towline.telemetry', '/nonexistent');
    await alice.git('remote', 'add', 'forge', '/nonexistent');
    await refused(/CLI_GIT/, 'desk-1', '--remote', 'forge', '--no-wait');
    await alice.git('config', 'towline.telemetry', fleet.url('telemetry'));
    assert.equal(await fleet.log('-n1', '--format=%H'), before);
  });

  test('a gateway that is away: unreachable, exit 6, and nothing is left half done', async () => {
    const { fleet, alice } = await ready;
    const url = fleet.url('fleet').replace(/:\d+\//, ':1/');
    const away = await alice.does('tunnel', 'open', 'desk-1', '--remote', url);
    assert.equal(away.code, 6, away.errors);
    assert.match(away.errors, /CLI_GATEWAY_UNREACHABLE/);
    const opened = await alice.does(
      'tunnel',
      'open',
      'desk-2',
      '--gateway',
      'ssh://127.0.0.1:1',
      '--telemetry',
      '/nonexistent',
      '--wait-for',
      '2s',
    );
    assert.equal(opened.code, 6, opened.errors);
    assert.match(opened.output, /^unreachable: 127\.0\.0\.1: .*Connection refused/m);
    await alice.does('tunnel', 'close', 'desk-2', '--no-wait');
  });
});
