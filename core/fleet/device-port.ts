/** The port that a device has at the gateways: `access.port`, from the range of fleet.yaml. */
import type { FleetFile } from '../../schemas/types.generated.ts';

type PortRange = NonNullable<NonNullable<FleetFile['tunnels']>['ports']>;

/** Where the range does not say it. */
export const defaultPortHost = '127.0.0.1';

/** @param devices with the port that their files give them @returns port → those that have it */
export function holdersOfPorts(
  devices: Iterable<readonly [id: string, port: number | undefined]>,
): Map<number, string[]> {
  const holders = new Map<number, string[]>();
  for (const [id, port] of devices) {
    if (port === undefined) continue;
    const others = holders.get(port);
    if (others === undefined) holders.set(port, [id]);
    else others.push(id);
  }
  return holders;
}

/** @returns what is wrong with a port for these devices, for every file of the fleet; undefined: nothing */
export function portFault(
  port: number,
  holders: readonly string[],
  range: PortRange | undefined,
): string | undefined {
  if (range === undefined) return 'fleet.yaml has no `tunnels.ports`';
  if (port < range.from || port > range.to)
    return `${port} is outside of \`tunnels.ports\`, ${range.from} to ${range.to}`;
  const [first, second] = holders;
  return second === undefined ? undefined : `${port} is the port of ${first} and of ${second}: of neither`;
}
