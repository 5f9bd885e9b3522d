/** Power that is cut at any fsync of an update, with all that was not synced: what starts is whole, and the update comes to its end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { openHome } from '../../../agent/update/open-home.ts';
import { isWhole, stage, type WantedVersion } from '../../../agent/update/stage.ts';
import type { UpdateHome } from '../../../agent/update/update-home.ts';
import { strideOf } from '../../rig/every.ts';
import { ForgetfulDisk } from '../apply/forgetful-disk.ts';
import { never, VersionFiles } from './version-files.ts';

const launch = path.resolve(import.meta.dirname, '../../../deploy/launch');
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** What the launcher starts: slot 0, or one that is whole. */
async function started(files: VersionFiles, wanted: WantedVersion): Promise<string> {
  const words = [
    path.join(files.package, 'launch'),
    'agent',
    '--config',
    path.join(files.folder, 'agent.yaml'),
  ];
  const { stdout } = spawnSync('sh', words, { encoding: 'utf8' });
  const slot = stdout.trim();
  if (slot !== '0') assert.ok(await isWhole(files.slots.folderOf(slot), wanted.digest, never), slot);
  // The launcher has synced what it wrote.
  if (existsSync(path.join(files.slots.folder, 'trying'))) {
    for (const name of ['trying', '.']) {
      await using written = await open(path.join(files.slots.folder, name), 'r');
      await written.sync().catch(() => undefined);
    }
  }
  return slot;
}

/** One life of an agent, up to where it ends by itself: it brings the version, begins its trial, or stays. */
async function live(files: VersionFiles, wanted: WantedVersion, slot: string): Promise<UpdateHome> {
  const uptimeSec = () => 0;
  const home = await openHome({ stateDirectory: files.state, slot, clock: { now: () => 0 }, log, uptimeSec });
  if (home.isOnTrial) await home.commit();
  else if (slot === '0') {
    const to = await stage(wanted, files.options({ carried: sha256 => files.carried(sha256) }), never);
    await home.staged(to, wanted);
    await home.beginTrial(to, wanted, { whole: true, reported: true });
  }
  return home;
}

function prepare(files: VersionFiles): void {
  copyFileSync(launch, path.join(files.package, 'launch'));
  const node = path.join(files.package, 'node');
  writeFileSync(node, '#!/bin/sh\necho "$TOWLINE_SLOT"\n');
  chmodSync(node, 0o755);
  writeFileSync(path.join(files.folder, 'agent.yaml'), `stateDirectory: ${files.state}\n`);
}

test('what starts after power was cut at any fsync is whole, and the update comes to its end', async () => {
  await using files = await VersionFiles.start();
  prepare(files);
  // Its Node is the package's: that one says which slot it runs.
  const wanted = files.version('2.0.0', [
    files.part('agent', { 'agent.js': 'run();', 'doc/device.md': 'read me' }),
  ]);
  const slot = `2.0.0-${wanted.digest.slice(7, 19)}`;
  let cuts = 0;
  for (let fsync = 1, isOver = false; !isOver; fsync += strideOf(3)) {
    for (const name of readdirSync(files.state)) {
      const left = path.join(files.state, name);
      if (existsSync(left)) spawnSync('rm', ['-r', left]);
    }
    using disk = new ForgetfulDisk(files.state);
    mkdirSync(files.state, { recursive: true });
    disk.endAt(fsync, () => undefined);
    isOver = await twoLives(files, wanted);
    if (isOver) break;
    cuts += 1;
    disk.cut();
    let at = '';
    for (let lives = 0; lives < 4 && at !== slot; lives += 1) {
      at = await started(files, wanted);
      await live(files, wanted, at);
    }
    assert.equal(await started(files, wanted), slot, `cut at fsync ${fsync}`);
    const names = readdirSync(files.slots.folder).sort();
    assert.deepEqual(names, [slot, 'current', 'update.json', 'update.json.copy'], `cut at fsync ${fsync}`);
  }
  assert.ok(cuts >= 10, `${cuts} cuts`);
});

/** @returns whether no power was cut */
async function twoLives(files: VersionFiles, wanted: WantedVersion): Promise<boolean> {
  try {
    await live(files, wanted, await started(files, wanted));
    const home = await live(files, wanted, await started(files, wanted));
    return home.memory.phase === 'committed';
  } catch (error) {
    assert.match(String(error), /the power is gone/);
    return false;
  }
}
