/** What of a device needs a person: each with its reason, and the command that looks further or ends it. */
import type { SeenTunnel } from '../../../core/access/tunnel-end.ts';
import type { Distance } from '../../../core/status/lineage.ts';
import { timeWord } from '../../../core/time-word.ts';
import type { NeedItem, NeedKind } from '../../api/types.generated.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { WantedFacts } from './wanted-facts.ts';

export interface NeedingDevice {
  readonly id: string;
  readonly wanted: WantedFacts;
  readonly facts: DeviceFacts | undefined;
  readonly distance: Distance | undefined;
  /** It waits for a person to compare its keys. */
  readonly isWaiting: boolean;
  readonly nowMs: number;
  /** How long it may say nothing, milliseconds. */
  readonly darkAfterMs: number;
}

/** From its report: shown to who reads its telemetry. */
export const saidKinds: ReadonlySet<NeedKind> = new Set([
  ...(['stopped', 'fork', 'failed', 'dark', 'stale', 'degraded', 'doubtful'] as const),
]);

/** In the order in which they are told. */
export const needKinds: readonly NeedKind[] = [
  ...(['stopped', 'fork', 'doubtful', 'failed', 'dark', 'stale', 'degraded'] as const),
  ...(['paused-rollout', 'waiting-enrolment', 'open-tunnel', 'old-pin'] as const),
];

export function needsOf(device: NeedingDevice): readonly NeedKind[] {
  const { wanted, isWaiting, nowMs } = device;
  const isWanted = !wanted.revoked && !wanted.retired;
  return [
    ...(isWanted ? saidNeeds(device) : []),
    ...(isWaiting ? (['waiting-enrolment'] as const) : []),
    ...(wanted.tunnel.state === 'open' && isOpenYet(wanted.tunnel, nowMs) ? (['open-tunnel'] as const) : []),
    ...(wanted.pins.some(({ untilMs }) => untilMs === undefined || untilMs <= nowMs)
      ? (['old-pin'] as const)
      : []),
  ];
}

const isOpenYet = ({ untilMs = Number.POSITIVE_INFINITY }: Pick<SeenTunnel, 'untilMs'>, nowMs: number) =>
  nowMs < untilMs;

function saidNeeds({ facts, distance, nowMs, darkAfterMs }: NeedingDevice): NeedKind[] {
  if (facts === undefined) return [];
  const { said, doubt, stopped, heardMs } = facts;
  if (doubt !== undefined) return ['doubtful'];
  const kinds: NeedKind[] = [];
  if (stopped !== undefined) kinds.push('stopped');
  if (distance !== undefined && distance.ahead > 0 && distance.behind > 0) kinds.push('fork');
  if (said?.outcome === 'failed' || said?.outcome === 'rolled-back') kinds.push('failed');
  if (said?.outcome === 'degraded') kinds.push('degraded');
  if (said?.outcome === 'stale') kinds.push('stale');
  if (said?.outcome !== 'retired' && nowMs - heardMs > darkAfterMs) kinds.push('dark');
  return kinds;
}

export const waitingWords = 'waits for a person to compare its keys';

/** @param why its row's words */
export function needItem(kind: NeedKind, device: NeedingDevice, why: string): NeedItem {
  const { id, wanted, facts } = device;
  const { heardMs = 0 } = facts ?? {};
  const item = (command: string, words: string, sinceMs?: number): NeedItem => ({
    ...{ device: id, why: words, command },
    ...(sinceMs === undefined || sinceMs <= 0 ? {} : { since: timeWord(sinceMs) }),
  });
  switch (kind) {
    case 'dark':
      return item(
        `towline status ${id}`,
        heardMs > 0 ? 'has said nothing for too long' : 'nobody knows when it was heard',
        heardMs,
      );
    case 'fork':
      return item('towline status', 'trusts a commit that is not on the line of main');
    case 'waiting-enrolment':
      return item(`towline device accept ${id}`, waitingWords);
    case 'open-tunnel':
      return item(`towline tunnel close ${id}`, tunnelWords(wanted.tunnel));
    case 'old-pin':
      return item(`towline unpin ${id} ${wanted.pins[0]?.app ?? ''}`.trimEnd(), pinWords(wanted));
    case 'failed':
    case 'degraded':
      return item(`towline logs ${id}`, why, heardMs);
    case 'stopped':
      return item('towline trust check', why, heardMs);
    default:
      return item(`towline status ${id}`, why, heardMs);
  }
}

function tunnelWords({ untilMs, reason }: WantedFacts['tunnel']): string {
  const until = untilMs === undefined ? '' : ` until ${timeWord(untilMs)}`;
  return `its tunnel is open${until}${reason === undefined ? '' : `: ${reason}`}`;
}

const pinWords = ({ pins }: WantedFacts): string =>
  pins
    .map(({ app, release, untilMs, beneath, reason }) => {
      const end = untilMs === undefined ? 'without an end' : `until ${timeWord(untilMs)}, which is over`;
      const others = beneath === undefined || beneath === release ? '' : `; without it ${beneath}`;
      return `${app} is pinned to ${release ?? 'nothing'} ${end}${others}${reason === undefined ? '' : `: ${reason}`}`;
    })
    .join('; ');
