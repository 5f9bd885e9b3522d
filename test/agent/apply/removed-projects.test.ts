/** What a device that is retired has on its disk of apps that were removed before it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { removedProjects } from '../../../agent/apply/removed-projects.ts';
import { Leftovers } from '../../../agent/projects/leftovers.ts';
import { RestoreNotes } from '../../../agent/projects/restore-notes.ts';
import type { RestoreNote } from '../../../core/backup/restore-note.ts';
import { makeDesired } from '../../../lab/rig/desired.ts';

const nowMs = Date.UTC(2026, 10, 28, 12);
const torn: RestoreNote = {
  ...{ backup: '20261101T000000Z-00000000', cause: 'request', migrate: false, stamp: '20261101T000000.000Z' },
  ...{ phase: 'unpacked', exchanging: true, volumes: [] },
};

/** @returns the projects that are said to be removed, and whether the data of the one that went before is there */
async function retire(apps: 'remove' | 'remove-with-volumes', holdUntilMs = 0) {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), 'towline-removed-'));
  try {
    const root = path.join(stateDirectory, 'projects/old');
    mkdirSync(path.join(root, 'data'), { recursive: true });
    writeFileSync(path.join(root, 'data/customers'), 'alice');
    mkdirSync(path.join(stateDirectory, 'projects/empty/files'), { recursive: true });
    const backups = path.join(stateDirectory, 'backups/gone');
    mkdirSync(path.join(backups, '20261101T000000Z-00000000'), { recursive: true });
    const folders = { stateDirectory, runtimeDirectory: path.join(stateDirectory, 'run') };
    const leftovers = new Leftovers(folders);
    const restores = new RestoreNotes(path.join(stateDirectory, 'projects'));
    mkdirSync(path.join(stateDirectory, 'projects/gone'));
    await restores.note('gone', torn);
    const store = {
      memory: async () => ({ projects: new Map(), nowMs, holdUntilMs }),
      forget: (name: string) => restores.forget(name),
      restores,
    };
    const outcomes = await removedProjects(
      // Only what this part of a pass goes through is there.
      {
        plan: { steps: [], skipped: [] },
        desired: { ...makeDesired('pump', []), retired: apps },
        ...{ store, folders, clock: { now: () => nowMs } },
      } as never,
      { failures: new Map(), observed: { containers: [], volumes: [] } as never, leftovers },
    );
    const isThere = existsSync(path.join(root, 'data'));
    assert.equal(existsSync(backups), isThere, 'backups');
    assert.equal((await restores.of('gone')) !== undefined, isThere, 'its volumes have data of two times');
    return { removed: outcomes.map(({ project, state }) => `${project} ${state}`), isThere };
  } finally {
    rmSync(stateDirectory, { recursive: true });
  }
}

test('what an app wrote that was removed before goes with the device, where its volumes do, and waits for a hold', async () => {
  assert.deepEqual(await retire('remove-with-volumes'), {
    removed: ['gone removed', 'old removed'],
    isThere: false,
  });
  assert.deepEqual(await retire('remove'), { removed: [], isThere: true });
  assert.deepEqual(await retire('remove-with-volumes', nowMs + 60_000), { removed: [], isThere: true });
});

test('a volume that was to go and is there is named, with a name of its app or of the engine; others are not', async () => {
  const folders = { stateDirectory: path.join(tmpdir(), 'towline-none'), runtimeDirectory: '/nowhere' };
  const anonymous = 'a'.repeat(64);
  const going = ['shop_data', 'shop_gone', anonymous];
  const there = ['shop_data', anonymous, 'b'.repeat(64), 'shop_external'];
  const owner = { project: 'shop', key: 'x', hash: '' };
  const outcomes = await removedProjects(
    {
      plan: { steps: going.map(name => ({ kind: 'retire-volume', project: 'shop', name })), skipped: [] },
      desired: { ...makeDesired('pump', []), retired: 'remove-with-volumes' },
      store: {
        memory: async () => ({ projects: new Map(), nowMs }),
        forget: async () => {},
        restores: new RestoreNotes(path.join(folders.stateDirectory, 'projects')),
      },
      ...{ folders, clock: { now: () => nowMs } },
    } as never,
    {
      failures: new Map(),
      observed: { containers: [], volumes: there.map(name => ({ name, owner })) } as never,
      leftovers: new Leftovers(folders),
    },
  );
  assert.match(outcomes[0]?.message ?? '', new RegExp(`volume shop_data, ${anonymous}$`));
});
