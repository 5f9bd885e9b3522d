import { containerDashboard } from './container.ts';
import { deviceDashboard } from './device.ts';
import { fleetDashboard } from './fleet.ts';
import { pipelineDashboard } from './pipeline.ts';

/** `deploy/grafana`, by path. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  const all = [fleetDashboard, deviceDashboard, containerDashboard, pipelineDashboard];
  return Object.fromEntries(
    all.map(content => [`deploy/grafana/${content.uid}.json`, `${JSON.stringify(content, undefined, 2)}\n`]),
  );
}
