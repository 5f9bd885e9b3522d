/** How far a change has come: from the commit on main to containers that are healthy with it. */
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { Progress, Proposal } from '../api/types.generated.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import { changeLimits } from './change-draft.ts';

export interface ProgressQuestion {
  readonly home: Home;
  readonly viewer: Viewer;
  readonly base: ObjectId;
  readonly signed: ObjectId;
  readonly pushedMs: number;
  /** Ids of all that it is a change for. */
  readonly devices: readonly string[];
}

export interface Way {
  readonly state: Proposal['state'];
  readonly progress: readonly Progress[];
}

/** Commits of main that are looked through for one, count; what lies further back was seen long ago. */
const mostCommits = 512;
/** Devices whose word is read at once, count. */
const mostDevices = 200;

/** @throws the signal's reason */
export async function changeProgress(question: ProgressQuestion, signal: AbortSignal): Promise<Way> {
  const { home, viewer, base, signed, pushedMs, devices } = question;
  const pushed: Progress = { step: 'pushed', time: new Date(pushedMs).toISOString() };
  const { current } = home.fleet;
  const since =
    current === undefined
      ? undefined
      : await lineSince(home.fleet.objects, { from: current.commit, signed, base });
  if (since === undefined) return { state: 'pushed', progress: [pushed] };
  const told = devices.filter(device => viewer.reads(device)).slice(0, mostDevices);
  const count = { seen: 0, applied: 0, healthy: 0, failed: 0, of: told.length };
  for (const device of told) {
    const report = await home.telemetry.report(device, signal).catch(() => undefined);
    if (report?.kind !== 'said') continue;
    const { seen, applied, healthy, failed } = stepsOf(report.status, since);
    count.seen += seen ? 1 : 0;
    count.applied += applied ? 1 : 0;
    count.healthy += healthy ? 1 : 0;
    count.failed += failed ? 1 : 0;
  }
  const steps: Progress[] =
    count.of === 0
      ? []
      : (['seen', 'applied', 'healthy'] as const).map(step => ({ step, devices: { ...count } }));
  const failed: Progress[] = count.failed === 0 ? [] : [{ step: 'failed', devices: { ...count } }];
  const isDone = count.of === 0 ? devices.length === 0 : count.healthy === count.of;
  const progress = [pushed, { step: 'trusted' as const }, ...steps, ...failed];
  return { state: isDone ? 'done' : 'trusted', progress };
}

/** @returns undefined: main that is trusted has it not yet */
async function lineSince(
  objects: ObjectSource,
  { from, signed, base }: { readonly from: ObjectId; readonly signed: ObjectId; readonly base: ObjectId },
): Promise<ReadonlySet<ObjectId> | undefined> {
  const reader = new ObjectReader(objects, changeLimits);
  const found = new Set<ObjectId>();
  let at: ObjectId | undefined = from;
  while (at !== undefined && found.size < mostCommits) {
    if (at === base) return undefined;
    found.add(at);
    if (at === signed) return found;
    at = (await reader.parents(at))[0];
  }
  return found;
}

const well: ReadonlySet<string> = new Set(['healthy', 'paused', 'removed', 'stopped']);

function stepsOf(status: StatusFile, since: ReadonlySet<ObjectId>) {
  const { trusted, followed = '', applied = '', outcome, projects } = status;
  const follows = since.has(followed);
  const isIn =
    since.has(applied) || (follows && ['unchanged', 'applied', 'paused', 'retired'].includes(outcome));
  return {
    seen: since.has(trusted.commit) || follows || isIn,
    applied: isIn,
    healthy: since.has(applied) || (isIn && projects.every(({ state }) => well.has(state))),
    failed: follows && ['rolled-back', 'failed', 'degraded'].includes(outcome),
  };
}
