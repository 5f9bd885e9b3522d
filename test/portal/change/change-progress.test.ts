/** How far a change has come, by what devices have signed: from the commit on main to what is healthy with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRepository } from '../../../lab/rig/memory-repository.ts';
import { changeProgress } from '../../../portal/change/change-progress.ts';
import type { Home } from '../../../portal/home/home.ts';
import type { Viewer } from '../../../portal/home/viewer.ts';
import type { StatusFile } from '../../../schemas/types.generated.ts';

const { signal } = new AbortController();
const repository = new MemoryRepository();
let number = 0;
const commit = (...parents: string[]) => {
  number += 1;
  return repository.commit({
    files: new Map([['n', `${number}`]]),
    parents,
    message: 'x\n',
    timeSec: number,
  });
};
const before = commit();
const base = commit(before);
const signed = commit(base);
const later = commit(signed);
const latest = commit(later);
/** Of another line. */
const aside = commit(base);

type Said = Partial<Pick<StatusFile, 'trusted' | 'followed' | 'applied' | 'outcome'>> & {
  readonly states?: readonly StatusFile['projects'][number]['state'][];
};
const project = (state: StatusFile['projects'][number]['state']) => ({
  ...{ app: 'hello', project: 'hello', state, services: [] },
});

async function progressOf(main: string, said: Readonly<Record<string, Said>>, reads?: readonly string[]) {
  const report = async (device: string) => {
    const {
      states = ['healthy'],
      trusted = { commit: base },
      outcome = 'unchanged',
      ...rest
    } = said[device] ?? {};
    const status = { trusted, outcome, ...rest, projects: states.map(project) };
    return said[device] === undefined ? undefined : { kind: 'said', status, blob: '' };
  };
  const home = {
    fleet: { current: { commit: main }, objects: repository },
    telemetry: { report },
  };
  const viewer = { reads: (device: string) => reads?.includes(device) ?? true };
  // Of a home and a viewer no more is asked here.
  const question = { home: home as unknown as Home, viewer: viewer as unknown as Viewer };
  const devices = ['pump-1', 'pump-2'];
  const { state, progress } = await changeProgress(
    { ...question, base, signed, pushedMs: 0, devices },
    signal,
  );
  const counts = progress.find(({ step }) => step === 'seen')?.devices;
  return { state, steps: progress.map(({ step }) => step), counts };
}

test('it is pushed until the gateway trusts it, and trusted from then on, however far main goes', async () => {
  assert.deepEqual(await progressOf(base, {}), { state: 'pushed', steps: ['pushed'], counts: undefined });
  for (const main of [signed, later, latest]) {
    const { state, steps } = await progressOf(main, {});
    assert.equal(state, 'trusted');
    assert.deepEqual(steps, ['pushed', 'trusted', 'seen', 'applied', 'healthy']);
  }
});

test('a device has seen it that trusts it or a later one; one on another line, or before it, has not', async () => {
  const seen = async (at: string) =>
    (await progressOf(latest, { 'pump-1': { trusted: { commit: at }, followed: base } })).counts?.seen;
  assert.deepEqual(await Promise.all([signed, later, latest].map(seen)), [1, 1, 1]);
  assert.deepEqual(await Promise.all([before, base, aside].map(seen)), [0, 0, 0]);
});

test('it is done where all devices are healthy with it; one that failed is told, and one that pauses is well', async () => {
  const well: Said = { trusted: { commit: later }, followed: later, applied: later, outcome: 'applied' };
  const paused: Said = { trusted: { commit: later }, followed: later, outcome: 'paused', states: ['paused'] };
  const failed: Said = {
    trusted: { commit: later },
    followed: later,
    outcome: 'rolled-back',
    states: ['rolled-back'],
  };
  const both = await progressOf(latest, { 'pump-1': well, 'pump-2': paused });
  assert.deepEqual([both.state, both.counts?.healthy], ['done', 2]);
  const one = await progressOf(latest, { 'pump-1': well, 'pump-2': failed });
  assert.equal(one.state, 'trusted');
  assert.deepEqual(one.counts, { seen: 2, applied: 1, healthy: 1, failed: 1, of: 2 });
  assert.ok(one.steps.includes('failed'));
});

test('devices that the person does not read are not counted, and nothing of them is told', async () => {
  const well: Said = { trusted: { commit: later }, followed: later, applied: later, outcome: 'applied' };
  const own = await progressOf(latest, { 'pump-1': well, 'pump-2': well }, ['pump-1']);
  assert.deepEqual([own.state, own.counts?.of], ['done', 1]);
  const none = await progressOf(latest, { 'pump-1': well, 'pump-2': well }, []);
  assert.deepEqual([none.state, none.counts], ['trusted', undefined]);
});
