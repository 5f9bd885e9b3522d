/** Releases assigned and pinned, windows of maintenance: commits on main of a real remote. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { pushedFleet } from '../change/pushed-fleet.ts';
import { addRelease } from '../fleet.ts';
import { git } from '../towline.ts';

describe('what devices are to run, and when', () => {
  const ready = (async () => {
    const desk = await pushedFleet();
    await addRelease(desk.fleet, '1.1.0');
    await desk.commits({});
    return desk;
  })();
  after(async () => (await ready)[Symbol.asyncDispose]());

  test('assign: in the file of a group, its comments kept; many devices are asked about, next touches none', async () => {
    const desk = await ready;
    const one = await desk.says('assign', 'hello', '1.1.0', '--group', 'canary');
    assert.match(one, /^pushed [0-9a-f]{12}: canary has hello 1\.1\.0: one device changes\n$/);
    const text = await desk.atMain('groups/canary.yaml');
    assert.match(text, /^# Which app they run, .* comes here/m);
    assert.match(text, /release: 1\.1\.0/);
    assert.match(await git(desk.origin, 'log', '-1', '--format=%s', 'main'), /^hello 1\.1\.0 for canary$/);
    const asked = await desk.does('assign', 'hello', '1.1.0', '--group', 'stable');
    assert.match(
      asked.errors,
      /^CLI_USAGE This changes 2 devices: pump-1, pump-2\. Without a terminal that needs --yes$/m,
    );
    const ahead = JSON.parse(
      await desk.says('assign', 'hello', '1.1.0', '--group', 'stable', '--next', '--yes', '--json'),
    );
    assert.deepEqual([ahead.next, ahead.how, ahead.files], ['1.1.0', 'pushed', ['groups/stable.yaml']]);
    assert.match(
      await desk.says('assign', 'hello', '1.1.0', '--group', 'canary'),
      /^canary has that already/,
    );
    const switched = await desk.says(
      ...['assign', 'hello', '1.1.0', '--group', 'stable', '--yes', '--dry-run'],
    );
    assert.match(switched, /^\+.*release: 1\.1\.0/m);
    assert.doesNotMatch(switched, /^\+.*next/m, 'what came ahead comes no more');
    const before = await desk.head();
    for (const [args, said] of [
      [['assign', 'helo', '1.1.0', '--fleet'], /CLI_USAGE there is no app "helo": did you mean hello\?/],
      [
        ['assign', 'hello', '1.1.1', '--fleet'],
        /CLI_USAGE there is no release of hello "1\.1\.1": did you mean/,
      ],
      [['assign', 'hello', '1.1.0'], /CLI_USAGE for whom\? One of --fleet, --group, --device, -l/],
      [['assign', 'hello', '1.1.0', '--fleet', '--group', 'canary'], /CLI_USAGE for whom\?/],
      [
        ['assign', 'hello', '1.1.0', '--group', 'canari'],
        /CLI_USAGE there is no group "canari": did you mean canary\?/,
      ],
    ] as const) {
      const ran = await desk.does(...args);
      assert.equal(ran.code, 2, args.join(' '));
      assert.match(ran.errors, said);
    }
    assert.equal(await desk.head(), before);
  });

  test('pin: what it has now, until when and why, in its own file; listed as a pin; unpin says what it has then', async () => {
    const desk = await ready;
    const before = await desk.atMain('devices/berlin/pump-1.yaml');
    const pinned = await desk.says('pin', 'pump-1', 'hello', '--until', '2099-01-31', '--reason', 'INC-42');
    assert.match(pinned, /: pump-1 keeps hello 1\.0\.0 until 2099-01-31T00:00:00Z\n$/);
    const text = await desk.atMain('devices/berlin/pump-1.yaml');
    assert.match(
      text,
      /^ {2}hello:\n {4}release: 1\.0\.0\n {4}pinned:\n {6}until: 2099-01-31T00:00:00Z\n {6}reason: INC-42$/m,
    );
    assert.match(text, /^# The keys come here/m);
    await desk.fleet.git('pull', '-q', '--ff-only');
    assert.match(
      await desk.says('device', 'list', 'pump-1'),
      /hello 1\.0\.0 \(pinned until 2099-01-31T00:00:00Z\)/,
    );
    assert.match(
      await desk.says('device', 'show', 'pump-1'),
      /^\/apps\/hello\/pinned +until 2099-01-31T00:00:00Z: INC-42 +devices\/berlin\/pump-1\.yaml$/m,
    );
    const back = await desk.says('unpin', 'pump-1', 'hello');
    assert.match(back, /pump-1 has hello as groups and the fleet give it\npump-1: hello 1\.0\.0\n$/);
    assert.equal(await desk.atMain('devices/berlin/pump-1.yaml'), before);
    await desk.says('pin', 'pump-3', 'hello', '1.0.0');
    const all = JSON.parse(await desk.says('unpin', '-l', 'all', 'hello', '--json'));
    assert.deepEqual(all.devices, [{ device: 'pump-3', release: '1.1.0' }]);
    assert.match(
      await desk.says('unpin', '-l', 'all', 'hello'),
      /^nothing pins hello on pump-1, pump-2, pump-3\n$/,
    );
  });

  test('unpin refuses to take the only release that a device has; pin a time that is over', async () => {
    const desk = await ready;
    await desk.commits({
      'devices/alone.yaml': 'apiVersion: towline/v1\napps: { hello: { release: 1.0.0 } }\n',
    });
    const before = await desk.head();
    const alone = await desk.does('unpin', 'alone', 'hello');
    assert.equal(alone.code, 2);
    assert.match(alone.errors, /nobody but alone itself gives it a release of hello/);
    assert.equal(await desk.head(), before);
    await desk.says('pin', 'pump-3', 'hello', '1.0.0', '--message', 'By hand');
    const others = await desk.says('unpin', '-l', 'all', 'hello', '--dry-run', '--json');
    assert.deepEqual(JSON.parse(others).passedOver, ['alone'], 'one of many keeps the others from nothing');
    assert.match(
      await desk.says('unpin', '-l', 'all', 'hello'),
      /^pump-3: hello 1\.1\.0\nalone keeps its own: nobody else gives it a release of hello$/m,
    );
    const after = await desk.head();
    for (const args of [
      ['--until', '2020-01-01'],
      ['--until', 'soon'],
      ['--until', '2099-02-30'],
      ['--reason', ''],
    ])
      assert.equal((await desk.does('pin', 'alone', 'hello', ...args)).code, 2, args.join(' '));
    assert.equal(await desk.head(), after);
  });

  test('maintenance: windows of a group, of a device, away again; pause of a group; list says which file holds', async () => {
    const desk = await ready;
    const window = ['--start', '0 2 * * 0', '--duration', '2h', '--timezone', 'Europe/Berlin'];
    const added = await desk.says('maintenance', '--group', 'stable', ...window, '--yes');
    assert.match(added, /: stable: 0 2 \* \* 0 for 2h, Europe\/Berlin\n$/);
    const text = await desk.atMain('groups/stable.yaml');
    assert.match(
      text,
      /- start: 0 3 \* \* \*\n[\s\S]*- start: 0 2 \* \* 0\n {4}duration: 2h\n {4}timeZone: Europe\/Berlin$/m,
    );
    assert.match(await desk.says('maintenance', '--group', 'stable', ...window), /^so it is already: /);
    const own = await desk.says('maintenance', '--device', 'pump-1', ...window, '--kind', 'download');
    assert.match(own, /The windows of wider files hold for pump-1 no longer/);
    await desk.says('maintenance', '--group', 'canary', '--pause');
    await desk.fleet.git('pull', '-q', '--ff-only');
    const listed = await desk.says('maintenance', 'list');
    assert.match(
      listed,
      /^pump-1 +0 2 \* \* 0 for 2h, Europe\/Berlin \(images alone\) +devices\/berlin\/pump-1\.yaml +-$/m,
    );
    assert.match(listed, /^pump-3 +at any time +groups\/canary\.yaml +groups\/canary\.yaml$/m);
    const { devices } = JSON.parse(await desk.says('maintenance', 'list', '-l', 'group=stable', '--json'));
    assert.deepEqual(devices[1].windows.length, 2);
    await desk.says('maintenance', 'clear', '--device', 'pump-1');
    assert.doesNotMatch(await desk.atMain('devices/berlin/pump-1.yaml'), /windows/);
    await desk.says('maintenance', '--group', 'canary', '--resume');
    assert.doesNotMatch(await desk.atMain('groups/canary.yaml'), /paused/);
    assert.match(
      await desk.says('maintenance', '--fleet', '--start', '0 2 29 2 *', ...window.slice(2), '--dry-run'),
      /29 2/,
    );
    const before = await desk.head();
    for (const [args, code, said] of [
      [['--group', 'stable'], 2, /CLI_USAGE what\? A window/],
      [['--group', 'stable', '--start', '0 2 * * 0'], 2, /CLI_USAGE a window needs/],
      [['--group', 'stable', '--pause', '--resume'], 2, /CLI_USAGE what\?/],
      [window, 2, /CLI_USAGE for whom\?/],
      [['list', '--group', 'stable'], 2, /CLI_USAGE --group is no option of list/],
      [['clear', '--group', 'stable', '--pause'], 2, /CLI_USAGE --pause is no option of clear/],
      [['--group', 'stable', '--start', '0 2 31 2,4 *', ...window.slice(2)], 2, /CLI_USAGE .* never comes/],
      [['--group', 'canary', '--pause', '--message', ' '], 2, /CLI_USAGE --message/],
      [['--group', 'canary', ...window.slice(0, 5), 'Europe/Berlan'], 1, /FLEET_VALUE|CLI_INVALID_FLEET/],
    ] as const) {
      const ran = await desk.does('maintenance', ...args);
      assert.equal(ran.code, code, `${args.join(' ')}: ${ran.errors}`);
      assert.match(ran.errors, said);
    }
    assert.equal(await desk.head(), before);
  });
});
