/**
 * Hints: one stream of server-sent events for each device. When main moves, it is told to look. Nothing in the
 * stream is trusted or needed: the poll stays as the floor.
 */
import type { ServerResponse } from 'node:http';
import type { Bus } from '../bus/bus.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import type { DevicePort } from './device-port.ts';

const heartbeatMs = 45_000;
/** One pass over all streams is spread over slices, so that polls are answered in between. */
const sliceSize = 500;

export class Hints {
  readonly #streams = new Map<string, ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;

  readonly #unsubscribe: () => void;

  constructor(bus: Bus) {
    this.#unsubscribe = bus.listen('main', () => this.#sendAll('event: look\ndata:\n\n'));
    this.#heartbeat = setInterval(() => this.#sendAll(': \n\n'), heartbeatMs);
    this.#heartbeat.unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  mount({ http }: DevicePort): void {
    http.get('/v1/hints', { config: { action: { kind: 'hints' } } }, (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      reply.raw.write('retry: 5000\n\n');
      this.#add(request.device, reply.raw);
    });
  }

  metrics(): Metric[] {
    return [gauge('towline_gateway_hint_streams', 'Devices that hold a hint stream.', this.size)];
  }

  /** Ends all streams: the gateway goes. Devices come back after a time of their own choice. */
  async close(): Promise<void> {
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    for (const stream of this.#streams.values()) stream.end();
    this.#streams.clear();
  }

  /** A device's newer stream takes the place of its older one. */
  #add(device: string, stream: ServerResponse): void {
    this.#streams.get(device)?.destroy();
    this.#streams.set(device, stream);
    stream.on('error', () => stream.destroy());
    stream.once('close', () => {
      if (this.#streams.get(device) === stream) this.#streams.delete(device);
    });
  }

  #sendAll(text: string): void {
    const streams = [...this.#streams.values()];
    const slice = (from: number) => {
      for (const stream of streams.slice(from, from + sliceSize)) {
        // What a device does not read must not pile up here: it has a hint waiting already.
        if (stream.writableLength < 1024) stream.write(text);
      }
      if (from + sliceSize < streams.length) setImmediate(slice, from + sliceSize);
    };
    slice(0);
  }
}
