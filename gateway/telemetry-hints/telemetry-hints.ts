/**
 * While a person looks on, the devices that are looked at are asked to send what they have: a stream of its own that carries no
 * data, and that a device need not obey. Whoever looks is told when a branch has moved; what moved, they fetch.
 */
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { DevicePort } from '../device-port/device-port.ts';
import { DeviceStreams } from '../device-port/device-streams.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';

/** Between two requests to one device, milliseconds. */
const askMs = 3000;
/** Of one person, and of all. */
const mostWatches = { ofOne: 4, inAll: 200 } as const;

export interface Watch {
  readonly who: string;
  readonly devices: readonly string[];
  /** The branch of this device has moved. */
  readonly moved: (device: string) => void;
}

/** What tells of branches that move. */
export interface Moves {
  onMove(listener: (ref: string) => void): () => void;
}

export class TelemetryHints {
  readonly #streams = new DeviceStreams();
  readonly #watches = new Set<Watch>();
  readonly #asked = new Map<string, number>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #unsubscribe: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(moves: Moves, clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#unsubscribe = moves.onMove(ref => this.#moved(ref));
  }

  mount(port: DevicePort): void {
    this.#streams.mount(port, '/v1/telemetry-hints');
  }

  metrics(): Metric[] {
    return [
      gauge('towline_gateway_telemetry_hint_streams', 'Devices that can be asked.', this.#streams.size),
      gauge('towline_gateway_telemetry_watches', 'Sessions of people who look on.', this.#watches.size),
    ];
  }

  /** @returns a function that ends it @throws TowlineError GATEWAY_WATCHES_FULL */
  watch(watch: Watch): () => void {
    const own = [...this.#watches].filter(({ who }) => who === watch.who).length;
    if (own >= mostWatches.ofOne || this.#watches.size >= mostWatches.inAll) {
      throw new TowlineError('GATEWAY_WATCHES_FULL', 'too many sessions look on already');
    }
    this.#watches.add(watch);
    this.#ask(watch.devices);
    this.#timer ??= setInterval(() => this.#askAll(), askMs);
    return () => {
      this.#watches.delete(watch);
      if (this.#watches.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#asked.clear();
    };
  }

  #askAll(): void {
    this.#ask(new Set([...this.#watches].flatMap(({ devices }) => devices)));
  }

  #ask(devices: Iterable<string>): void {
    const now = this.#clock.monotonic();
    for (const device of devices) {
      // However many look, and however often they begin anew; a timer may come a little early.
      if (now - (this.#asked.get(device) ?? Number.NEGATIVE_INFINITY) < askMs - 50) continue;
      this.#asked.set(device, now);
      this.#streams.send(device, 'event: flush\ndata:\n\n');
    }
  }

  #moved(ref: string): void {
    const device = ref.slice(telemetryRefs.length);
    for (const watch of this.#watches) if (watch.devices.includes(device)) watch.moved(device);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#unsubscribe();
    this.#streams.close();
  }
}
