/**
 * Whether a change raises the walk of the policy, and which devices are not known to have an agent that knows it: such
 * an agent stops before that change, and devices are updated by commits alone (docs/trust.md, "The rules").
 */
import { FleetProblems, isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Fleet } from '../../core/fleet/fleet.ts';
import { loadFleet } from '../../core/fleet/load.ts';
import { plainValue, readPlainYaml } from '../../core/trust/git/yaml-node.ts';
import { policyPath } from '../../core/trust/policy/policy.ts';
import { firstWalk, statedWalk } from '../../core/trust/policy/walk-version.ts';
import { openSnapshot, type Snapshot } from '../desk/repository.ts';
import { readReports } from '../status/reports.ts';
import { openTelemetry, telemetryPlace } from '../status/telemetry.ts';

export interface WalkRaise {
  readonly from: number;
  readonly to: number;
  /** Devices that are not known to know it, with what is known, for people. */
  readonly unready: readonly { readonly device: string; readonly why: string }[];
}

export interface WalkRaiseQuestion {
  readonly repo: string;
  /** The commit before the change, as a revision: its devices must know what comes. */
  readonly before: string;
  /** Commits one after the other, up to the change: the devices of the last one before the walk rises are asked instead. */
  readonly line?: readonly string[];
  readonly after: Snapshot;
  /** Where devices report to; default: git config towline.telemetry. */
  readonly telemetry: string | undefined;
}

/** Devices that are named in a message, at most. */
const maxNamed = 5;
const maxPolicyBytes = 256 * 1024;

/**
 * @returns undefined when the walk stays as it is
 * @throws TowlineError CLI_… when the repository cannot be read, FleetProblems when the fleet before it is not valid
 */
export async function findWalkRaise(
  { repo, before, line, after, telemetry }: WalkRaiseQuestion,
  signal: AbortSignal,
): Promise<WalkRaise | undefined> {
  await using snapshot = await openSnapshot({ repo, commit: before });
  const from = await walkAt(snapshot);
  const to = await walkAt(after);
  if (from === undefined || to === undefined || to <= from) return undefined;
  await using last = await openSnapshot({ repo, commit: (await lastBelow(to, repo, line ?? [])) ?? before });
  const { fleet, problems } = await loadFleet(last.files, last.commit);
  if (fleet === undefined) throw new FleetProblems(problems);
  return { from, to, unready: await unreadyDevices(fleet, to, { repo, telemetry }, signal) };
}

async function unreadyDevices(
  fleet: Fleet,
  to: number,
  { repo, telemetry }: Pick<WalkRaiseQuestion, 'repo' | 'telemetry'>,
  signal: AbortSignal,
): Promise<WalkRaise['unready']> {
  const enrolled = [...fleet.devices]
    .filter(([, { value }]) => value.keys !== undefined && value.revoked !== true)
    .map(([device]) => device);
  if (enrolled.length === 0) return [];
  const place = await telemetryPlace(telemetry, repo).catch((error: unknown) => {
    if (isTowlineError(error, 'CLI_USAGE')) return undefined;
    throw error;
  });
  if (place === undefined) {
    const why = 'nobody was asked: --telemetry URL, or once: git config towline.telemetry URL';
    return enrolled.map(device => ({ device, why }));
  }
  await using reported = await openTelemetry(place, signal);
  const reports = await readReports({ directory: reported.directory, fleet, signal });
  const known = new Map(reports.map(report => [report.device, report]));
  return enrolled.flatMap(device => {
    const report = known.get(device);
    const knows = report?.status === undefined ? 0 : (report.status.agent.walk ?? firstWalk);
    if (knows >= to) return [];
    const why = report === undefined ? 'has not reported yet' : (report.doubt ?? `knows walk ${knows}`);
    return [{ device, why }];
  });
}

/** The last commit of a line whose policy asks for less than `walk`; a line never lowers it. */
async function lastBelow(walk: number, repo: string, line: readonly string[]): Promise<string | undefined> {
  let [from, to] = [0, line.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    await using snapshot = await openSnapshot({ repo, commit: line[middle] ?? '' });
    if (((await walkAt(snapshot)) ?? 0) < walk) from = middle + 1;
    else to = middle;
  }
  return line[from - 1];
}

/** The `walk` that the policy there names; undefined where there is none that can be read. */
async function walkAt({ files, commit }: Snapshot): Promise<number | undefined> {
  const file = await files.fileAt(commit, policyPath, maxPolicyBytes);
  try {
    return file === undefined ? undefined : statedWalk(plainValue(readPlainYaml(file.bytes)));
  } catch {
    return undefined;
  }
}

/** @throws TowlineError TRUST_POLICY_WALK when a device may not know the walk that comes; else what `findWalkRaise` throws. */
export async function assertWalkIsKnown(question: WalkRaiseQuestion, signal: AbortSignal): Promise<void> {
  const raise = await findWalkRaise(question, signal);
  if (raise === undefined || raise.unready.length === 0) return;
  throw new TowlineError('TRUST_POLICY_WALK', `${raiseMessage(raise)}; --force goes on without them`, {
    position: { file: policyPath },
  });
}

/** In one line, for a person. */
export function raiseMessage({ from, to, unready }: WalkRaise): string {
  const named = unready.slice(0, maxNamed).map(({ device, why }) => `${device} (${why})`);
  const more = unready.length > maxNamed ? `, and ${unready.length - maxNamed} more` : '';
  return `walk ${to} follows ${from}; not known to know it: ${named.join(', ')}${more}`;
}
