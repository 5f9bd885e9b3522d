/** `towline agents choose`: which listed agent devices run, as commits on main of a real remote. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { madeFile } from '../../gateway/agents/rig.ts';
import { type PushedFleet, pushedFleet } from '../change/pushed-fleet.ts';
import { git } from '../towline.ts';
import { packageFolder } from './packaged.ts';

describe('which agent devices run', { timeout: 240_000 }, () => {
  let desk: PushedFleet;
  before(async () => {
    desk = await pushedFleet();
    const folder = join(desk.fleet.folder, 'package');
    await packageFolder(folder, '0.2.0', { agent: madeFile(100, 'a'), install: madeFile(100, 'i') });
    await desk.says('agents', 'add', folder);
  });
  after(() => desk[Symbol.asyncDispose]());

  test('is refused where root has not listed it, and where nobody says for whom', async () => {
    const head = await desk.head();
    for (const [args, said] of [
      [
        ['0.2.1', '--fleet'],
        /AGENT_VERSION_UNLISTED agent 0\.2\.1: .*0\.2\.1\.yaml does not list it.*0\.2\.0/,
      ],
      [['0.2.0'], /CLI_USAGE for whom\? One of --fleet, --group, --device, -l/],
      [['--fleet'], /CLI_USAGE which version\?/],
      [['0.2.0', '--none', '--fleet'], /CLI_USAGE which version\?/],
      [['0.2.0', '--group', 'canary', '--until', '14d'], /CLI_USAGE --until and --reason are for/],
    ] as const) {
      const ran = await desk.does('agents', 'choose', ...args);
      assert.notEqual(ran.code, 0, args.join(' '));
      assert.match(ran.errors, said);
    }
    assert.equal(await desk.head(), head);
  });

  test('stands in the file of the group, the fleet or the device, and is taken out again', async () => {
    const one = await desk.says('agents', 'choose', '0.2.0', '--group', 'canary');
    assert.match(one, /^pushed [0-9a-f]{12}: agent 0\.2\.0 is chosen for canary: one device changes\n$/);
    assert.match(await desk.atMain('groups/canary.yaml'), /^agent:\n {2}version: 0\.2\.0$/m);
    assert.match(await git(desk.origin, 'log', '-1', '--format=%s', 'main'), /^Agent 0\.2\.0 for canary$/);
    assert.match(await desk.says('agents', 'choose', '0.2.0', '--group', 'canary'), /^that is so already/);
    const all = JSON.parse(await desk.says('agents', 'choose', '0.2.0', '--fleet', '--yes', '--json'));
    assert.deepEqual(
      [all.version, all.how, all.files, all.devices],
      ['0.2.0', 'pushed', ['fleet.yaml'], ['pump-1', 'pump-2']],
    );
    const before = await desk.atMain('devices/berlin/pump-1.yaml');
    const own = ['agents', 'choose', '0.2.0', '--device', 'pump-1'];
    assert.match(
      await desk.says(...own, '--until', '2099-01-31', '--reason', 'INC-42'),
      /it is a pin: no rollout moves it/,
    );
    assert.match(
      await desk.atMain('devices/berlin/pump-1.yaml'),
      /^agent:\n {2}version: 0\.2\.0\n {2}pinned:\n {4}until: 2099-01-31T00:00:00Z\n {4}reason: INC-42$/m,
    );
    await desk.says(...own);
    assert.doesNotMatch(await desk.atMain('devices/berlin/pump-1.yaml'), /pinned/);
    const none = await desk.says('agents', 'choose', '--none', '--device', 'pump-1');
    assert.match(none, /no agent is chosen for pump-1: 0 devices change\n$/);
    assert.equal(await desk.atMain('devices/berlin/pump-1.yaml'), before);
  });
});
