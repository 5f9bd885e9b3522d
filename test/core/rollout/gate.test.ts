/** What a bot counts, and what it does next: the traps that rollouts of others fell into. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judgeGate } from '../../../core/rollout/gate.ts';
import type { DeviceStanding } from '../../../core/rollout/tally.ts';
import { doubtfulWord } from '../../../core/rollout/word.ts';
import type { Gate } from '../../../schemas/types.generated.ts';
import {
  dayMs,
  hourMs,
  instantOf,
  pumps,
  RollingFleet,
  rolloutText,
  running,
  startMs,
  wanting,
} from './rolling-fleet.ts';

const path = 'rollouts/web/r1.yaml';
const canary = 'name: canary, select: { groups: [canary] }, hold: 4h, gate: { min: 2 }';
const all = 'name: all, select: { all: true }';
const stages = [canary, all];
const open = (stage: number, sinceMs: number, more: object = {}) =>
  rolloutText(stages, { stage, since: instantOf(sinceMs), ...more });

/** Three canaries of ten, their stage open since the start. */
function canaries(more: object = {}): RollingFleet {
  const fleet = new RollingFleet(pumps(10, at => (at <= 3 ? 'groups: [canary]' : 'groups: [rest]')));
  fleet.commit({ [path]: rolloutText(stages) }, startMs - hourMs);
  fleet.commit({ [path]: open(1, startMs, more) }, startMs);
  return fleet;
}
const names = ['pump-1', 'pump-2', 'pump-3'];
const soon = startMs + hourMs;

