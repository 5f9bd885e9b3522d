/** A page that shows a plan shows the planner's own: the very text and JSON of `towline plan`, for fleets that are made up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomOf } from '../../../lab/rig/generated-pair.ts';
import { operatorText, releaseOf } from '../../../lab/rig/portal-files.ts';
import { PortalFleet } from '../../../lab/rig/portal-fleet.ts';
import { towline } from '../../cli/towline.ts';
import { AskedModel } from './asked-model.ts';
import { writtenRepository } from './written-repository.ts';

const size = 12;

/** What a device's own file says besides. */
const own = [
  '',
  'apps: { web: { release: "1.1.0" } }\n',
  'apps: { web: { release: "1.2.0", pinned: { reason: a new meter } } }\n',
  'apps: { web: { paused: true } }\n',
  'apps: { web: { next: "1.1.0" } }\n',
  'apps: { web: { absent: true } }\n',
  'apps: { web: { variables: { LEVEL: "7" } } }\n',
  // With an end: without one, it is that of the moment at which it is planned.
  `tunnel: { state: open, reason: INC-42, until: "${new Date(Date.now() + 3_600_000).toISOString()}" }\n`,
  'paused: true\n',
] as const;

async function generated(seed: number): Promise<PortalFleet> {
  const random = randomOf(seed);
  const one = <Value>(values: readonly Value[]): Value | undefined => values[random(values.length)];
  const alice = operatorText({ git: { fleet: 'read', telemetry: 'read' } });
  const fleet = await PortalFleet.make({
    size,
    files: { 'operators/alice.yaml': alice, ...releaseOf('1.2.0', { breaking: 'new units' }) },
  });
  const commits = [fleet.seen?.commit ?? ''];
  for (let step = 0; step < 4; step += 1) {
    const changes: Record<string, string> = {};
    for (const id of fleet.ids) {
      const path = fleet.pathOf(id);
      const kept = (fleet.files.get(path) ?? '').split('\n').slice(0, 4).join('\n');
      if (random(2) === 0) changes[path] = `${kept}\n${one(own) ?? ''}`;
    }
    commits.push(await fleet.commit(changes, `Step ${step}`));
  }
  for (const id of fleet.ids) {
    const applied = one(commits) ?? '';
    fleet.say(id, { trusted: { commit: applied }, followed: applied, applied });
  }
  return fleet;
}

/** Without the moment at which it was planned, where that stands in it. */
const timeless = (plan: { downloads: readonly { sinceMs?: number }[] }) => ({
  ...plan,
  downloads: plan.downloads.map(({ sinceMs: _now, ...download }) => download),
});

test('each device of a generated fleet has the plan of towline plan --json, and its text', async () => {
  let steps = 0;
  for (const seed of [1, 2]) {
    const fleet = await generated(seed);
    const commit = fleet.seen?.commit ?? '';
    const main = await writtenRepository(fleet.main, new Map([['main', commit]]));
    const tips = [...fleet.tips].map(([id, tip]) => [`telemetry/${id}`, tip] as const);
    const telemetry = await writtenRepository(fleet.telemetry, new Map(tips));
    try {
      await using asked = await AskedModel.open(fleet);
      const words = ['plan', '--all', '--repo', main.path, '--telemetry', telemetry.path];
      const { plans } = JSON.parse((await towline([...words, '--json'])).output);
      assert.equal(plans.length, size);
      for (const [at, plan] of plans.entries()) {
        const shown = await asked.ask('alice', `/devices/${plan.device}/plan`);
        assert.deepEqual(timeless(shown.plan), timeless(plan), `seed ${seed}`);
        assert.equal(shown.commit, commit);
        steps += plan.steps.length;
        if (at % 4 !== 0) continue;
        const printed = await towline(['plan', plan.device, ...words.slice(2)]);
        for (const line of shown.lines)
          assert.ok(printed.output.includes(line), `seed ${seed}: ${line}\n${printed.output}`);
      }
    } finally {
      await main.remove();
      await telemetry.remove();
    }
  }
  // Plans that say nothing are as easily alike.
  assert.ok(steps > 20, `${steps} steps`);
});

test('of a device that has said nothing the commit before is assumed, as towline plan --base has it', async () => {
  const fleet = await generated(3);
  const [silent = ''] = fleet.ids;
  fleet.tips.delete(silent);
  const main = await writtenRepository(fleet.main, new Map([['main', fleet.seen?.commit ?? '']]));
  try {
    await using asked = await AskedModel.open(fleet);
    const shown = await asked.ask('alice', `/devices/${silent}/plan`);
    const base = await main.git(['rev-parse', 'main~1']);
    const { output } = await towline(['plan', silent, '--repo', main.path, '--base', base, '--json']);
    assert.deepEqual(shown.plan, JSON.parse(output).plans[0]);
    assert.equal(shown.from, base);
  } finally {
    await main.remove();
  }
});

test('a device may say that it runs any commit: what is none is planned as for a device that runs nothing', async () => {
  const fleet = await generated(4);
  const [device = ''] = fleet.ids;
  await using asked = await AskedModel.open(fleet);
  const blob = fleet.main.store('blob', 'x');
  for (const applied of ['f'.repeat(40), blob]) {
    fleet.say(device, { applied });
    await asked.settled();
    const { lines, from } = await asked.ask('alice', `/devices/${device}/plan`);
    assert.equal(lines[0], `there is no ${applied}: planned for a device that runs nothing`);
    assert.equal(from, undefined);
  }
});
