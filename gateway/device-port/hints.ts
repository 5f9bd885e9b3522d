/**
 * Hints: one stream of server-sent events for each device. When main moves, it is told to look. Nothing in the
 * stream is trusted or needed: the poll stays as the floor.
 */
import type { Bus } from '../bus/bus.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import type { DevicePort } from './device-port.ts';
import { DeviceStreams } from './device-streams.ts';

const look = 'event: look\ndata:\n\n';

export class Hints {
  readonly #streams = new DeviceStreams();
  readonly #unsubscribe: () => void;

  constructor(bus: Bus) {
    this.#unsubscribe = bus.listen('main', () => this.#streams.sendAll(look));
  }

  get size(): number {
    return this.#streams.size;
  }

  /** One device is told. @returns whether it listens */
  ring(device: string): boolean {
    this.#streams.send(device, look);
    return this.#streams.has(device);
  }

  mount(port: DevicePort): void {
    this.#streams.mount(port, '/v1/hints');
  }

  metrics(): Metric[] {
    return [gauge('towline_gateway_hint_streams', 'Devices that hold a hint stream.', this.size)];
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#streams.close();
  }
}