describe('what a device of an open stage is', () => {
  test('trap 1: healthy on the release by a status of the commit before is not done: the word must be of the stage or later', async () => {
    const fleet = new RollingFleet(pumps(2, () => 'groups: [canary]'));
    fleet.commit({ [path]: rolloutText(stages) }, startMs - hourMs);
    fleet.says('pump-1', startMs - 1);
    fleet.commit({ [path]: open(1, startMs) }, startMs);
    assert.equal((await fleet.states(startMs + 60_000))['pump-1'], 'pending');
    fleet.says('pump-1', startMs + 60_000);
    assert.equal((await fleet.states(startMs + 60_000))['pump-1'], 'done');
    fleet.says('pump-1', startMs + 60_000, {}, { trusted: '0'.repeat(40) });
    assert.equal((await fleet.states(startMs + 60_000))['pump-1'], 'pending', 'of a commit nobody knows');
  });

  test('what it trusts is newer than what its apps speak of: those do not count yet', async () => {
    const fleet = canaries();
    const before = fleet.head;
    fleet.commit({ [path]: open(1, startMs, { to: '1.2.0' }) }, soon);
    fleet.says('pump-1', soon, {}, { followed: before });
    assert.equal((await fleet.states(soon))['pump-1'], 'pending');
  });

  test('trap 4: one that has taken it and fell silent went dark, and is a failure: also where it was done before', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    for (const id of ['pump-2', 'pump-3']) fleet.says(id, soon + 2 * hourMs);
    const later = soon + 2 * hourMs;
    assert.equal((await fleet.states(later))['pump-1'], 'dark');
    const step = await fleet.step(later);
    assert.ok(step.kind === 'pause');
    assert.equal(step.reason, '1 of 3 failed, 0 may: pump-1 (went dark)');
  });

  test('one that a label brings into an open stage while it is silent has not seen it: absent, and no failure', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    fleet.says('pump-5', soon, running('1.0.0', startMs));
    fleet.says('pump-6', soon, {}, { apps: [] });
    const later = soon + 2 * hourMs;
    const canary = 'apiVersion: towline/v1\ngroups: [canary]\n';
    fleet.commit({ 'devices/pump-5.yaml': canary, 'devices/pump-6.yaml': canary }, later);
    for (const id of names) fleet.says(id, later);
    const states = await fleet.states(later);
    assert.deepEqual([states['pump-5'], states['pump-6']], ['absent', 'absent']);
    assert.equal((await fleet.step(later)).kind, 'wait');
    // It took it, and said nothing since.
    fleet.says('pump-5', later, wanting('1.1.0', 'progressing'));
    assert.equal((await fleet.states(later + 2 * hourMs))['pump-5'], 'dark');
  });

  test('trap 8: health that flaps: done needs the stable period, and a later failure takes it out of done, and pauses while holding', async () => {
    const fleet = canaries();
    fleet.says('pump-1', soon, { sinceMs: soon - 9_000 });
    assert.equal((await fleet.states(soon))['pump-1'], 'pending');
    for (const id of names) fleet.says(id, soon);
    assert.equal((await fleet.step(soon)).kind, 'wait');
    fleet.says('pump-2', soon + 60_000, { state: 'degraded', message: 'web is unhealthy' });
    const step = await fleet.step(soon + 60_000);
    assert.ok(step.kind === 'pause');
    assert.match(step.reason, /1 of 3 failed, 0 may: pump-2 \(degraded: web is unhealthy\)/);
  });

  test('what runs is not what is wanted: not done, whatever release it says', async () => {
    const fleet = canaries();
    fleet.says('pump-1', soon, { digest: 'of other variables' });
    assert.equal((await fleet.states(soon))['pump-1'], 'pending');
  });

  test('trap 13: the release before is broken: nobody looks, it is `to` that is judged', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon, { ...running('1.0.0', startMs), state: 'degraded' });
    assert.deepEqual(Object.values(await fleet.states(soon)), ['pending', 'pending', 'pending']);
    for (const id of names) fleet.says(id, soon, wanting('1.1.0', 'progressing'));
    assert.equal((await fleet.step(soon)).kind, 'wait');
  });

  test('rolled back, failed, set aside: each is a failure of what was wanted', async () => {
    const fleet = canaries();
    fleet.says('pump-1', soon, wanting('1.1.0', 'rolled-back'));
    fleet.says('pump-2', soon, wanting('1.1.0', 'failed'));
    fleet.says('pump-3', soon, { ...wanting('1.1.0', 'healthy'), setAside: 'digest 1.1.0' });
    assert.deepEqual(Object.values(await fleet.states(soon)), ['failed', 'failed', 'failed']);
  });

  test('a device’s own release is a pin, not counted; one that is gone for good is not waited for', async () => {
    const fleet = new RollingFleet({
      'pump-1': 'groups: [canary]\napps: { web: { release: "1.0.0" } }',
      'pump-2': 'groups: [canary]\nrevoked: true',
      'pump-3': 'groups: [canary]',
    });
    fleet.commit({ [path]: open(1, startMs) }, startMs);
    assert.deepEqual(await fleet.states(soon), { 'pump-1': 'pinned', 'pump-3': 'absent' });
  });

  test('one whose newest word is not its own is waited for: neither absent nor done, whatever it was before', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    fleet.words.set('pump-2', doubtfulWord('not signed'));
    assert.equal((await fleet.states(soon))['pump-2'], 'pending');
    const step = await fleet.step(startMs + 7 * dayMs - hourMs);
    assert.ok(step.kind === 'pause' || step.kind === 'wait');
    fleet.says('pump-1', startMs + 7 * dayMs);
    fleet.says('pump-3', startMs + 7 * dayMs);
    const late = await fleet.step(startMs + 7 * dayMs);
    assert.ok(late.kind === 'pause');
    assert.match(late.reason, /pump-2 \(not to be believed: not signed\)$/);
  });

  test('trap 19: a pin that has an end is one until then, and counts from there', async () => {
    const until = instantOf(startMs + 2 * hourMs);
    const own = `apps: { web: { release: "1.0.0", pinned: { until: "${until}" } } }`;
    const fleet = new RollingFleet({ 'pump-1': `groups: [canary]\n${own}` });
    fleet.commit({ [path]: open(1, startMs) }, startMs);
    fleet.says('pump-1', soon, running('1.0.0', startMs));
    assert.deepEqual(await fleet.states(soon), { 'pump-1': 'pinned' });
    fleet.says('pump-1', startMs + 3 * hourMs, running('1.1.0', startMs + 2 * hourMs));
    assert.deepEqual(await fleet.states(startMs + 3 * hourMs), { 'pump-1': 'done' });
  });

  test('a clock that is wrong: when a word came counts; where nobody knows, one from the time to come does not', async () => {
    const fleet = canaries();
    fleet.says('pump-1', 0, { sinceMs: -hourMs }, { arrivedMs: soon });
    fleet.says('pump-2', soon + 400 * dayMs, {}, { arrivedMs: soon });
    fleet.says('pump-3', soon + 400 * dayMs, {}, { arrivedMs: undefined });
    assert.deepEqual(Object.values(await fleet.states(soon)), ['done', 'done', 'done']);
    const later = soon + 2 * hourMs;
    assert.deepEqual(Object.values(await fleet.states(later)), ['dark', 'dark', 'done']);
  });
});

