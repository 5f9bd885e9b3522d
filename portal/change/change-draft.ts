/** A change as the page shows it: files, diffs, plans, the exact commit, and who must sign it. */
import { type Changes, type FilesAt, withChanges } from '../../core/change/changed-files.ts';
import { commitOf, type UnsignedCommit } from '../../core/change/commit-of.ts';
import { fleetOf } from '../../core/change/fleet-of.ts';
import type { Intent as Change } from '../../core/change/intent.ts';
import { OverlaySource } from '../../core/change/overlay-source.ts';
import { assertNoNew, fleetCheck } from '../../core/change/proposal-check.ts';
import { assertRolloutsKept } from '../../core/change/rollouts-kept.ts';
import { missingOf, requirementsFor } from '../../core/change/who-signs.ts';
import { FleetProblems, TowlineError } from '../../core/errors.ts';
import { UnhurriedFiles } from '../../core/io/git/unhurried-files.ts';
import { ObjectReader } from '../../core/trust/git/object-reader.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';
import type { Requirement } from '../../core/trust/policy/requirement.ts';
import { intentTrailer } from '../../core/trust/step/intent.ts';
import type { DevicePlanText, FileDiff, Intent } from '../api/types.generated.ts';
import type { MainLook } from '../home/change-home.ts';
import type { Home } from '../home/home.ts';
import type { Viewer } from '../home/viewer.ts';
import { devicePlans } from './device-plans.ts';
import { fileDiffs } from './file-diffs.ts';
import { intended } from './intended.ts';
import { touchedDevices } from './touched-devices.ts';

export interface ChangeDraft {
  readonly intent: Intent;
  readonly fleet: string;
  /** Main that it stands on. */
  readonly base: ObjectId;
  readonly changes: Changes;
  /** Without the trailer: what a branch that only asks has. */
  readonly message: string;
  readonly commit: UnsignedCommit;
  readonly files: readonly FileDiff[];
  /** Ids of all devices for which it is a change. */
  readonly devices: readonly string[];
  readonly plans: readonly DevicePlanText[];
  /** What the policy asks for. */
  readonly requirements: readonly Requirement[];
  /** The same in words: who must sign. */
  readonly needs: readonly string[];
}

/** What may be read of a fleet of ten thousand devices, several times. */
export const changeLimits = Object.freeze({ maxObjects: 5_000_000, maxTotalBytes: 4 * 1024 ** 3 });

export interface DraftQuestion {
  readonly home: Home;
  readonly viewer: Viewer;
  readonly look: MainLook;
}

/**
 * @throws TowlineError PORTAL_NOTHING_TO_CHANGE; of what was asked for CLI_USAGE, CLI_NO_SUCH_DEVICE, ROLLOUT_…, FLEET_…; the
 *   signal's reason
 */
export async function changeDraft(
  { home, viewer, look }: DraftQuestion,
  intent: Intent,
  signal: AbortSignal,
): Promise<ChangeDraft> {
  const nowMs = home.clock.now();
  const before = filesOf(look);
  const { change, after } = await soundChange(intent, { before, look, nowMs });
  const [old, now] = [await fleetOf(before), await fleetOf(after)];
  const devices = await touchedDevices(old, now, nowMs, signal);
  const statusOf = async (device: string) => {
    const report = viewer.reads(device) ? await home.telemetry.report(device, signal) : undefined;
    return report?.kind === 'said' ? report.status : undefined;
  };
  const plans = await devicePlans({ before, after, devices, statusOf, nowMs }, signal);
  const message = `${change.message}\n`;
  const commit = await unsigned({ home, viewer, look }, { changes: change.files, message, nowMs }, signal);
  const requirements = await requirementsOf(look, commit);
  return {
    ...{
      intent,
      fleet: look.trusted.fleet,
      base: look.trusted.commit,
      changes: change.files,
      message,
      commit,
      devices,
      plans,
    },
    files: await fileDiffs(before, change.files),
    ...{ requirements, needs: missingOf(requirements, new Set()) },
  };
}

/** Read so that all others have their turn in between. */
function filesOf({ objects, trusted, loads }: MainLook): FilesAt {
  const files = new UnhurriedFiles(new ObjectReader(objects, changeLimits));
  return { files, commit: trusted.commit, trusted, loads };
}

interface Place {
  readonly before: FilesAt;
  readonly look: MainLook;
  readonly nowMs: number;
}

/** Its own mistakes refuse it, those that stand there already do not. */
async function soundChange(
  intent: Intent,
  { before, look, nowMs }: Place,
): Promise<{ readonly change: Change; readonly after: FilesAt }> {
  try {
    const change = await intended(intent, { at: before, versions: look.versions, nowMs });
    if (change === undefined)
      throw new TowlineError('PORTAL_NOTHING_TO_CHANGE', 'main has all of it already');
    const after = withChanges(before, change.files);
    await assertNoNew(change.check ?? fleetCheck(), before, change.files, after);
    await assertRolloutsKept(before, change.files, false, after);
    return { change, after };
  } catch (error) {
    throw error instanceof FleetProblems ? problemOf(error) : error;
  }
}

/** The first of them, and how many there are: a page shows one error. */
function problemOf({ problems, code: own }: FleetProblems): TowlineError {
  const [first] = problems;
  if (first === undefined) return new TowlineError(own, 'the files have problems');
  const more = problems.length === 1 ? '' : `; and ${problems.length - 1} more`;
  return new TowlineError(first.code, `${first.message}${more}`, { position: first.position });
}

async function unsigned(
  { home, viewer, look }: DraftQuestion,
  {
    changes,
    message,
    nowMs,
  }: { readonly changes: Changes; readonly message: string; readonly nowMs: number },
  signal: AbortSignal,
): Promise<UnsignedCommit> {
  if (home.changes === undefined)
    throw new TowlineError('PORTAL_NOT_FOUND', 'nothing can be changed from here');
  const { trusted, objects } = look;
  const person = await home.changes.author(viewer, signal);
  // Never before what main says the time is: devices would not count the signature.
  const author = { ...person, timeSec: Math.max(Math.floor(nowMs / 1000), trusted.lineTimeSec) };
  const reader = new ObjectReader(objects, changeLimits);
  const whole = `${message}\n${intentTrailer(trusted.fleet)}\n`;
  return await commitOf({ reader, base: trusted.commit, changes, message: whole, author, committer: author });
}

async function requirementsOf(look: MainLook, commit: UnsignedCommit): Promise<readonly Requirement[]> {
  const { trusted, policies, holders, objects } = look;
  const own = { id: commit.id, type: 'commit' as const, bytes: commit.payload };
  const reader = new ObjectReader(new OverlaySource(objects, [...commit.objects, own]), changeLimits);
  return await requirementsFor({ reader, trusted, commit: commit.id, policies, holders });
}
