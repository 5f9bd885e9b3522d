/**
 * Every live connection of the device port by the key it proved. When the view changes, those whose key is no longer
 * admitted are cut: requests under way, hint streams and tunnels alike.
 */
import type { TLSSocket } from 'node:tls';
import type { FleetView } from './fleet-view.ts';

/** Connections with a key that no file names: enough for enrolment, too few to starve the others. */
const maxStrangers = 256;

export class Connections {
  readonly #byKey = new Map<string, Set<TLSSocket>>();
  readonly #strangers = new Set<TLSSocket>();
  readonly #maxPerDevice: number;
  #view: FleetView;

  constructor(view: FleetView, maxPerDevice: number) {
    this.#view = view;
    this.#maxPerDevice = maxPerDevice;
  }

  get size(): number {
    let size = this.#strangers.size;
    for (const sockets of this.#byKey.values()) size += sockets.size;
    return size;
  }

  /** Takes a connection in after its handshake. The oldest one goes where there are too many: devices reconnect. */
  add(socket: TLSSocket, key: string | undefined): void {
    const known = key !== undefined && isAdmitted(this.#view, key);
    const group = known ? this.#groupOf(key) : this.#strangers;
    group.add(socket);
    if (group.size > (known ? this.#maxPerDevice : maxStrangers)) {
      const [oldest] = group;
      if (oldest !== undefined) {
        group.delete(oldest);
        oldest.destroy();
      }
    }
    socket.once('close', () => {
      group.delete(socket);
      if (known && group.size === 0 && this.#byKey.get(key) === group) this.#byKey.delete(key);
    });
  }

  /** @returns how many connections were cut. */
  use(view: FleetView): number {
    this.#view = view;
    let cut = 0;
    for (const [key, sockets] of [...this.#byKey]) {
      if (isAdmitted(view, key)) continue;
      this.#byKey.delete(key);
      for (const socket of [...sockets]) {
        socket.destroy();
        cut += 1;
      }
    }
    return cut;
  }

  destroyAll(): void {
    for (const sockets of [this.#strangers, ...this.#byKey.values()]) {
      for (const socket of [...sockets]) socket.destroy();
    }
  }

  #groupOf(key: string): Set<TLSSocket> {
    let group = this.#byKey.get(key);
    if (group === undefined) {
      group = new Set();
      this.#byKey.set(key, group);
    }
    return group;
  }
}

function isAdmitted(view: FleetView, key: string): boolean {
  const device = view.deviceByTlsKey(key);
  return device !== undefined && device.file.revoked !== true;
}
