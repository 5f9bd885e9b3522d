/** Where a name and a port that a person gives at the jump lead. */
import type { Wanted } from '../../core/access/judge.ts';
import { agentServer } from '../../core/access/settings.ts';
import type { TunnelTarget } from '../../core/fleet/tunnel.ts';
import type { FleetView } from '../fleet/fleet-view.ts';

/** The port of ssh, whatever that of the target or the server behind the name. */
const sshPort = 22;

export interface JumpPlace {
  readonly device: string;
  readonly wanted: Wanted;
  /** What the device's tunnel is asked for; undefined: nothing is declared there. */
  readonly target: TunnelTarget | typeof agentServer | undefined;
}

/**
 * `pump-17:22` is the agent's own server, `pump-17.host:22` the target `ssh`: the device's own sshd. Another port is that of a
 * declared target, by either name. `.fleet` at the end of a name is for those who keep a `Host *.fleet` in their configuration.
 */
export function jumpPlace(view: FleetView, host: string, port: number): JumpPlace {
  const name = host.replace(/\.fleet$/, '').slice(0, 253);
  const device = name.replace(/\.host$/, '');
  const isHost = device !== name;
  if (port === sshPort && !isHost) return { device, wanted: { kind: 'server' }, target: agentServer };
  const targets = view.desiredTunnel(device)?.targets ?? [];
  const named = port === sshPort ? targets.find(target => target.name === 'ssh') : undefined;
  const target = named ?? targets.find(each => each.port === port);
  // Of a port where nothing is declared, who reaches the device at all is told so.
  const wanted: Wanted = target === undefined ? { kind: 'server' } : { kind: 'target', name: target.name };
  return { device, wanted, target };
}
