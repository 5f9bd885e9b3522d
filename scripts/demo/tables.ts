/** Facts of the system as a person reads them in a terminal. */

import type { RunningService } from '../../lab/fleet/engine-view.ts';
import type { StatusFile } from '../../schemas/types.generated.ts';
import type { ByDevice } from './story.ts';

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What the engine says, one row for each container. With `before`: whether it is the same container as then. */
export function serviceTable(
  services: ByDevice<RunningService[]>,
  before?: ByDevice<RunningService[]>,
): string {
  const known = new Set([...(before?.values() ?? [])].flat().map(({ containerId }) => containerId));
  const rows = [...services].flatMap(([device, containers]) =>
    containers.map(({ service, containerId, status, image }) => [
      device,
      service,
      containerId.slice(0, 12),
      ...(before === undefined ? [] : [known.has(containerId) ? 'same' : 'replaced']),
      status,
      image.replace(/@sha256:([0-9a-f]{8}).*/, '@sha256:$1…'),
    ]),
  );
  const heads = ['DEVICE', 'SERVICE', 'CONTAINER', ...(before === undefined ? [] : ['']), 'STATUS', 'IMAGE'];
  return table([heads, ...rows]);
}

/** What the devices say of themselves, one row for each. */
export function statusTable(statuses: ByDevice<StatusFile>): string {
  const rows = [...statuses].map(([device, { outcome, trusted, projects, stopped, tunnel }]) => [
    device,
    outcome,
    trusted.commit.slice(0, 10),
    projects.map(({ app, release, state }) => `${app} ${release ?? ''} ${state}`).join(', '),
    tunnel.state,
    stopped === undefined ? '' : `${stopped.code} at ${stopped.commit?.slice(0, 10) ?? ''}`,
  ]);
  return table([['DEVICE', 'OUTCOME', 'TRUSTS', 'APPS', 'TUNNEL', 'STOPPED'], ...rows]);
}
