/** New connections. The peer: nginx, which answers the one request itself. */
import { type BenchFigure, figure, inTurn } from '../figure.ts';
import type { SimulatedFleet } from '../simulator/simulated-fleet.ts';
import { WireClient } from '../simulator/wire-client.ts';
import { cpuOf } from './clients.ts';

const connections = 100;

export async function* handshakes(fleet: SimulatedFleet): AsyncGenerator<BenchFigure> {
  const devices = fleet.devices.slice(0, connections);
  const { peer, gateway } = fleet;
  for (const resumed of [false, true]) {
    const ours = new Dialling(gateway.port, cpuOf(fleet), resumed);
    const theirs =
      peer === undefined ? undefined : new Dialling(peer.port, () => peer.cpu.seconds(), resumed);
    const [cost, peerCost] = await inTurn(
      () => ours.cost(devices),
      theirs === undefined ? undefined : () => theirs.cost(devices),
    );
    const work = `new connection with one request, ${resumed ? 'resumed' : 'full'} handshake`;
    yield figure(work, 'ms', cost, peerCost, { of: 'ratio', is: '<=', limit: 3 });
  }
}

/** Opens connections to one server, one after the other. */
class Dialling {
  readonly #port: number;
  readonly #cpu: () => number;
  readonly #resumed: boolean;
  readonly #sessions: Buffer[] = [];

  constructor(port: number, cpu: () => number, resumed: boolean) {
    this.#port = port;
    this.#cpu = cpu;
    this.#resumed = resumed;
  }

  /** CPU of the server for each connection, milliseconds. */
  async cost(devices: SimulatedFleet['devices']): Promise<number> {
    if (this.#resumed && this.#sessions.length === 0) {
      for (const [index, device] of devices.entries()) {
        const client = await this.#ask(device);
        this.#sessions[index] = await client.session();
        client.close();
      }
    }
    const before = this.#cpu();
    for (const [index, device] of devices.entries()) {
      const client = await this.#ask(device, this.#sessions[index]);
      if (client.resumed !== this.#resumed) throw new Error('not the handshake that was asked for');
      client.close();
    }
    return (1000 * (this.#cpu() - before)) / devices.length;
  }

  async #ask(device: SimulatedFleet['devices'][number], session?: Buffer): Promise<WireClient> {
    const client = await new WireClient(this.#port, device, session).ready();
    await client.get('/v1/healthz');
    return client;
  }
}
