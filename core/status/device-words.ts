/** What is shown of one device, in words. */

import type { DeviceFile, StatusFile } from '../../schemas/types.generated.ts';
import { formatDuration } from '../duration.ts';
import { type Fleet, layersOf } from '../fleet/fleet.ts';
import type { MergedApp } from '../fleet/merged-app.ts';
import { rolledOut } from '../rollout/rolled-out.ts';
import { byCommit } from '../rollout/when.ts';
import {
  type AppStanding,
  appsOf,
  runsSince,
  type Standing,
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

/** What a status says, in words: whatever main is by now. */
export interface SaidWords {
  /** The device's clock. */
  readonly reported: string;
  readonly trusted: ObjectId;
  readonly outcome: StatusFile['outcome'];
  readonly runs: string;
  readonly since: string | undefined;
  readonly tunnel: StatusFile['tunnel']['state'];
  readonly why: string;
}

export function saidWords(status: StatusFile): SaidWords {
  const apps = appsOf(status).map(
    ({ next, ...app }) => runsWords(app) + (next === undefined ? '' : ` (next ${next})`),
  );
  return {
    reported: status.time,
    trusted: status.trusted.commit,
    outcome: status.outcome,
    runs: listed(apps),
    since: runsSince(status),
    tunnel: status.tunnel.state,
    why: troublesOf(status).map(troubleWords).join('; '),
  };
}

/** What is known of one device. */
export interface KnownDevice {
  readonly id: string;
  /** Undefined: the fleet does not have it. */
  readonly file: DeviceFile | undefined;
  /** Undefined: it has said nothing yet, or nothing that is its own. */
  readonly said: SaidWords | undefined;
  /** Why what lies there is not its word. */
  readonly doubt: string | undefined;
  /** From the commit that it trusts to the fleet's. */
  readonly distance: Distance | undefined;
}

export function wordsOf(sight: SeenDevices, device: string, wanted: readonly WantedApp[]): DeviceWords {
  const { status, doubt } = sight.reports.get(device) ?? {};
  const known = {
    ...{ id: device, file: sight.fleet.devices.get(device)?.value },
    said: status === undefined ? undefined : saidWords(status),
    doubt: status === undefined && sight.reports.has(device) ? (doubt ?? '') : undefined,
    distance: status === undefined ? undefined : sight.distances.get(status.trusted.commit),
  };
  return knownWords(known, wanted);
}

export function knownWords(
  { id, file, said, doubt, distance }: KnownDevice,
  wanted: readonly WantedApp[],
): DeviceWords {
  const isRetired = file?.retired !== undefined;
  const silent = standingOf(undefined, file?.keys?.ssh !== undefined);
  const isSilent = said === undefined && doubt === undefined;
  const standing = said?.outcome ?? (doubt === undefined ? silent : notShown);
  const common = {
    device: file?.revoked === true ? `${id} (revoked)` : id,
    outcome: isRetired && isSilent ? 'retired' : standing,
    wanted: listed(wanted.map(wantedWords)),
  };
  if (said === undefined) {
    const nothing = { reported: undefined, trusts: '', behind: '', behindSinceMs: undefined };
    const why = isSilent ? silence(common.outcome, id) : `not trusted: ${doubt}`;
    return { ...common, ...nothing, runs: '', since: undefined, tunnel: '', why };
  }
  const { reported, trusted, runs, since, tunnel, why } = said;
  return {
    ...{ ...common, reported, runs, since, tunnel, trusts: trusted.slice(0, 12) },
    ...{ behind: behindOf(distance), behindSinceMs: distance?.behindSinceMs },
    why: isRetired ? leavingNote(said) : why,
  };
}

const notShown: Standing = 'not shown';

/** What is said where all that is wanted runs, and is well. */
export const wellWords = (wanted: readonly WantedApp[]): string =>
  listed(wanted.map(({ app, release }) => runsWords({ app, release, state: 'healthy' })));

/** A retired device is silent for good: that is no news, and nothing to wait for. */
const leavingNote = ({ outcome }: SaidWords) =>
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
