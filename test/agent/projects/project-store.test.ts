import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ProjectStore } from '../../../agent/projects/project-store.ts';
import { makeProject } from '../../../lab/rig/desired.ts';

async function folder(): Promise<AsyncDisposable & { stateDirectory: string }> {
  const stateDirectory = await mkdtemp(path.join(tmpdir(), 'towline-store-'));
  const remove = () => rm(stateDirectory, { recursive: true, force: true });
  return { stateDirectory, [Symbol.asyncDispose]: remove };
}

const project = makeProject('pump', { services: { app: { image: 'pump' } } });

test('a hold stays, in memory and on the disk, when the pass notes something of the device at that moment', async () => {
  await using state = await folder();
  const store = new ProjectStore(state);
  const tunnel = { state: 'open', maxDurationMs: 1, targets: [] } as const;
  await Promise.all([
    store.hold(9e12),
    store.noteImages(['x@sha256:1'], [], 1e12),
    store.noteTunnel(tunnel, 1),
  ]);
  for (const seen of [store, new ProjectStore(state)]) {
    const { holdUntilMs, tunnel: noted } = await seen.memory(0);
    assert.deepEqual([holdUntilMs, noted?.firstOpenMs], [9e12, 1]);
    assert.deepEqual([...(await seen.images()).keys()], ['x@sha256:1']);
  }
});

test('changes to one record at the same time are all kept', async () => {
  await using state = await folder();
  const store = new ProjectStore(state);
  const ids = Array.from({ length: 30 }, (_, index) => `container-${index}`);
  await Promise.all([
    ...ids.map(id => store.noteStarting('pump', [id], true)),
    store.recordGood(project),
    store.update('pump', { setAside: { digest: 'd', code: 'c', message: 'm', atMs: 1 } }),
  ]);
  await store.noteGone('pump', 'container-3');
  await store.tidy();
  for (const seen of [store, new ProjectStore(state)]) {
    const { starting, lastGood, setAside } = await seen.record('pump');
    assert.deepEqual(
      starting,
      ids.filter(id => id !== 'container-3'),
    );
    assert.deepEqual([lastGood?.digest, setAside?.digest], [project.digest, 'd']);
  }
});

test('mending the last good state keeps the pause of an update that waits; that update coming good ends it', async () => {
  await using state = await folder();
  const store = new ProjectStore(state);
  const attempts = { count: 4, nextMs: 9, code: 'PULL', message: 'down' };
  await store.update('pump', { attempts: { ...attempts, digest: 'the update' } });
  await store.recordGood(project);
  assert.equal((await store.record('pump')).attempts?.count, 4);
  await store.update('pump', { attempts: { ...attempts, digest: project.digest } });
  await store.recordGood(project);
  assert.equal((await store.record('pump')).attempts, undefined);
});

test('an opening noted by a clock that was ahead counts from the present once the clock is right', async () => {
  await using state = await folder();
  const tunnel = { state: 'open', maxDurationMs: 1, targets: [] } as const;
  await new ProjectStore(state).noteTunnel(tunnel, 4e12);
  for (const nowMs of [1e12, 1e12 + 5]) await new ProjectStore(state).noteTunnel(tunnel, nowMs);
  assert.equal((await new ProjectStore(state).memory(1e12)).tunnel?.firstOpenMs, 1e12);
});
