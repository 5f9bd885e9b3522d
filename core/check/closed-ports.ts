/** Ports that no gateway opens while something speaks against them: whoever comes to a port has no name there. */
import { mergedAccess } from '../access/merged-access.ts';
import { portRefusal } from '../access/port-refusal.ts';
import type { Problem } from '../errors.ts';
import { type DeviceLayers, type Fleet, layersOf } from '../fleet/fleet.ts';
import { narrowestAccess } from '../fleet/narrowest-access.ts';
import { desiredTunnel } from '../fleet/tunnel.ts';

/** `allow` may be there for an afternoon: nothing that keeps a commit back. */
export function closedPortWarnings(fleet: Fleet): Problem[] {
  const found = new Map<string, Problem>();
  for (const id of fleet.devices.keys()) {
    const layers = layersOf(fleet, id);
    const warning = layers === undefined ? undefined : closedPort(layers);
    if (warning !== undefined) found.set(JSON.stringify(warning), warning);
  }
  return [...found.values()];
}

function closedPort(layers: DeviceLayers): Problem | undefined {
  const given = narrowestAccess(layers, 'port');
  const why = given && portRefusal(mergedAccess(layers), desiredTunnel(layers));
  if (given === undefined || why === undefined) return undefined;
  const message = `no gateway opens this port: ${why}`;
  return { code: 'FLEET_ACCESS_PORT', message, position: given.file.locate('/access/port') };
}
