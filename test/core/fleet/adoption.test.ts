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

test('an app that adopts is refused, by the desk and by the device, where its device’s own file does not name its project', async () => {
  const taking = 'apps/web/releases/1.0.0/app.yaml';
  const refusals = async (more: Texts, projectPrefix = '') => {
    const { reader, commit } = repositoryOf({
      ...exampleFleet,
      [taking]: 'apiVersion: towline/v1\nadopt: true\n',
      ...more,
    });
    return shown((await desiredState({ reader, commit, device: 'pump-1', projectPrefix })).problems);
  };
  const refused = /^apps\/web\/releases\/1\.0\.0\/app\.yaml:2:\d+ ENGINE_ADOPT_REFUSED .* device pump-1 /;
  for (const more of [
    {},
    withMore(group, 'engine: { adopt: [web] }\n'),
    withMore('fleet.yaml', 'engine: { adopt: [web] }\n'),
    withMore(own, 'engine: { adopt: [till, web_2, web2] }\n'),
  ]) {
    const [first = '', ...rest] = await refusals(more);
    assert.match(first, refused, JSON.stringify(more));
    assert.deepEqual(rest, []);
  }
  const allowed = withMore(own, 'engine: { adopt: [web] }\n');
  assert.deepEqual(await refusals(allowed), []);
  assert.deepEqual(await refusals({ ...allowed, [taking]: 'apiVersion: towline/v1\n' }), []);
  // By its name on that device.
  assert.match((await refusals(allowed, 'a-')).join(), /runs as a-web,/);
});
