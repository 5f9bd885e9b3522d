/** One document of a branch: the same bytes for the same two commits, and a mebibyte at most. */
import { isTowlineError, type Problem, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { GitCatFileSource } from '../../core/io/git/git-object-source.ts';
import { type FleetChange, fleetChanges, keyFileChanges } from '../../core/review/fleet-changes.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ReviewFile } from '../../schemas/types.generated.ts';
import { readLimits } from '../desk/read-limits.ts';
import { bounded, firstOf } from './bounded.ts';
import type { Compared } from './compared.ts';
import { apart, type ClassQuestion, type DeviceClass, deviceClasses } from './device-classes.ts';
import { fitted } from './fitted.ts';
import { type Found, foldedPlans, foldedPrivileges } from './folded.ts';
import { missingTrust } from './missing-trust.ts';
import { NotingFiles } from './noting-files.ts';
import { type Planning, planClass } from './planned-class.ts';
import { changedRollouts, openedRollouts, reviewedRollouts } from './reviewed-rollouts.ts';
import { changedPaths, mayTouch } from './touched-paths.ts';

const mostProblems = 10;

/**
 * What a branch would do. Reads both commits, asks nobody, and runs nothing of theirs.
 * @throws TowlineError CLI_INVALID_FLEET where neither commit has a fleet.yaml that can be read
 */
export async function reviewOf(compared: Compared, signal: AbortSignal): Promise<ReviewFile> {
  await using source = new GitCatFileSource(compared.repository.gitDirectory);
  const reader = new ObjectReader(source, readLimits);
  const cache = new Map();
  const base = await loadFleet(reader, compared.base, { cache });
  const after = await loadFleet(reader, compared.merged, { cache }).catch(unreadable);
  const name = (base.fleet ?? after.fleet)?.name;
  if (name === undefined)
    throw new TowlineError(
      'CLI_INVALID_FLEET',
      'neither the base nor the branch has a fleet.yaml that can be read',
    );
  const { trust, leftOut } = await missingTrust(compared, signal);
  const start = { name, compared, trust, leftOutOfTrust: leftOut };
  if (after.fleet === undefined) return documentOf({ ...start, problems: after.problems, all: 0, found: [] });
  const question = questionOf(base.fleet, after.fleet);
  const planning = {
    files: new NotingFiles(reader),
    nowMs: (await reader.commit(compared.base)).committer.timeSec * 1000,
    base: compared.base,
    merged: compared.merged,
    walks: { before: base.fleet && wholeWalk(base.fleet), after: wholeWalk(after.fleet) },
  };
  const paths = await changedPaths(reader, compared.base, compared.merged);
  const classes = deviceClasses(question).filter(one => !one.isSame || mayTouch(paths, one));
  const found = await planAll({ classes, question, planning }, signal);
  return documentOf({
    ...start,
    problems: [...after.problems, ...found.flatMap(each => each.found.problems)],
    all: after.fleet.devices.size,
    found,
    fleets: { before: base.fleet, after: after.fleet },
    keyFiles: keyFileChanges(paths),
  });
}

/** With all stages open of all rollouts. */
const wholeWalk = (fleet: Fleet) => openedRollouts(fleet, changedRollouts(undefined, fleet));

/** What no device would read is no review's end: that is what the review says. */
function unreadable(error: unknown): Awaited<ReturnType<typeof loadFleet>> {
  if (!isTowlineError(error) || !error.code.startsWith('TRUST_')) throw error;
  const { code, message, position = { file: 'the branch' } } = error;
  return { problems: [{ code, message, position }] };
}

function questionOf(before: Fleet | undefined, after: Fleet): ClassQuestion {
  return { before, after, opened: openedRollouts(after, changedRollouts(before, after)) };
}

interface Asked {
  readonly classes: readonly DeviceClass[];
  readonly question: ClassQuestion;
  readonly planning: Planning;
}

/** The first of a class tells whether the others have to be planned too. */
async function planAll({ classes, question, planning }: Asked, signal: AbortSignal): Promise<Found[]> {
  const all: Found[] = [];
  for (const one of classes) {
    signal.throwIfAborted();
    const found = await planClass(one, planning);
    if (!found.isOwn || one.devices.length === 1) {
      all.push({ devices: one.devices, found });
      continue;
    }
    for (const single of apart(one, question)) {
      signal.throwIfAborted();
      all.push({ devices: single.devices, found: await planClass(single, planning) });
    }
  }
  return all;
}

interface Known {
  readonly name: string;
  readonly compared: Compared;
  readonly trust: ReviewFile['trust'];
  readonly leftOutOfTrust: number;
  readonly problems: readonly Problem[];
  readonly all: number;
  readonly found: readonly Found[];
  /** Absent: there is none after the branch. */
  readonly fleets?: { readonly before: Fleet | undefined; readonly after: Fleet };
  readonly keyFiles?: readonly FleetChange[];
}

function documentOf({
  name,
  compared,
  trust,
  leftOutOfTrust,
  problems,
  all,
  found,
  fleets,
  keyFiles = [],
}: Known): ReviewFile {
  const plans = foldedPlans(found);
  const privileges = foldedPrivileges(found);
  const changes = [
    ...keyFiles,
    ...(fleets?.before === undefined ? unsaid(fleets) : fleetChanges(fleets.before, fleets.after)),
  ];
  const rollouts =
    fleets === undefined ? [] : reviewedRollouts(fleets.after, changedRollouts(fleets.before, fleets.after));
  const touched = found.filter(each => each.found.plans.length > 0).flatMap(({ devices }) => devices);
  const whole: ReviewFile = {
    apiVersion: 'towline/v1',
    fleet: bounded(name),
    base: compared.base,
    head: compared.head,
    problems: problemsOf(problems),
    devices: { all, touched: touched.length, ...movedDevices(fleets) },
    plans,
    rollouts,
    privileges,
    changes: changes.map(changeOf),
    trust,
    leftOut: { plans: 0, devices: 0, privileges: 0, changes: 0, requirements: leftOutOfTrust },
  };
  return fitted(whole);
}

/** A policy counts whether or not there is a fleet beside it. */
function unsaid(fleets: Known['fleets']): FleetChange[] {
  const side = fleets === undefined ? 'the branch' : 'the base';
  const what = `${side} has no fleet that can be read: what changes of policy and people, nobody can say`;
  return [{ area: 'policy', what }];
}

const changeOf = ({ area, what }: FleetChange) => ({ area, what: bounded(what) });

function problemsOf(problems: readonly Problem[]): ReviewFile['problems'] {
  const texts = new Map(
    problems.map(({ code, message, position: { file, line } }) => {
      const at = bounded(line === undefined ? file : `${file}:${line}`);
      return [`${code} ${at} ${message}`, { code, at, message: bounded(message) }];
    }),
  );
  return { count: texts.size, first: [...texts.values()].slice(0, mostProblems) };
}

function movedDevices(fleets: Known['fleets']): Pick<ReviewFile['devices'], 'added' | 'removed'> {
  const before = [...(fleets?.before?.devices.keys() ?? [])];
  const after = [...(fleets?.after.devices.keys() ?? [])];
  const [had, has] = [new Set(before), new Set(after)];
  return {
    added: firstOf(after.filter(id => !had.has(id))),
    removed: firstOf(before.filter(id => !has.has(id))),
  };
}
