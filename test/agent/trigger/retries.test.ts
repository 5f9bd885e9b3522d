/** What has failed is tried again when its pause is over, though nothing else wakes the device. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ProjectOutcome } from '../../../agent/apply/outcome.ts';
import { ProjectStore } from '../../../agent/projects/project-store.ts';
import { Retries } from '../../../agent/trigger/retries.ts';
import { nextTry } from '../../../core/plan/next-try.ts';

const minuteMs = 60_000;

/** A device that remembers, by a clock in the test's hands. */
function rig(t: TestContext) {
  const stateDirectory = mkdtempSync(path.join(tmpdir(), 'towline-retries-'));
  t.after(() => rmSync(stateDirectory, { recursive: true, force: true }));
  const store = new ProjectStore({ stateDirectory });
  let [nowMs, rings] = [Date.parse('2026-11-30T04:15:00Z'), 0];
  const sleeping = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((wake, reject) => {
      const one = { untilMs: nowMs + ms, wake };
      sleeping.add(one);
      signal.addEventListener('abort', () => {
        sleeping.delete(one);
        reject(signal.reason);
      });
    });
  const retries = new Retries({ store, time: { now: () => nowMs, sleep } });
  const over = new AbortController();
  const watched = retries.watch(() => rings++, over.signal);
  t.after(async () => {
    over.abort();
    await watched;
    assert.equal(sleeping.size, 0, 'nobody sleeps on');
  });
  return {
    ...{ store, retries },
    now: () => nowMs,
    /** A pass ends that tells of these. */
    see: (...names: string[]) =>
      retries.see({
        applied: {
          ...{ outcome: 'failed', leftovers: [] },
          projects: names.map(project => ({ project }) as unknown as ProjectOutcome),
        },
      }),
    /** @returns how often it rang meanwhile */
    async later(ms: number): Promise<number> {
      const before = rings;
      nowMs += ms;
      for (const one of [...sleeping].filter(({ untilMs }) => untilMs <= nowMs)) {
        sleeping.delete(one);
        one.wake();
      }
      await new Promise(resolve => setImmediate(resolve));
      return rings - before;
    },
  };
}

type Rig = ReturnType<typeof rig>;

/** It has failed once more. @returns its pause, milliseconds */
async function fails(made: Rig, kind: 'attempts' | 'backupTries', name: string): Promise<number> {
  const before = (await made.store.record(name))[kind];
  const { count, nextMs } = nextTry(before, 'sha256:1', made.now());
  const code = { code: 'BACKUP_FAILED', message: 'it failed' };
  await made.store.update(name, { [kind]: { digest: 'sha256:1', count, nextMs, ...code } });
  return nextMs - made.now();
}

for (const kind of ['attempts', 'backupTries'] as const)
  test(`${kind}: it rings after 30 s, after a minute more, and up to an hour; once each time`, async t => {
    const made = rig(t);
    for (const pauseMs of [30_000, minuteMs, 2 * minuteMs, 4 * minuteMs, 8 * minuteMs, 16 * minuteMs]) {
      assert.equal(await fails(made, kind, 'shop'), pauseMs);
      await made.see('shop');
      assert.deepEqual([await made.later(pauseMs - 1), await made.later(2)], [0, 1], String(pauseMs));
    }
    await made.see('shop');
    assert.equal(await made.later(60 * minuteMs), 0, 'nothing has failed since');
  });

test('of several the first one rings, and the next one after the pass that it brings', async t => {
  const made = rig(t);
  await fails(made, 'attempts', 'late');
  await fails(made, 'attempts', 'late');
  await fails(made, 'backupTries', 'early');
  await made.see('late', 'early');
  assert.equal(await made.later(30_001), 1);
  await made.see('late', 'early');
  assert.deepEqual([await made.later(29_000), await made.later(1_001)], [0, 1]);
});

test('a restore that could not be done rings, and none that is over, or that nobody can read', async t => {
  const made = rig(t);
  const { nextMs, count } = nextTry(undefined, 'b', made.now());
  const tries = { count, nextMs, code: 'RESTORE_IN_USE', message: 'somebody uses it' };
  const note = {
    backup: 'b',
    cause: 'request',
    migrate: false,
    stamp: 's',
    phase: 'asked',
    volumes: [],
  } as const;
  await made.store.restores.note('shop', { ...note, tries });
  await made.see('shop');
  assert.equal(await made.later(30_001), 1);
  await made.store.restores.note('shop', { ...note, tries: { ...tries, nextMs: made.now() + 30_000 } });
  await made.see('shop');
  await made.store.restores.clear('shop');
  await made.see('shop');
  assert.equal(await made.later(30_001), 0);
});

test('a pause that was noted by a clock that ran ahead rings not', async t => {
  const made = rig(t);
  await fails(made, 'attempts', 'shop');
  await made.later(-30 * 24 * 60 * minuteMs);
  await made.see('shop');
  assert.equal(await made.later(30 * 24 * 60 * minuteMs), 0);
});

test('a pass that did not get to the apps leaves what waits as it is', async t => {
  const made = rig(t);
  await fails(made, 'attempts', 'shop');
  await made.see('shop');
  await made.retries.see({});
  assert.equal(await made.later(30_001), 1);
});
