import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Lane } from '../../../gateway/git/git-job.ts';
import { GitRunner } from '../../../gateway/git/git-runner.ts';
import { git, helperCommand } from '../rig/gateway.ts';

const mebibyte = 1024 * 1024;
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'towline-memory-'));
  git(['init', '-q', '--bare', folder]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What git, and what git starts, may have: as a shell that it runs is told, KiB. */
async function limitIn(lane: Lane): Promise<string> {
  await using runner = new GitRunner({ maxProcesses: 1, maxQueued: 1, helperCommand });
  let said = '';
  const job = { lane, arguments: ['-c', 'alias.limit=!ulimit -d', '--git-dir', folder, 'limit'] };
  const onOutput = (chunk: Buffer) => {
    said += chunk.toString('latin1');
  };
  const { code, stderr } = await runner.run({ ...job, onOutput }, AbortSignal.timeout(20_000));
  assert.equal(code, 0, stderr);
  return said.trim();
}

for (const lane of ['devices', 'fetches', 'pushes', 'own'] as const) {
  test(`git in the lane of ${lane}, and what it starts, may have 512 MiB`, async () => {
    assert.equal(await limitIn(lane), String((512 * mebibyte) / 1024));
  });
}

test('maintenance, which is fed by nobody while it runs, may have 2 GiB', async () => {
  assert.equal(await limitIn('maintenance'), String((2048 * mebibyte) / 1024));
});
