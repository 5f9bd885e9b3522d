/** A patch of a page that lies: what it hides, and what a signature under it would do besides, is refused before a key signs. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { pushedFleet } from '../change/pushed-fleet.ts';
import { git, towline } from '../towline.ts';
import { keepPending, takenAway } from './taken-away.ts';

const pump = 'devices/berlin/pump-1.yaml';
const daySec = 86_400;

describe('a patch of a page that lies', () => {
  const ready = pushedFleet();
  after(async () => (await ready)[Symbol.asyncDispose]());

  /** What git has made under any name. */
  const commitsMade = async (directory: string) =>
    (await git(directory, 'cat-file', '--batch-check=%(objecttype)', '--batch-all-objects')).match(
      /^commit$/gm,
    )?.length;

  test('dated ahead is signed by nobody: with a second such signature it would end the fleet by a date', async () => {
    const desk = await ready;
    const paused = { [pump]: `${await desk.atMain(pump)}\npaused: true\n` };
    const timeSec = Math.floor(Date.now() / 1000) + 2 * daySec;
    const { file } = await takenAway(desk, paused, { timeSec });
    const [head, made] = [await desk.head(), await commitsMade(desk.fleet.directory)];
    const ran = await desk.does('sign', file, '--yes');
    assert.match(
      ran.errors,
      /^TRUST_TIME_FUTURE .*the patch is dated \S+Z, and it is \S+Z by the clock of this machine/m,
    );
    assert.equal(ran.code, 1);
    assert.equal(await desk.head(), head);
    assert.equal(await commitsMade(desk.fleet.directory), made, 'no key has signed');
  });

  test('under which the files of the fleet would be wrong is not signed, as by no other verb', async () => {
    const desk = await ready;
    const { file } = await takenAway(desk, { 'groups/canary.yaml': 'apiVersion: towline/v1\nprority: 20\n' });
    const [head, made] = [await desk.head(), await commitsMade(desk.fleet.directory)];
    const ran = await desk.does('sign', file, '--yes');
    assert.match(ran.errors + ran.output, /groups\/canary\.yaml:2:1 FLEET_UNKNOWN_KEY/);
    assert.notEqual(ran.code, 0);
    assert.equal(await desk.head(), head);
    assert.equal(await commitsMade(desk.fleet.directory), made, 'no key has signed');
  });

  test('that brings lines together is none, however it is written', async () => {
    const desk = await ready;
    const paused = { [pump]: `${await desk.atMain(pump)}\npaused: true\n` };
    for (const token of ['Towline-Joins', 'towline-joins ']) {
      const { file } = await takenAway(desk, paused, { trailer: `${token}: ${'a'.repeat(40)}\n` });
      assert.match((await desk.does('sign', file, '--yes')).errors, /^TRUST_PATCH .*brings lines together/m);
    }
  });

  test('hides no line by attributes that it brings itself, where temporary files lie in a repository, too', async () => {
    const desk = await ready;
    const hidden = {
      '.gitattributes': '* -diff\n',
      'devices/.gitattributes': '* binary\n',
      [pump]: `${await desk.atMain(pump)}\npaused: true\n`,
    };
    const taken = await takenAway(desk, hidden);
    await keepPending(desk, 'attributes', taken);
    const folder = path.join(desk.fleet.directory, 'tmp');
    await mkdir(folder, { recursive: true });
    for (const words of [
      ['sign', taken.file, '--dry-run'],
      ['show', 'pending/attributes'],
    ]) {
      const { output } = await towline(words, { TMPDIR: folder }, desk.fleet.directory);
      assert.match(output, /^\+paused: true$/m);
      assert.doesNotMatch(output, /Binary files/);
    }
  });
});
