/** The rollouts that a branch adds, changes or takes away: how many devices each stage has. */
import { canonicalJson } from '../../core/canonical-json.ts';
import { type Fleet, layersOf } from '../../core/fleet/fleet.ts';
import { retiredApps } from '../../core/fleet/retired.ts';
import type { Rollouts } from '../../core/fleet/rollout-files.ts';
import type { CheckedFile } from '../../core/fleet/schema-check.ts';
import { type RolledApp, rolledOut } from '../../core/rollout/rolled-out.ts';
import { defaultHold, stageOf } from '../../core/rollout/stage.ts';
import { byCommit } from '../../core/rollout/when.ts';
import type { Gate, ReviewFile, RolloutFile } from '../../schemas/types.generated.ts';
import { bounded } from './bounded.ts';

export type ReviewedRollout = ReviewFile['rollouts'][number];
type Rollout = CheckedFile<'rollout'>;

interface Changed {
  readonly app: string;
  readonly name: string;
  readonly was: Rollout | undefined;
  readonly is: Rollout | undefined;
}

function flat(rollouts: Rollouts | undefined): Map<string, Rollout> {
  const all = [...(rollouts ?? [])].flatMap(([app, named]) =>
    [...named].map(([name, file]) => [`${app}/${name}`, file] as const),
  );
  return new Map(all);
}

/** Sorted by app and name. */
export function changedRollouts(before: Fleet | undefined, after: Fleet): Changed[] {
  const [had, has] = [flat(before?.rollouts), flat(after.rollouts)];
  return [...new Set([...had.keys(), ...has.keys()])].sort().flatMap(key => {
    const [was, is] = [had.get(key), has.get(key)];
    if (was !== undefined && is !== undefined && canonicalJson(was.value) === canonicalJson(is.value))
      return [];
    const [app = '', name = ''] = key.split(/\/(.*)/s);
    return [{ app, name, was, is }];
  });
}

/** All stages of the changed ones open: where the fleet is once they have walked. @returns undefined: none has changed */
export function openedRollouts(after: Fleet, changed: readonly Changed[]): Rollouts | undefined {
  const still = changed.flatMap(({ app, name, is }) => (is === undefined ? [] : [{ app, name, is }]));
  if (still.length === 0) return undefined;
  const opened = new Map([...after.rollouts].map(([app, named]) => [app, new Map(named)]));
  for (const { app, name, is } of still) {
    const value = { ...is.value, stage: is.value.stages.length };
    opened.get(app)?.set(name, { ...is, value });
  }
  return opened;
}

const gateWords = ({ min = 1, success = '100%', failures = 0, within = '7d' }: Gate) =>
  `${min} devices at least, ${success} well, ${failures} failed at most, within ${within}`;

function stateOf({ paused, aborted }: RolloutFile): ReviewedRollout['state'] {
  if (aborted === true) return 'aborted';
  return paused === true ? 'paused' : 'goes on';
}

/** Whom it is for: of each device with the app, where it stands to it. */
function countDevices(fleet: Fleet, { app, name, is }: Changed) {
  const counts = { stages: new Map<number, number>(), pinned: 0, outside: 0 };
  if (is === undefined) return counts;
  for (const id of fleet.devices.keys()) {
    const layers = layersOf(fleet, id);
    if (layers === undefined || layers.device.value.revoked === true) continue;
    if (retiredApps(layers.device.value) !== undefined) continue;
    const rolled = rolledOut(layers, byCommit);
    const own = rolled.apps.find(each => each.app === app);
    if (own === undefined) continue;
    const device = { id, groups: layers.device.value.groups ?? [], labels: rolled.labels };
    const stage = stageOf({ name, file: is }, device, fleet.name);
    if (own.pin !== undefined) counts.pinned += 1;
    else if (stage === 0 || !takesPart(own, is.value)) counts.outside += 1;
    else counts.stages.set(stage, (counts.stages.get(stage) ?? 0) + 1);
  }
  return counts;
}

/** Where it is assigned one of `from`, or has come to `to` by it. */
function takesPart({ release = '', rollout }: RolledApp, { from, to }: RolloutFile): boolean {
  return from.includes(release) || (release === to && rollout !== undefined);
}

function reviewed(fleet: Fleet, changed: Changed): ReviewedRollout[] {
  const { app, name, was, is } = changed;
  const value = (is ?? was)?.value;
  if (value === undefined) return [];
  const { stages, pinned, outside } = countDevices(fleet, changed);
  return [
    {
      app: bounded(app),
      name: bounded(name),
      change: is === undefined ? 'gone' : was === undefined ? 'new' : 'changed',
      from: value.from.map(bounded),
      to: bounded(value.to),
      stage: value.stage,
      ...(was === undefined ? {} : { was: was.value.stage }),
      state: stateOf(value),
      stages: value.stages.map(({ name: stage, hold = defaultHold, gate, promote = 'bot' }, index) => ({
        name: bounded(stage),
        devices: stages.get(index + 1) ?? 0,
        isOpen: index < value.stage,
        hold: bounded(hold),
        ...(gate === undefined ? {} : { gate: bounded(gateWords(gate)) }),
        promote,
      })),
      pinned,
      outside,
    },
  ];
}

export const reviewedRollouts = (after: Fleet, changed: readonly Changed[]): ReviewedRollout[] =>
  changed.flatMap(each => reviewed(after, each));
