/** A patch that a portal gave to take away, and a change that waits there: seen from a clone, signed by the person's own key. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { commandFolder } from '../../../lab/machine/programs.ts';
import { makeSshKey } from '../../../lab/rig/keys.ts';
import { PersonTerminal } from '../../rig/person-terminal.ts';
import { pushedFleet } from '../change/pushed-fleet.ts';
import { git } from '../towline.ts';
import { keepPending, takenAway } from './taken-away.ts';

const pump = 'devices/berlin/pump-1.yaml';

describe('a change of a portal, at a desk', () => {
  const ready = pushedFleet();
  after(async () => (await ready)[Symbol.asyncDispose]());

  const paused = async () => ({ [pump]: `${await (await ready).atMain(pump)}\npaused: true\n` });

  test('that waits there is shown from fetched bytes: fingerprint, diff, and who would have to sign', async () => {
    const desk = await ready;
    const taken = await takenAway(desk, await paused());
    await keepPending(desk, '7f3a9c21', taken);
    const told = await desk.says('show', 'pending/7f3a9c21');
    assert.match(told, new RegExp(`^fingerprint  ${taken.fingerprint}$`, 'm'));
    assert.match(told, new RegExp(`^commit       ${taken.commit.id} \\(not signed\\)$`, 'm'));
    assert.match(told, /^needs {8}1 more of root \(\S+\)$/m);
    assert.match(told, new RegExp(`^changed {2}${pump}$`, 'm'));
    assert.match(told, /^\+paused: true$/m);
    const json = JSON.parse(await desk.says('show', 'pending/7f3a9c21', '--json'));
    assert.deepEqual(
      [json.commit, json.fingerprint, json.signed],
      [taken.commit.id, taken.fingerprint, false],
    );
    assert.match(json.needs[0], /of root/);
    const none = await desk.does('show', 'pending/ffff');
    assert.match(none.errors, /^CLI_NO_SUCH_COMMIT .*no pending change ffff/m);
    for (const hostile of ['pending/../heads/main', 'pending/*', 'pending/'])
      assert.match((await desk.does('show', hostile)).errors, /^CLI_NO_SUCH_COMMIT/m, hostile);
  });

  test('is signed as the very commit that was shown, is taken by the walk, and has one fingerprint before and after', async () => {
    const desk = await ready;
    const taken = await takenAway(desk, await paused());
    const before = await desk.head();
    const seen = await desk.says('sign', taken.file, '--dry-run');
    assert.match(seen, new RegExp(taken.fingerprint));
    assert.equal(await desk.head(), before);
    const told = await desk.says('sign', taken.file, '--yes');
    assert.match(told, /^pushed [0-9a-f]{12} to main of origin$/m);
    assert.match(await desk.atMain(pump), /^paused: true$/m);
    const raw = await git(desk.origin, 'cat-file', 'commit', 'main');
    const unsigned = raw.replace(/^gpgsig [\s\S]*?\n(?! )/m, '');
    assert.equal(`${unsigned.trimEnd()}\n`, taken.commit.payload.toString());
    const shown = await desk.says('show', 'origin/main');
    assert.match(shown, new RegExp(`^fingerprint  ${taken.fingerprint}$`, 'm'));
    assert.match(shown, /^signed {7}by \S+$/m);
    assert.match(shown, /^needs {8}nobody$/m);
    const again = await desk.does('sign', taken.file, '--yes');
    assert.match(again.errors, /^CLI_PATCH_OUTDATED .*main has moved/m);
  });

  test('is refused before a key signs: another fleet, a main that moved, damaged, or none', async () => {
    const desk = await ready;
    const taken = await takenAway(desk, { 'groups/new.yaml': 'apiVersion: towline/v1\n' });
    const text = await readFile(taken.file, 'utf8');
    const file = path.join(desk.fleet.folder, 'hostile.towline');
    const nobody = ['--yes', '--key', '/nowhere.pub'];
    for (const [hostile, why] of [
      [text.replace(/^fleet .*/m, 'fleet other'), /^TRUST_PATCH .*for fleet other/m],
      [text.replace(/^fingerprint ..../m, 'fingerprint 0000'), /^TRUST_PATCH .*of another commit/m],
      ['From: nobody\n', /^TRUST_PATCH /m],
    ] as const) {
      await writeFile(file, hostile);
      assert.match((await desk.does('sign', file, ...nobody)).errors, why);
    }
    assert.match((await desk.does('sign', '/nowhere.towline')).errors, /^CLI_USAGE .*there is no/m);
    await desk.commits({ 'groups/other.yaml': 'apiVersion: towline/v1\n' });
    const moved = await desk.does('sign', taken.file, ...nobody);
    assert.match(moved.errors, /^CLI_PATCH_OUTDATED /m);
  });

  test('is not pushed where devices would not take it, and says who is missing', async () => {
    const desk = await ready;
    const stranger = await makeSshKey();
    const before = await desk.head();
    const taken = await takenAway(desk, { 'groups/third.yaml': 'apiVersion: towline/v1\n' });
    const ran = await desk.does('sign', taken.file, '--yes', '--key', stranger.file);
    assert.match(ran.errors, /^CLI_CHANGE_REFUSED TRUST_UNKNOWN_KEY .*missing: 1 more of root/m);
    assert.equal(await desk.head(), before);
    await stranger.remove();
  });

  test('is signed by nobody who was not asked: on a terminal anything but y, elsewhere without --yes', async () => {
    const desk = await ready;
    const taken = await takenAway(desk, { 'groups/fourth.yaml': 'apiVersion: towline/v1\n' });
    const before = await desk.head();
    assert.match((await desk.does('sign', taken.file)).errors, /^CLI_USAGE .*needs --yes/m);
    for (const [answer, code] of [
      ['n', 2],
      ['y', 0],
    ] as const) {
      const command = `${path.join(commandFolder, 'towline')} sign ${taken.file} --repo ${desk.fleet.directory}`;
      const terminal = await PersonTerminal.open(desk.fleet.folder, command);
      await terminal.sees(`Sign exactly this, ${taken.fingerprint}`);
      terminal.type(`${answer}\r`);
      assert.equal(await terminal.exited, code, terminal.screen);
      assert.equal((await desk.head()) === before, answer === 'n');
    }
  });
});
