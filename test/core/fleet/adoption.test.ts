/** Who may say that a device's running projects are taken over: its own file, and whoever may write that part of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desiredState } from '../../../core/desired/desired-state.ts';
import { loadFleet } from '../../../core/fleet/load.ts';
import { exampleFleet, repositoryOf, shown, type Texts } from './example-fleet.ts';

const engine = 'engine: { adopt: [shop], runtimes: [crun] }\n';
const own = 'devices/berlin/pump-1.yaml';
const group = 'groups/eu.yaml';

const withMore = (path: string, more: string): Texts => ({ [path]: `${exampleFleet[path]}${more}` });

async function engineOf(texts: Texts) {
  const { reader, commit } = repositoryOf({ ...exampleFleet, ...texts });
  return (await desiredState({ reader, commit, device: 'pump-1' })).state?.engine;
}

test('the word of a device’s own file counts', async () => {
  assert.deepEqual(await engineOf(withMore(own, engine)), { adopt: ['shop'], runtimes: ['crun'] });
});

test('that of a group or of the fleet counts for nothing, beside what else they allow, and does not widen the device’s', async () => {
  for (const wide of [group, 'fleet.yaml']) {
    assert.deepEqual(await engineOf(withMore(wide, engine)), { runtimes: ['crun'] }, wide);
    const both = { ...withMore(wide, engine), ...withMore(own, 'engine: { adopt: [till] }\n') };
    assert.deepEqual(await engineOf(both), { adopt: ['till'], runtimes: ['crun'] }, wide);
  }
});

test('in a group or in fleet.yaml it is refused where it stands', async () => {
  for (const wide of [group, 'fleet.yaml']) {
    const { reader, commit } = repositoryOf({ ...exampleFleet, ...withMore(wide, engine) });
    const [first, ...more] = shown((await loadFleet(reader, commit)).problems);
    assert.match(first ?? '', new RegExp(`^${wide.replace('.', '\\.')}:\\d+:11 FLEET_ADOPT_WIDE `));
    assert.deepEqual(more, []);
  }
});
