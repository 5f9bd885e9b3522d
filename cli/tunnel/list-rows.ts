/** What stands of each tunnel: what is wanted, what the device said, what the gateway says, who was in. Pure. */
import type { DesiredTunnel } from '../../core/fleet/tunnel.ts';
import { timeWord } from '../../core/time-word.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { TunnelWord } from './word/tunnel-word.ts';

/** Something that somebody did on a device, by its own signed record. */
export interface PastVisit {
  readonly operator: string;
  readonly what: string;
  /** When it ended. */
  readonly time: string;
  readonly seconds?: number;
}

export interface TunnelRow {
  readonly device: string;
  /** By main. */
  readonly desired: DesiredTunnel;
  /** The device's newest status, checked against its key. */
  readonly status: StatusFile | undefined;
  readonly gateway: TunnelWord | undefined;
  readonly visits: readonly PastVisit[];
}

export const listColumns = [
  'DEVICE',
  'WANTED',
  'DEVICE SAYS',
  'GATEWAY SAYS',
  'WHO IS IN',
  'REASON',
  'WAS IN',
];

const isOpen = ({ desired }: TunnelRow, nowMs: number): boolean =>
  desired.state === 'open' && (desired.untilMs === undefined || desired.untilMs > nowMs);

/** Worth a line although it was not named: open by anybody's word. */
export const isShown = (row: TunnelRow, nowMs: number): boolean =>
  isOpen(row, nowMs) ||
  (row.status?.tunnel !== undefined && row.status.tunnel.state !== 'closed') ||
  row.gateway?.connected !== undefined;

export function listCells(row: TunnelRow, nowMs: number): string[] {
  const { device, desired, status, gateway, visits } = row;
  const { untilMs } = desired;
  const until = untilMs === undefined ? '' : timeWord(untilMs);
  const over = desired.state === 'open' && !isOpen(row, nowMs) ? `ended ${until}` : undefined;
  const wanted = over ?? (desired.state === 'open' ? `open until ${until}` : 'closed');
  const allow = desired.allow === undefined ? '' : `, for ${desired.allow.join(', ') || 'nobody'}`;
  const last = visits.at(-1);
  return [
    device,
    `${wanted}${desired.state === 'open' ? allow : ''}`,
    status?.tunnel === undefined ? '-' : `${status.tunnel.state} at ${status.time}`,
    gatewayCell(gateway),
    gateway?.people.map(({ operator, to, since }) => `${operator} in ${to} since ${since}`).join('; ') ?? '',
    desired.state === 'open' ? (desired.reason ?? '') : '',
    last === undefined ? '' : `${last.operator}: ${last.what}, until ${last.time}`,
  ];
}

function gatewayCell(word: TunnelWord | undefined): string {
  if (word === undefined || word.state === 'unknown') return '-';
  if (word.connected !== undefined) return `here since ${word.connected}`;
  return word.state === 'open' ? 'not here' : 'closed';
}

export function listJson({ device, desired, status, gateway, visits }: TunnelRow) {
  const { state, untilMs, reason, allow } = desired;
  const until = untilMs === undefined ? undefined : timeWord(untilMs);
  return {
    device,
    desired: { state, until, reason, allow },
    deviceSays: status?.tunnel === undefined ? null : { ...status.tunnel, time: status.time },
    gatewaySays: gateway === undefined || gateway.state === 'unknown' ? null : gateway,
    visits,
  };
}
