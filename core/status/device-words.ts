/** What is shown of one device, in words. */

import type { StatusFile } from '../../schemas/types.generated.ts';
import { formatDuration } from '../duration.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import type { MergedApp } from '../fleet/merge.ts';
import { rolledOut } from '../rollout/rolled-out.ts';
import { byCommit } from '../rollout/when.ts';
import type { DeviceReport } from '../telemetry/device-report.ts';
import {
  type AppStanding,
  appsOf,
  runsSince,
  standingOf,
  type Trouble,
  troublesOf,
} from '../telemetry/device-summary.ts';
import { timeWord } from '../time-word.ts';
import type { ObjectId } from '../trust/git/object-source.ts';
import { type Distance, maxCommits } from './lineage.ts';
import type { Reported } from './reported.ts';

/** What is known of devices, and what is wanted of them. */
export interface SeenDevices {
  readonly fleet: Fleet;
  readonly reports: ReadonlyMap<string, Pick<Reported, 'status' | 'doubt'>>;
  /** From the commits that devices name to the fleet's. */
  readonly distances: ReadonlyMap<ObjectId, Distance>;
}

export interface DeviceWords {
  readonly device: string;
  readonly outcome: string;
  /** When it said so: an instant of the device's clock. */
  readonly reported: string | undefined;
  readonly trusts: string;
  /** How many commits; since when goes with the time. */
  readonly behind: string;
  readonly behindSinceMs: number | undefined;
  readonly wanted: string;
  readonly runs: string;
  readonly since: string | undefined;
  readonly tunnel: string;
  readonly why: string;
}

/** Of the reason of a pin, characters. */
const shownReason = 60;

/** Apps that are named in a cell. */
const namedApps = 8;

export type WantedApp = Pick<MergedApp, 'app' | 'release' | 'next' | 'pin'>;

/** What devices are to have. Those of the same groups with nothing of their own have the same where no rollout tells them apart: it is merged once. */
export function wantedIn({ fleet }: Pick<SeenDevices, 'fleet'>): (device: string) => readonly WantedApp[] {
  const known = new Map<string, readonly WantedApp[]>();
  return device => {
    const layers = layersOf(fleet, device);
    if (layers === undefined) return [];
    const { groups = [], apps: own } = layers.device.value;
    const key = own === undefined ? groups.join(' ') : undefined;
    const found = key === undefined ? undefined : known.get(key);
    if (found !== undefined) return found;
    const { apps } = rolledOut(layers, byCommit);
    if (key !== undefined && apps.every(({ app }) => !fleet.rollouts.has(app))) known.set(key, apps);
    return apps;
  };
}

export function wordsOf(sight: SeenDevices, device: string, wanted: readonly WantedApp[]): DeviceWords {
  const file = sight.fleet.devices.get(device)?.value;
  const reported = sight.reports.get(device);
  const status = reported?.status;
  const isRetired = file?.retired !== undefined;
  const standing = standingOf(reported && reportOf(reported), file?.keys?.ssh !== undefined);
  const common = {
    device: file?.revoked === true ? `${device} (revoked)` : device,
    outcome: isRetired && reported === undefined ? 'retired' : standing,
    wanted: listed(wanted.map(wantedWords)),
  };
  if (status !== undefined) {
    const words = said(sight, status);
    return { ...common, ...words, ...(isRetired ? { why: leavingNote(status) } : {}) };
  }
  const nothing = { reported: undefined, trusts: '', behind: '', behindSinceMs: undefined };
  const why = reported === undefined ? silence(common.outcome, device) : `not trusted: ${reported.doubt}`;
  return { ...common, ...nothing, runs: '', since: undefined, tunnel: '', why };
}

function said(sight: SeenDevices, status: StatusFile): Omit<DeviceWords, 'device' | 'outcome' | 'wanted'> {
  const distance = sight.distances.get(status.trusted.commit);
  return {
    reported: status.time,
    trusts: status.trusted.commit.slice(0, 12),
    behind: behindOf(distance),
    behindSinceMs: distance?.behindSinceMs,
    runs: listed(
      appsOf(status).map(
        ({ next, ...app }) => runsWords(app) + (next === undefined ? '' : ` (next ${next})`),
      ),
    ),
    since: runsSince(status),
    tunnel: status.tunnel.state,
    why: troublesOf(status).map(troubleWords).join('; '),
  };
}

function reportOf({
  status,
  doubt,
}: {
  status: StatusFile | undefined;
  doubt: string | undefined;
}): DeviceReport {
  return status === undefined
    ? { kind: 'doubtful', doubt: 'unreadable', why: doubt ?? '' }
    : { kind: 'said', status, blob: '' };
}

/** A retired device is silent for good: that is no news, and nothing to wait for. */
const leavingNote = ({ outcome }: StatusFile) =>
  outcome === 'retired' ? 'has left the fleet' : 'is to leave the fleet, and has not said yet that it has';

function silence(outcome: string, device: string): string {
  if (outcome === 'retired') return '';
  return outcome === 'no keys' ? `waits for \`towline device accept ${device}\`` : 'has not reported yet';
}

export function troubleWords({ code, commit, app, release, failed, message }: Trouble): string {
  if (commit !== undefined) return `${code ?? ''} at ${commit.slice(0, 12)}`;
  if (app === undefined)
    return code === undefined || message.startsWith(code) ? message : `${code} ${message}`;
  return `${named(app, release)}${failed === true ? ' failed' : ''}: ${message}`;
}

function behindOf(distance: Distance | undefined): string {
  if (distance === undefined) return 'unknown here';
  const { ahead, behind } = distance;
  const many = (count: number) =>
    `${count === maxCommits ? `${count} or more` : count} ${count === 1 ? 'commit' : 'commits'}`;
  if (behind === 0) return ahead === 0 ? '' : `${many(ahead)} ahead`;
  return ahead === 0 ? many(behind) : `${many(behind)}, off this line`;
}

const wantedWords = ({ app, release, next, pin }: WantedApp) =>
  `${named(app, release)}${pin === undefined ? '' : ` (${pinWords(pin)})`}${next === undefined ? '' : ` (next ${next})`}`;

/** `pinned until 2026-12-24: waits for the new meter` */
function pinWords({ untilMs, reason }: NonNullable<MergedApp['pin']>): string {
  const until = untilMs === undefined ? '' : ` until ${timeWord(untilMs).slice(0, 10)}`;
  return `pinned${until}${reason === undefined ? '' : `: ${reason.slice(0, shownReason)}`}`;
}

const runsWords = ({ app, release, state }: Omit<AppStanding, 'next'>) => `${named(app, release)} ${state}`;

const named = (app: string, release: string | undefined) =>
  release === undefined ? app : `${app} ${release}`;

function listed(items: readonly string[]): string {
  const rest = items.length - namedApps;
  return [...items.slice(0, namedApps), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
}

/** Whole minutes above a minute: nobody reads the seconds of a day. */
export function span(fromMs: number, nowMs: number): string {
  const ms = nowMs - fromMs;
  if (Number.isNaN(ms)) return 'no time';
  if (ms < 0) return 'in the future';
  const unit = ms >= 86_400_000 ? 3_600_000 : ms >= 60_000 ? 60_000 : 1000;
  return formatDuration(Math.floor(ms / unit) * unit);
}
