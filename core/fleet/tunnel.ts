/** A device's tunnel, merged of its groups' files and its own. */
import type { Tunnel } from '../../schemas/types.generated.ts';
import type { Problem } from '../errors.ts';
import { parseDuration } from './duration.ts';
import type { DeviceLayers } from './fleet.ts';
import type { CheckedFile } from './schema-check.ts';

export interface TunnelTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface DesiredTunnel {
  readonly state: 'open' | 'closed';
  /** Milliseconds since the epoch; absent: `maxDurationMs` after the device first saw it open. */
  readonly untilMs?: number;
  readonly maxDurationMs: number;
  readonly reason?: string;
  readonly targets: readonly TunnelTarget[];
  /** Operators by name; absent: every operator whose own file reaches this device. */
  readonly allow?: readonly string[];
}

/** fleet.yaml's `tunnels.maxDuration` where it is not given. */
export const defaultMaxDuration = '8h';

const defaultTargets: readonly TunnelTarget[] = [{ name: 'ssh', host: '127.0.0.1', port: 22 }];

type LongTunnel = Exclude<Tunnel, string>;

export const longForm = (tunnel: Tunnel): LongTunnel =>
  typeof tunnel === 'string' ? { state: tunnel } : tunnel;

interface Given {
  readonly path: string;
  readonly tunnel: LongTunnel;
}

/** Targets of one file that could not be told apart. */
export function targetProblems(file: CheckedFile<'group' | 'device'>): Problem[] {
  const { tunnel } = file.value;
  if (tunnel === undefined || typeof tunnel === 'string') return [];
  const seen = new Map<string | number, number>();
  return (tunnel.targets ?? []).flatMap(({ name, port }, index) => {
    const twice = seen.has(name) ? `the name "${name}"` : seen.has(port) ? `port ${port}` : undefined;
    seen.set(name, index).set(port, index);
    if (twice === undefined) return [];
    const position = file.locate(`/tunnel/targets/${index}`);
    return [{ code: 'FLEET_TUNNEL_TARGET', message: `${twice} stands twice among the targets`, position }];
  });
}

/**
 * `state`, `until` and `reason` belong together and come from the narrowest file that has a `tunnel`; `targets` and
 * `allow` each from the narrowest file that gives them. A revoked or retired device has none open.
 * @param note is told which file gave which value
 */
export function desiredTunnel(
  { fleet, groups, device }: DeviceLayers,
  note: (pointer: string, path: string) => void = () => undefined,
): DesiredTunnel {
  const given: Given[] = [...groups, device].flatMap(({ path, value }) =>
    value.tunnel === undefined ? [] : [{ path, tunnel: longForm(value.tunnel) }],
  );
  const last = given.at(-1);
  const targets = given.findLast(({ tunnel }) => tunnel.targets !== undefined);
  const allow = given.findLast(({ tunnel }) => tunnel.allow !== undefined);
  if (last !== undefined) note('/tunnel/state', last.path);
  if (last?.tunnel.until !== undefined) note('/tunnel/until', last.path);
  if (last?.tunnel.reason !== undefined) note('/tunnel/reason', last.path);
  if (targets !== undefined) note('/tunnel/targets', targets.path);
  if (allow !== undefined) note('/tunnel/allow', allow.path);
  const { until, reason, state = 'closed' } = last?.tunnel ?? {};
  return {
    state: device.value.revoked === true || device.value.retired !== undefined ? 'closed' : state,
    ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
    maxDurationMs: parseDuration(fleet.value.tunnels?.maxDuration ?? defaultMaxDuration),
    ...(reason === undefined ? {} : { reason }),
    targets:
      targets?.tunnel.targets?.map(({ name, host = '127.0.0.1', port }) => ({ name, host, port })) ??
      defaultTargets,
    ...(allow?.tunnel.allow === undefined ? {} : { allow: allow.tunnel.allow }),
  };
}
