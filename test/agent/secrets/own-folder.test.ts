import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { projectFolders } from '../../../agent/projects/project-folders.ts';
import { prepareMemoryFolder } from '../../../agent/secrets/memory-folder.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { makeOwnFolder, verdictOnFolder } from '../../../core/io/file/own-folder.ts';

const stranger = 1234;
let shared: string;
let folder: string;

/** Like /dev/shm: everybody may make something there, and nobody may remove what is not theirs. */
beforeEach(() => {
  shared = mkdtempSync('/dev/shm/towline-own-');
  chmodSync(shared, 0o1777);
  folder = path.join(shared, 'towline', 'projects', 'web');
});
afterEach(() => rmSync(shared, { recursive: true, force: true }));

const planted: Record<string, () => void> = {
  'a folder of somebody else, first': () => {
    mkdirSync(path.join(shared, 'towline'));
    chownSync(path.join(shared, 'towline'), stranger, stranger);
  },
  'a folder of somebody else, last': () => {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, stranger, stranger);
  },
  'a link of somebody else': () => {
    mkdirSync(path.join(shared, 'elsewhere'), { mode: 0o700 });
    symlinkSync(path.join(shared, 'elsewhere'), path.join(shared, 'towline'));
    lchownSync(path.join(shared, 'towline'), stranger, stranger);
  },
  'a link of ours into a folder of somebody else': () => {
    mkdirSync(path.join(shared, 'elsewhere'));
    chownSync(path.join(shared, 'elsewhere'), stranger, stranger);
    symlinkSync('elsewhere', path.join(shared, 'towline'));
  },
  'a folder of ours that everybody may write to': () => {
    mkdirSync(path.join(shared, 'towline'));
    chmodSync(path.join(shared, 'towline'), 0o777);
    mkdirSync(folder, { recursive: true });
  },
  'a folder that a group may write to': () => {
    mkdirSync(path.join(shared, 'towline'));
    chmodSync(path.join(shared, 'towline'), 0o770);
    mkdirSync(folder, { recursive: true });
  },
  'a file': () => writeFileSync(path.join(shared, 'towline'), ''),
  'a link to itself': () => symlinkSync('towline', path.join(shared, 'towline')),
};

describe('a runtimeDirectory below a shared folder', () => {
  for (const [name, plant] of Object.entries(planted)) {
    test(`${name} was there first: no secret is written, and nothing there is changed`, async () => {
      plant();
      const before = existsSync(folder);
      await assert.rejects(prepareMemoryFolder(folder), (error: unknown) =>
        isTowlineError(error, 'SECRET_FOLDER_SHARED'),
      );
      assert.equal(existsSync(folder), before);
      assert.notEqual((await verdictOnFolder(folder)).kind, 'own');
    });
  }

  test('one that nobody has planted is made, closed to others, and used again', async () => {
    await prepareMemoryFolder(folder);
    for (const each of [folder, path.dirname(folder)]) assert.equal(statSync(each).mode & 0o777, 0o700);
    await prepareMemoryFolder(folder);
    chmodSync(folder, 0o755);
    await prepareMemoryFolder(folder);
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal((await verdictOnFolder(folder)).kind, 'own');
  });

  test('a link of root, such as /var/run, is followed', async () => {
    mkdirSync(path.join(shared, 'real'), { mode: 0o700 });
    symlinkSync('real', path.join(shared, 'towline'));
    assert.deepEqual(await makeOwnFolder(folder), { kind: 'own' });
    assert.ok(existsSync(path.join(shared, 'real', 'projects', 'web')));
  });

  test('what is missing is said to be missing, and looking makes nothing', async () => {
    assert.deepEqual(await verdictOnFolder(folder), { kind: 'missing' });
    assert.ok(!existsSync(path.join(shared, 'towline')));
  });

  test('by default it is below /run, on which nobody but root can write', () => {
    assert.equal(projectFolders({ stateDirectory: tmpdir() }, 'web').memory, '/run/towline/projects/web');
  });
});
