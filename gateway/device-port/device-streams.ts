/** Streams of server-sent events, one for each device. Nothing in them is trusted or needed. */
import type { ServerResponse } from 'node:http';
import type { DevicePort } from './device-port.ts';

const heartbeatMs = 45_000;
/** One pass over all streams is spread over slices, so that polls are answered in between. */
const sliceSize = 500;

export class DeviceStreams {
  readonly #streams = new Map<string, ServerResponse>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
    this.#heartbeat = setInterval(() => this.sendAll(': \n\n'), heartbeatMs);
    this.#heartbeat.unref();
  }

  get size(): number {
    return this.#streams.size;
  }

  has(device: string): boolean {
    return this.#streams.has(device);
  }

  /** Before the port listens. */
  mount({ http }: DevicePort, path: string): void {
    http.get(path, { config: { action: { kind: 'hints' } } }, (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      reply.raw.write('retry: 5000\n\n');
      this.#add(request.device, reply.raw);
    });
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

  send(device: string, text: string): void {
    const stream = this.#streams.get(device);
    // What a device does not read must not pile up here: it has something waiting already.
    if (stream !== undefined && stream.writableLength < 1024) stream.write(text);
  }

  sendAll(text: string): void {
    const devices = [...this.#streams.keys()];
    const slice = (from: number) => {
      for (const device of devices.slice(from, from + sliceSize)) this.send(device, text);
      if (from + sliceSize < devices.length) setImmediate(slice, from + sliceSize);
    };
    slice(0);
  }

  /** Ends all streams: the gateway goes. Devices come back after a time of their own choice. */
  close(): void {
    clearInterval(this.#heartbeat);
    for (const stream of this.#streams.values()) stream.end();
    this.#streams.clear();
  }
}