describe('of a device whose clock is wrong, and whose word nobody saw come', () => {
  test('it is known to have come by some moment: it did not fall silent before that', async () => {
    const fleet = canaries();
    const later = soon + 5 * hourMs;
    const unseen = { arrivedMs: undefined, arrivedByMs: later - 600_000 };
    fleet.says('pump-1', 0, { sinceMs: -hourMs }, unseen);
    fleet.says('pump-2', later + 400 * dayMs, {}, unseen);
    assert.deepEqual(Object.values(await fleet.states(later)).slice(0, 2), ['done', 'done']);
    const dark = later + hourMs;
    assert.deepEqual(Object.values(await fleet.states(dark)).slice(0, 2), ['dark', 'dark']);
  });

  test('one whose clock may be right is believed', async () => {
    const fleet = canaries();
    const later = soon + 5 * hourMs;
    fleet.says('pump-1', soon, {}, { arrivedMs: undefined, arrivedByMs: later - 600_000 });
    assert.equal((await fleet.states(later))['pump-1'], 'dark');
  });
});

describe('what comes next', () => {
  test('a rollout begins when people have said so: without a moment of theirs the bot opens no first stage', async () => {
    const fleet = new RollingFleet(pumps(3));
    fleet.commit({ [path]: rolloutText(stages) }, startMs);
    const none = await fleet.step(startMs);
    assert.ok(none.kind === 'wait' && none.for === 'people');
    fleet.commit({ [path]: open(0, soon) }, startMs);
    const early = await fleet.step(soon - 1);
    assert.ok(early.kind === 'wait' && early.for === 'hold');
    assert.deepEqual(await fleet.step(soon + 1000), { kind: 'advance', stage: 1 });
  });

  test('trap 2: an empty stage never passes: after its time it is paused, and says so', async () => {
    const fleet = new RollingFleet(pumps(3));
    fleet.commit({ [path]: open(1, startMs) }, startMs);
    assert.equal((await fleet.step(startMs + dayMs)).kind, 'wait');
    const step = await fleet.step(startMs + 7 * dayMs);
    assert.ok(step.kind === 'pause');
    assert.equal(step.reason, 'not in time: 0 have it and are well, 2 must');
  });

  test('trap 3: all devices of a stage are absent: none is counted, and nothing is opened for that', async () => {
    const fleet = canaries();
    for (const id of names)
      fleet.says(id, startMs - 30 * dayMs, {}, { trusted: '0'.repeat(40), followed: '0'.repeat(40) });
    assert.deepEqual(Object.values(await fleet.states(soon)), ['absent', 'absent', 'absent']);
    const step = await fleet.step(startMs + dayMs);
    assert.ok(step.kind === 'wait' && step.for === 'devices');
    assert.deepEqual(step.devices, names);
  });

  test('`min` comes before any part of a hundred: one failure of one is not a hundred per cent of failures', async () => {
    const gate = 'gate: { min: 3, success: 50%, failures: 40% }';
    const fleet = new RollingFleet(pumps(4, () => 'groups: [canary]'));
    const one = [`name: canary, select: { groups: [canary] }, ${gate}`, all];
    fleet.commit({ [path]: rolloutText(one, { stage: 1, since: instantOf(startMs) }) }, startMs);
    fleet.says('pump-1', soon, wanting('1.1.0', 'failed'));
    for (const id of ['pump-2', 'pump-3', 'pump-4']) fleet.says(id, soon, wanting('1.1.0', 'progressing'));
    assert.equal((await fleet.step(soon)).kind, 'wait');
    fleet.says('pump-2', soon, wanting('1.1.0', 'failed'));
    fleet.says('pump-3', soon);
    assert.equal((await fleet.step(soon)).kind, 'pause');
  });

  test('a part of a hundred is exact: 55 of 100 are 55 %, and 29 failures of 100 are no more than 29 %', () => {
    const standings = (done: number, failed: number): DeviceStanding[] =>
      Array.from({ length: done + failed }, (_, at) => {
        const state = at < done ? 'done' : 'failed';
        return { device: `pump-${at}`, stage: 1, state, why: '' } as const;
      });
    const judged = (gate: Gate, done: number, of: number) =>
      judgeGate(
        { stage: 1, file: { name: 'a', gate } },
        { standings: standings(done, of - done), sizes: [of], outage: undefined },
      ).verdict;
    for (let part = 1; part < 100; part += 1)
      for (const all of [100, 200, 10_000]) {
        const done = (all * part) / 100;
        const gate = { success: `${part}%`, failures: `${100 - part}%` };
        assert.equal(judged(gate, done, all), 'passed', `${done} of ${all} are ${part} %`);
        assert.equal(judged(gate, done - 1, all), 'over', `${done - 1} of ${all}`);
        assert.equal(judged({ ...gate, failures: all }, done - 1, all), 'short', `${done - 1} of ${all}`);
      }
    assert.equal(judged({ success: '0.01%', failures: '99.99%' }, 1, 10_000), 'passed');
  });

  test('trap 2, 3: an open stage of which nobody has it does not pass by those of the stages before', async () => {
    const fleet = new RollingFleet(pumps(8, at => `groups: [${at <= 3 ? 'canary' : 'rest'}]`));
    const three = [canary, 'name: rest, select: { groups: [rest] }', all.replace('all', 'last')];
    fleet.commit({ [path]: rolloutText(three) }, startMs - hourMs);
    fleet.commit({ [path]: rolloutText(three, { stage: 1, since: instantOf(startMs) }) }, startMs);
    fleet.commit({ [path]: rolloutText(three, { stage: 2, since: instantOf(soon) }) }, soon);
    for (const id of names) fleet.says(id, soon + hourMs);
    const step = await fleet.step(soon + hourMs);
    assert.ok(step.kind === 'wait' && step.for === 'devices', JSON.stringify(step));
    assert.equal(step.why, 'nobody of stage rest has it and is well');
    assert.deepEqual(step.devices, ['pump-4', 'pump-5', 'pump-6', 'pump-7', 'pump-8']);
    for (const id of names) fleet.says(id, soon + 7 * dayMs);
    const late = await fleet.step(soon + 7 * dayMs);
    assert.ok(late.kind === 'pause');
    assert.match(late.reason, /^not in time: nobody of stage rest has it and is well: pump-4 \(never seen\)/);
    fleet.says('pump-8', soon + 7 * dayMs);
    assert.deepEqual(await fleet.step(soon + 7 * dayMs), { kind: 'advance', stage: 3 });
  });

  test('a stage that is done is held for as long as it says, from when the bot has seen it on main', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, startMs + 4 * hourMs - 1000);
    const held = await fleet.step(startMs + 4 * hourMs - 1000);
    assert.ok(held.kind === 'wait' && held.for === 'hold');
    assert.equal(held.untilMs, startMs + 4 * hourMs);
    assert.deepEqual(await fleet.step(startMs + 4 * hourMs), { kind: 'advance', stage: 2 });
    const seen = await fleet.step(startMs + 4 * hourMs, { seenMs: startMs + hourMs });
    assert.ok(seen.kind === 'wait' && seen.untilMs === startMs + 5 * hourMs);
  });

  test('trap 9: a tail that never finishes: complete with absentees, by name, and not on its way for ever', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    fleet.commit({ [path]: open(2, startMs + dayMs) }, startMs + dayMs);
    const now = startMs + dayMs + hourMs;
    for (let at = 1; at <= 8; at += 1) fleet.says(`pump-${at}`, now);
    assert.deepEqual(await fleet.step(now), {
      kind: 'complete',
      absent: ['pump-9', 'pump-10'].sort(),
      failed: [],
    });
    fleet.says('pump-8', now, { state: 'failed', ...running('1.1.0', now) });
    assert.equal((await fleet.step(now)).kind, 'pause', 'a failure in a later stage still pauses');
  });

  test('a device that was held up says why, and after `within` it is paused for whom it waits', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    fleet.says('pump-2', startMs + 7 * dayMs, { ...wanting('1.1.0', 'waiting'), message: 'for its window' });
    for (const id of ['pump-1', 'pump-3']) fleet.says(id, startMs + 7 * dayMs);
    const step = await fleet.step(startMs + 7 * dayMs);
    assert.ok(step.kind === 'pause');
    assert.equal(step.reason, 'not in time: 1 are not there yet: pump-2 (waiting: for its window)');
  });

  test('trap 10: a hotfix supersedes: the one before opens nothing more, and devices that it moved take part', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    const fix = rolloutText(stages, {
      from: ['1.0.0', '1.1.0'],
      to: '1.2.0',
      stage: 1,
      since: instantOf(soon),
      supersedes: 'r1',
    });
    fleet.commit({ 'rollouts/web/r2.yaml': fix }, soon);
    const over = await fleet.step(soon, { supersededBy: 'r2' });
    assert.deepEqual(over, { kind: 'over', why: 'superseded', by: 'r2' });
    assert.deepEqual(Object.values(await fleet.states(soon, 'r2')), ['pending', 'pending', 'pending']);
    for (const id of names) fleet.says(id, soon + 60_000, running('1.2.0', soon));
    assert.deepEqual(Object.values(await fleet.states(soon + 60_000, 'r2')), ['done', 'done', 'done']);
  });

  test('trap 11: in an emergency people open one stage of all; a stage of theirs is never the bot’s to open', async () => {
    const fleet = new RollingFleet(pumps(3));
    const only = [`${all}, promote: people`];
    fleet.commit({ [path]: rolloutText(only) }, startMs);
    const first = await fleet.step(startMs);
    assert.ok(first.kind === 'wait' && first.for === 'people');
    fleet.commit({ [path]: rolloutText(only, { stage: 1, since: instantOf(startMs) }) }, startMs);
    for (const id of names) fleet.says(id, soon);
    assert.deepEqual(await fleet.step(soon), { kind: 'complete', absent: [], failed: [] });
  });

  test('after the canaries, where people open the rest, it waits for them however long', async () => {
    const fleet = canaries();
    fleet.commit(
      { [path]: rolloutText([canary, `${all}, promote: people`], { stage: 1, since: instantOf(startMs) }) },
      startMs,
    );
    for (const id of names) fleet.says(id, startMs + 4 * hourMs);
    const step = await fleet.step(startMs + 4 * hourMs);
    assert.ok(step.kind === 'wait' && step.for === 'people');
  });

  test('trap 15: two bots: what one has done is nothing to do for the other, whichever of them is asked again', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, startMs + 4 * hourMs);
    const [one, other] = [await fleet.step(startMs + 4 * hourMs), await fleet.step(startMs + 4 * hourMs)];
    assert.deepEqual([one, other], [one, { kind: 'advance', stage: 2 }]);
    fleet.commit({ [path]: open(2, startMs + 4 * hourMs) }, startMs + 4 * hourMs);
    fleet.says('pump-4', startMs + 4 * hourMs, wanting('1.1.0', 'progressing'));
    const again = await fleet.step(startMs + 4 * hourMs);
    assert.ok(again.kind === 'wait' && again.for === 'devices');
  });

  test('another `to` voids what was counted: words of the one before are of no stage of this one', async () => {
    const fleet = canaries();
    // They had the other one for another reason, and said so before.
    for (const id of names) fleet.says(id, soon, running('1.2.0', startMs));
    fleet.commit({ [path]: open(1, startMs, { to: '1.2.0' }) }, soon);
    assert.deepEqual(Object.values(await fleet.states(soon)), ['pending', 'pending', 'pending']);
  });

  test('trap 17: a stage that was taken back and opened anew begins anew', async () => {
    const fleet = canaries();
    for (const id of names) fleet.says(id, soon);
    fleet.commit({ [path]: open(0, startMs) }, soon);
    assert.deepEqual(await fleet.states(soon), {});
    fleet.commit({ [path]: open(1, soon) }, soon);
    assert.deepEqual(Object.values(await fleet.states(soon)), ['pending', 'pending', 'pending']);
  });

  test('trap 18: silence of the gateway is not that of devices: where most of the others are silent too it is paused for that, and none has failed', async () => {
    const fleet = canaries();
    for (let at = 1; at <= 10; at += 1) fleet.says(`pump-${at}`, soon);
    const later = soon + 2 * hourMs;
    for (const id of ['pump-8', 'pump-9', 'pump-10']) fleet.says(id, later);
    const step = await fleet.step(later);
    assert.ok(step.kind === 'pause');
    assert.match(step.reason, /^telemetry: 4 of 7 devices outside of the open stages are silent too: pump-1/);
    fleet.says('pump-7', later);
    const own = await fleet.step(later);
    assert.ok(own.kind === 'pause');
    assert.match(own.reason, /^3 of 3 failed, 0 may: pump-1 \(went dark\)/);
  });

  test('trap 18: when telemetry was cut, the first to be dark reported before the others did: they are silent too by then', async () => {
    const minuteMs = 60_000;
    for (const [darkMs, more] of [
      [45 * minuteMs, {}],
      [4 * hourMs, { darkAfter: '4h' }],
    ] as const) {
      const fleet = canaries(more);
      // Every 15 minutes, each at its own minute; nothing comes any more after the last.
      for (let at = 1; at <= 10; at += 1) fleet.says(`pump-${at}`, soon + at * minuteMs);
      const step = await fleet.step(soon + minuteMs + darkMs + 1);
      assert.ok(step.kind === 'pause');
      assert.match(
        step.reason,
        /^telemetry: 7 of 7 devices outside of the open stages are silent too: pump-1 /,
      );
    }
  });

  test('a device between two of its reports is not silent: one that is dark beside it has failed', async () => {
    const fleet = canaries({ darkAfter: '20m' });
    fleet.says('pump-1', soon);
    const now = soon + 21 * 60_000;
    for (let at = 2; at <= 10; at += 1) fleet.says(`pump-${at}`, now - 14 * 60_000);
    const step = await fleet.step(now);
    assert.ok(step.kind === 'pause');
    assert.match(step.reason, /^1 of 3 failed, 0 may: pump-1 \(went dark\)/);
  });

  test('of fewer than five outside nothing is said of telemetry', async () => {
    const fleet = new RollingFleet(pumps(7, at => (at <= 3 ? 'groups: [canary]' : 'groups: [rest]')));
    fleet.commit({ [path]: open(1, startMs) }, startMs);
    for (let at = 1; at <= 7; at += 1) fleet.says(`pump-${at}`, soon);
    const step = await fleet.step(soon + 2 * hourMs);
    assert.ok(step.kind === 'pause');
    assert.match(step.reason, /^3 of 3 failed/);
  });

  test('aborted, paused, not to be judged: nothing is done', async () => {
    const fleet = canaries({ paused: true });
    assert.deepEqual(await fleet.step(soon), { kind: 'over', why: 'paused' });
    fleet.commit({ [path]: open(1, startMs, { aborted: true }) }, soon);
    assert.deepEqual(await fleet.step(soon), { kind: 'over', why: 'aborted' });
    fleet.commit({ [path]: open(1, startMs) }, soon);
    const why = 'the walk stopped';
    assert.deepEqual(await fleet.step(soon, { inconclusive: why }), { kind: 'inconclusive', why });
  });

  test('of many the first five are named, and it stays as long as a reason may be', async () => {
    const fleet = new RollingFleet(pumps(40, () => 'groups: [canary]'));
    fleet.commit({ [path]: open(1, startMs) }, startMs);
    for (let at = 1; at <= 40; at += 1)
      fleet.says(`pump-${at}`, soon, { ...wanting('1.1.0', 'failed'), message: 'x'.repeat(500) });
    const step = await fleet.step(soon);
    assert.ok(step.kind === 'pause');
    assert.match(step.reason, / and 35 more$/);
    assert.ok(step.reason.length <= 500);
    assert.equal(step.devices.length, 40);
  });
});
