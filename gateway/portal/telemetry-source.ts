/** telemetry.git as devices push to it, for the page. */
import { isTowlineError } from '../../core/errors.ts';
import type { DeviceReport } from '../../core/telemetry/device-report.ts';
import { telemetryRefs } from '../../core/telemetry/telemetry-ref.ts';
import type { ObjectId, ObjectSource } from '../../core/trust/git/object-source.ts';
import type { TelemetrySource } from '../../portal/home/telemetry-source.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import type { ReadReport } from '../sinks/device-reports.ts';
import type { TelemetryStore } from '../telemetry/telemetry-store.ts';
import type { TelemetryHints } from '../telemetry-hints/telemetry-hints.ts';

export interface GatewayTelemetryOptions {
  readonly store: Pick<TelemetryStore, 'refs' | 'onMove'>;
  readonly hints: Pick<TelemetryHints, 'watch'>;
  readonly view: FleetViewHolder;
  readonly objects: ObjectSource;
  readonly read: ReadReport;
}

const deviceOf = (ref: string) => ref.slice(telemetryRefs.length);

export class GatewayTelemetry implements TelemetrySource, Disposable {
  readonly objects: ObjectSource;
  readonly #options: GatewayTelemetryOptions;
  readonly #tips: Map<string, ObjectId>;
  readonly #listeners = new Set<(device: string) => void>();
  readonly #unsubscribe: () => void;

  constructor(options: GatewayTelemetryOptions) {
    this.#options = options;
    this.objects = options.objects;
    const { store } = options;
    this.#tips = new Map([...store.refs].map(([ref, tip]) => [deviceOf(ref), tip]));
    this.#unsubscribe = store.onMove(ref => this.#moved(ref));
  }

  tips(): ReadonlyMap<string, ObjectId> {
    return this.#tips;
  }

  onMove(listener: (device: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async report(device: string, signal: AbortSignal): Promise<DeviceReport | undefined> {
    signal.throwIfAborted();
    const { view, objects: source, read } = this.#options;
    const { fleet, devices } = view.current;
    const tip = this.#tips.get(device);
    if (tip === undefined || fleet === undefined) return undefined;
    const sshKey = devices.get(device)?.file.keys?.ssh;
    return await read({ source, tip, device, fleet: fleet.name, sshKey });
  }

  look(who: string, devices: readonly string[]): () => void {
    try {
      // What has come is told by the store, to all that listen.
      return this.#options.hints.watch({ who: `portal ${who}`, devices, moved: () => undefined });
    } catch (error) {
      // As many look on as may: this page sees what devices send by themselves.
      if (isTowlineError(error, 'GATEWAY_WATCHES_FULL')) return () => undefined;
      throw error;
    }
  }

  #moved(ref: string): void {
    const device = deviceOf(ref);
    const tip = this.#options.store.refs.get(ref);
    if (tip === undefined) this.#tips.delete(device);
    else this.#tips.set(device, tip);
    for (const listener of [...this.#listeners]) listener(device);
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#listeners.clear();
  }
}
