/** Since when a device knows of what comes ahead: durable, and forgotten with it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { ProjectStore } from '../../../agent/projects/project-store.ts';

const stateDirectory = mkdtempSync(path.join(tmpdir(), 'towline-noted-'));
after(() => rmSync(stateDirectory, { recursive: true, force: true }));

test('a start of the agent begins nothing anew; what is next no more would be new', async () => {
  const before = new ProjectStore({ stateDirectory });
  await before.noteDownloads(new Map([['shop@1.6.0', 5]]));
  const after = new ProjectStore({ stateDirectory });
  assert.deepEqual([...((await after.memory(9)).downloads ?? [])], [['shop@1.6.0', 5]]);
  await after.noteDownloads(new Map());
  assert.equal((await after.memory(9)).downloads, undefined);
  assert.equal((await new ProjectStore({ stateDirectory }).memory(9)).downloads, undefined);
});
