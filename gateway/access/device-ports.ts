/**
 * A port for each device that has one: open while its tunnel is here, as the view of now wants it, and no longer. Whoever comes
 * is proven by the agent, against the repository that it has verified: the gateway sees ciphertext.
 */

import { portRefusal } from '../../core/access/port-refusal.ts';
import { tunnelIsOpen } from '../../core/access/reach.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { defaultPortHost, holdersOfPorts, portFault } from '../../core/fleet/device-port.ts';
import type { Clock } from '../../core/io/clock.ts';
import { PeerWork } from '../../core/io/peer-work.ts';
import type { Log } from '../../core/log.ts';
import type { Audit } from '../admission/audit.ts';
import type { Bus } from '../bus/bus.ts';
import type { FleetView } from '../fleet/fleet-view.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';
import { gauge, type Metric } from '../plain-port/metric.ts';
import type { TunnelRegistry } from '../tunnel/tunnel-registry.ts';
import { PortBounds, type PortLimits, portLimits } from './port-bounds.ts';
import { PortListener, type PortPlace } from './port-listener.ts';

export interface DevicePortsOptions {
  readonly view: FleetViewHolder;
  readonly bus: Bus;
  readonly tunnels: Pick<TunnelRegistry, 'open' | 'entry'>;
  readonly audit: Audit;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: PortLimits;
}

/** A port that another program has is tried again, milliseconds. */
const retryMs = 10_000;

export class DevicePorts {
  readonly #options: DevicePortsOptions;
  readonly #bounds: PortBounds;
  readonly #open = new Map<number, PortListener>();
  /** Device → why its port is not open. */
  readonly #refused = new Map<string, string>();
  readonly #ends: readonly (() => void)[];
  #holders: { readonly view: FleetView; readonly ports: ReadonlyMap<number, readonly string[]> } | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: DevicePortsOptions) {
    this.#options = options;
    this.#bounds = new PortBounds(options.limits ?? portLimits, options.clock);
    const look = () => this.#look();
    this.#ends = [options.view.onChange(look), options.bus.listen('tunnels', look)];
  }

  metrics(): Metric[] {
    return [gauge('towline_gateway_device_ports', 'Ports of devices that are open.', this.#open.size)];
  }

  /** Of a fleet without such ports, nothing. */
  state(): object {
    if (this.#open.size === 0 && this.#refused.size === 0) return {};
    const open = [...this.#open.values()].map(({ place: { device, port }, connections }) => ({
      ...{ port, device, connections },
    }));
    const refused = [...this.#refused].map(([device, why]) => ({ device, why }));
    return { devicePorts: { open, refused } };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const end of this.#ends) end();
    for (const listener of this.#open.values()) listener.close();
    this.#open.clear();
  }

  /** Level by level: what should be open now is, and nothing else. */
  #look(): void {
    if (this.#closed) return;
    const wanted = this.#wanted();
    for (const [port, listener] of [...this.#open]) {
      const place = wanted.get(port);
      if (place?.device === listener.place.device && place.host === listener.place.host) continue;
      this.#open.delete(port);
      listener.close();
    }
    for (const [port, place] of wanted) if (!this.#open.has(port)) this.#listen(place);
  }

  #listen(place: PortPlace): void {
    const listener = new PortListener({ ...this.#options, place, bounds: this.#bounds });
    this.#open.set(place.port, listener);
    const failed = (error: unknown) => {
      if (this.#open.get(place.port) !== listener) return;
      this.#open.delete(place.port);
      this.#refuse(place.device, place.port, messageOf(error));
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#look(), retryMs).unref();
    };
    new PeerWork({ cut: () => listener.close(), failed }).run(() => listener.listen());
  }

  /** Port → whose it is, of the devices whose tunnels are here; the others that have one are refused it. */
  #wanted(): ReadonlyMap<number, PortPlace> {
    const { view, bus, clock, tunnels } = this.#options;
    const { current } = view;
    const range = current.fleet?.tunnels?.ports;
    const wanted = new Map<number, PortPlace>();
    const asked = new Set<string>();
    // A fleet has many tunnels and few ports, and each tunnel that comes or goes is a reason to look.
    for (const [port, holders] of this.#holdersIn(current)) {
      for (const device of holders) {
        if (bus.holder(device) === undefined || tunnels.entry(device) === undefined) continue;
        const on = current.access(device);
        if (on === undefined || !tunnelIsOpen(on.tunnel, clock.now())) continue;
        asked.add(device);
        const why = portFault(port, holders, range) ?? portRefusal(on.access, on.tunnel);
        if (why !== undefined) this.#refuse(device, port, why);
        else {
          this.#refused.delete(device);
          wanted.set(port, { device, port, host: range?.host ?? defaultPortHost });
        }
      }
    }
    for (const device of this.#refused.keys()) if (!asked.has(device)) this.#refused.delete(device);
    return wanted;
  }

  /** Of all devices there are: also one whose tunnel is closed has its port for itself. */
  #holdersIn(view: FleetView): ReadonlyMap<number, readonly string[]> {
    if (this.#holders?.view !== view) {
      const devices = [...view.devices.values()].map(device => [device.id, view.portOf(device)] as const);
      this.#holders = { view, ports: holdersOfPorts(devices) };
    }
    return this.#holders.ports;
  }

  #refuse(device: string, port: number, why: string): void {
    if (this.#refused.get(device) === why) return;
    this.#refused.set(device, why);
    const event = { action: `port ${port}`, outcome: 'refused', code: 'ACCESS_PORT_CLOSED' } as const;
    this.#options.audit.write({ ...event, who: device, message: why });
  }
}
