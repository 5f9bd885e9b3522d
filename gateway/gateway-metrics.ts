import type { AuditFile } from './admission/audit.ts';
import type { DeviceService } from './device-service.ts';
import type { FleetFollower } from './fleet/fleet-follower.ts';
import type { FleetViewHolder } from './fleet/fleet-view-holder.ts';
import type { MainWatch } from './fleet/main-watch.ts';
import type { GitRunner } from './git/git-runner.ts';
import type { Metric } from './plain-port/internal-requests.ts';
import type { TunnelRegistry } from './tunnel/tunnel-registry.ts';

export interface MetricSources {
  readonly devices: DeviceService;
  readonly runner: GitRunner;
  readonly view: FleetViewHolder;
  readonly follower: FleetFollower;
  readonly tunnels: TunnelRegistry;
  readonly main: MainWatch;
  readonly audit: Pick<AuditFile, 'lost'>;
}

/** What `/metrics` shows. Names stand in docs/guides/gateway.md. */
export function gatewayMetrics(sources: MetricSources): Metric[] {
  const { devices, runner, view, follower, tunnels, main, audit } = sources;
  const memory = process.memoryUsage();
  const gauge = (name: string, help: string, value: number): Metric => ({ name, help, type: 'gauge', value });
  const counter = (name: string, help: string, value: number): Metric => ({
    name,
    help,
    type: 'counter',
    value,
  });
  return [
    counter(
      'towline_gateway_audit_lost_total',
      'Lines of the audit log that could not be written.',
      audit.lost,
    ),
    gauge('towline_gateway_devices', 'Devices of the trusted fleet.', view.current.devices.size),
    gauge('towline_gateway_connections', 'Connections on the device port.', devices.port.connections.size),
    gauge('towline_gateway_hint_streams', 'Devices that hold a hint stream.', devices.hints.size),
    gauge('towline_gateway_handshakes', 'TLS handshakes under way.', devices.port.handshakes.underWay),
    gauge(
      'towline_gateway_handshakes_waiting',
      'Connections that wait for their handshake.',
      devices.port.handshakes.waiting,
    ),
    gauge(
      'towline_gateway_handshakes_silent',
      'Connections that have not begun theirs.',
      devices.port.handshakes.silent,
    ),
    counter(
      'towline_gateway_handshakes_refused_total',
      'Connections let go before their handshake was done: too slow, or too many.',
      devices.port.handshakes.refused,
    ),
    gauge('towline_gateway_tunnels', 'Tunnels that devices hold.', [...tunnels.list()].length),
    gauge(
      'towline_gateway_walk_stopped',
      '1 while the head of main is not trusted.',
      follower.state.stopped ? 1 : 0,
    ),
    gauge(
      'towline_gateway_main_following',
      '0 while main does not follow the forge, or the walk does not follow main.',
      main.look().following ? 1 : 0,
    ),
    gauge(
      'towline_gateway_fleet_problems',
      'Errors in the files of the trusted fleet.',
      follower.state.problems,
    ),
    gauge('towline_gateway_git_waiting', 'Requests that wait for a git process.', runner.waiting),
    counter('towline_gateway_git_started_total', 'git processes started.', runner.started),
    counter('towline_gateway_pack_hits_total', 'Fetches answered from the cache.', devices.cache.hits),
    counter('towline_gateway_pack_misses_total', 'Fetches that git was asked for.', devices.cache.misses),
    gauge('towline_gateway_pack_cache_bytes', 'Packs held in memory.', devices.cache.memoryBytes),
    counter('towline_gateway_pushes_total', 'Telemetry pushes taken in.', devices.telemetry.pushes),
    gauge('process_resident_memory_bytes', 'Resident memory.', memory.rss),
    counter('process_cpu_seconds_total', 'User and system time.', cpuSeconds()),
  ];
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
