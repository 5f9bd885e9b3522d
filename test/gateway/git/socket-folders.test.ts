import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderPrefix, sweepSocketFolders } from '../../../gateway/git/socket-folders.ts';

test('what a killed gateway left in the temporary folder is swept; what lives or is not ours stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'towline-sweep-'));
  try {
    const gone = spawnSync('true').pid;
    const living = [`${folderPrefix}${process.pid}-abc`, `${folderPrefix}1-abc`, `${folderPrefix}x`, 'other'];
    for (const name of [...living, `${folderPrefix}${gone}-abc`]) mkdirSync(join(folder, name));
    sweepSocketFolders(folder);
    assert.deepEqual(readdirSync(folder).sort(), [...living].sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
