/** Ports of devices at the gateway, over all files: each in the range, and no two devices with one. */
import type { Problem } from '../errors.ts';
import { holdersOfPorts, portFault } from './device-port.ts';
import { type Fleet, layersOf } from './fleet.ts';
import { type AccessFile, type GivenAccess, narrowestAccess } from './narrowest-access.ts';

export function portProblems(fleet: Fleet): Problem[] {
  const files: readonly AccessFile[] = [fleet.file, ...fleet.groups.values(), ...fleet.devices.values()];
  // Of ten thousand devices few have one: no layers are put together for the others.
  if (files.every(({ value }) => value.access?.port === undefined)) return [];
  const given = new Map<string, GivenAccess<'port'>>();
  for (const id of fleet.devices.keys()) {
    const layers = layersOf(fleet, id);
    const port = layers === undefined ? undefined : narrowestAccess(layers, 'port');
    if (port !== undefined) given.set(id, port);
  }
  const holders = holdersOfPorts([...given].map(([id, { value }]) => [id, value]));
  const range = fleet.file.value.tunnels?.ports;
  const found = new Map<string, Problem>();
  for (const { file, value: port } of given.values()) {
    const message = portFault(port, holders.get(port) ?? [], range);
    if (message === undefined) continue;
    const position = file.locate('/access/port');
    found.set(`${position.file}:${position.line}`, { code: 'FLEET_ACCESS_PORT', message, position });
  }
  return [...found.values()];
}
