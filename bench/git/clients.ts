/** Connections of simulated devices, and what the server of what they ask spends. */
import { cpuSeconds } from '../simulator/process-tree.ts';
import type { SimulatedDevice, SimulatedFleet } from '../simulator/simulated-fleet.ts';
import { WireClient } from '../simulator/wire-client.ts';

export const advert = '/fleet.git/info/refs?service=git-upload-pack';

export async function openClients(port: number, devices: readonly SimulatedDevice[]): Promise<WireClient[]> {
  const clients: WireClient[] = [];
  for (const device of devices) clients.push(await new WireClient(port, device).ready());
  return clients;
}

/** The gateway with its helper and all git that it starts. */
export function cpuOf(fleet: SimulatedFleet): () => number {
  return () => cpuSeconds(fleet.gateway.pid);
}

/** Does `work` with every client, `rounds` times. @returns CPU seconds of the server for each piece of work. */
export async function costOf(
  cpu: () => number,
  clients: readonly WireClient[],
  rounds: number,
  work: (client: WireClient, index: number) => Promise<unknown>,
): Promise<number> {
  const before = cpu();
  await Promise.all(
    clients.map(async (client, index) => {
      for (let round = 0; round < rounds; round += 1) await work(client, index);
    }),
  );
  return (cpu() - before) / (clients.length * rounds);
}
