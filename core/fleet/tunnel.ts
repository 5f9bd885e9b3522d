/** A device's tunnel, merged of fleet.yaml, its groups' files and its own. */
import type { Tunnel } from '../../schemas/types.generated.ts';
import { parseDuration } from '../duration.ts';
import type { Problem } from '../errors.ts';
import type { DeviceLayers } from './fleet.ts';
import { type AccessFile, narrowestAccess } from './narrowest-access.ts';

export interface TunnelTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface DesiredTunnel {
  readonly state: 'open' | 'closed';
  /** Milliseconds since the epoch, as the files say it. */
  readonly untilMs?: number;
  /** After it was first seen open it ends, whatever `untilMs` says: `core/access/tunnel-end.ts`. */
  readonly maxDurationMs: number;
  readonly reason?: string;
  readonly targets: readonly TunnelTarget[];
  /** Operators by name; absent: every operator whose own file reaches this device. */
  readonly allow?: readonly string[];
}

/** With the end that it really has on this device. */
export type EndingTunnel = DesiredTunnel & { readonly untilMs: number };

/** fleet.yaml's `tunnels.maxDuration` where it is not given. */
export const defaultMaxDuration = '8h';

/** No tunnel of the fleet is open for longer, milliseconds. */
export const maxDurationMs = ({ value }: DeviceLayers['fleet']): number =>
  parseDuration(value.tunnels?.maxDuration ?? defaultMaxDuration);

const defaultTargets: readonly TunnelTarget[] = [{ name: 'ssh', host: '127.0.0.1', port: 22 }];

type LongTunnel = Exclude<Tunnel, string>;

export const longForm = (tunnel: Tunnel): LongTunnel =>
  typeof tunnel === 'string' ? { state: tunnel } : tunnel;

interface Given {
  readonly path: string;
  readonly tunnel: LongTunnel;
}

/** Name and port by which a tunnel offers the agent's own SSH server. No declared target can have this name. */
export const agentServer = Object.freeze({ name: 'towline', port: 22 });

/** Targets of one file that could not be told apart. */
export function targetProblems(file: AccessFile): Problem[] {
  const { tunnel, access } = file.value;
  const old = tunnel === undefined ? undefined : longForm(tunnel).targets;
  return [
    ...problemsAmong(file, '/access/targets', access?.targets ?? []),
    ...problemsAmong(file, '/tunnel/targets', old ?? []),
  ];
}

function problemsAmong(
  file: AccessFile,
  pointer: string,
  targets: readonly Pick<TunnelTarget, 'name' | 'port'>[],
): Problem[] {
  const seen = new Map<string | number, number>();
  return targets.flatMap(({ name, port }, index) => {
    const twice = seen.has(name) ? `the name "${name}"` : seen.has(port) ? `port ${port}` : undefined;
    seen.set(name, index).set(port, index);
    const isReserved = name === agentServer.name;
    if (twice === undefined && !isReserved) return [];
    const message = isReserved
      ? `"${name}" is the agent's own SSH server, and no target`
      : `${twice} stands twice among the targets`;
    return [{ code: 'FLEET_TUNNEL_TARGET', message, position: file.locate(`${pointer}/${index}`) }];
  });
}

/**
 * `state`, `until` and `reason` belong together and come from the narrowest file that has a `tunnel`. `allow` is what all
 * files that give it agree on: whoever may write one of them lets nobody in whom another keeps out. Targets are those of
 * `access`, less what an old `tunnel.targets` does not name. A revoked or retired device has no tunnel open.
 * @param note is told which file gave which value
 */
export function desiredTunnel(
  files: DeviceLayers,
  note: (pointer: string, path: string) => void = () => undefined,
): DesiredTunnel {
  const { fleet, groups, device } = files;
  const layers = [fleet, ...groups, device];
  const given: Given[] = layers.flatMap(({ path, value }) =>
    value.tunnel === undefined ? [] : [{ path, tunnel: longForm(value.tunnel) }],
  );
  const last = given.at(-1);
  if (last !== undefined) note('/tunnel/state', last.path);
  if (last?.tunnel.until !== undefined) note('/tunnel/until', last.path);
  if (last?.tunnel.reason !== undefined) note('/tunnel/reason', last.path);
  const allowed = given.flatMap(({ path, tunnel: { allow } }) =>
    allow === undefined ? [] : [{ path, allow }],
  );
  for (const { path } of allowed) note('/tunnel/allow', path);
  const allow = agreed(allowed.map(each => each.allow));
  const targets = narrowestAccess(files, 'targets');
  if (targets !== undefined) note('/tunnel/targets', targets.file.path);
  const { until, reason, state = 'closed' } = last?.tunnel ?? {};
  return {
    state: device.value.revoked === true || device.value.retired !== undefined ? 'closed' : state,
    ...(until === undefined ? {} : { untilMs: Date.parse(until) }),
    maxDurationMs: maxDurationMs(fleet),
    ...(reason === undefined ? {} : { reason }),
    targets: narrowed(targets?.value.map(whole) ?? defaultTargets, given),
    ...(allow === undefined ? {} : { allow }),
  };
}

/** Names that stand in every list, as the first has them. */
function agreed([first, ...others]: readonly (readonly string[])[]): readonly string[] | undefined {
  return first?.filter(name => others.every(other => other.includes(name)));
}

function whole({
  name,
  host = '127.0.0.1',
  port,
}: Pick<TunnelTarget, 'name' | 'port'> & Partial<TunnelTarget>): TunnelTarget {
  return { name, host, port };
}

function narrowed(targets: readonly TunnelTarget[], given: readonly Given[]): readonly TunnelTarget[] {
  return targets.filter(target =>
    given.every(({ tunnel }) => tunnel.targets?.map(whole).some(old => isSame(old, target)) ?? true),
  );
}

function isSame(one: TunnelTarget, other: TunnelTarget): boolean {
  return one.name === other.name && one.host === other.host && one.port === other.port;
}
