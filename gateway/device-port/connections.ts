/**
 * Every live connection of the device port by the key it proved. When the view changes, those whose key is no longer
 * admitted are cut: requests under way, hint streams and tunnels alike.
 */
import type { TLSSocket } from 'node:tls';
import type { FleetView, ViewDevice } from '../fleet/fleet-view.ts';

/** Connections with a key that no file names: enough for enrolment, too few to starve the others. */
const maxStrangers = 256;

export class Connections {
  readonly #byKey = new Map<string, Set<TLSSocket>>();
  /** Those whose key is not admitted, with it: a commit may bring it. */
  readonly #strangers = new Map<TLSSocket, string | undefined>();
  readonly #maxPerDevice: number;
  readonly #hasLeft: (device: ViewDevice) => boolean;
  #view: FleetView;

  constructor(view: FleetView, maxPerDevice: number, hasLeft: (device: ViewDevice) => boolean = () => false) {
    this.#view = view;
    this.#maxPerDevice = maxPerDevice;
    this.#hasLeft = hasLeft;
  }

  get size(): number {
    let size = this.#strangers.size;
    for (const sockets of this.#byKey.values()) size += sockets.size;
    return size;
  }

  /** Takes a connection in after its handshake. The oldest one goes where there are too many: devices reconnect. */
  add(socket: TLSSocket, key: string | undefined): void {
    if (socket.destroyed) return;
    socket.once('close', () => this.#remove(socket, key));
    if (key !== undefined && this.#isAdmitted(this.#view, key)) {
      this.#addKnown(socket, key);
      return;
    }
    this.#strangers.set(socket, key);
    if (this.#strangers.size > maxStrangers) first(this.#strangers.keys())?.destroy();
  }

  /** @returns how many connections were cut. */
  use(view: FleetView): number {
    this.#view = view;
    for (const [socket, key] of [...this.#strangers]) {
      if (key === undefined || !this.#isAdmitted(view, key)) continue;
      this.#strangers.delete(socket);
      this.#addKnown(socket, key);
    }
    let cut = 0;
    for (const [key, sockets] of [...this.#byKey]) {
      if (this.#isAdmitted(view, key)) continue;
      for (const socket of [...sockets]) {
        socket.destroy();
        cut += 1;
      }
    }
    return cut;
  }

  destroyAll(): void {
    for (const sockets of [this.#strangers.keys(), ...this.#byKey.values()]) {
      for (const socket of [...sockets]) socket.destroy();
    }
  }

  #addKnown(socket: TLSSocket, key: string): void {
    const sockets = this.#byKey.get(key) ?? new Set();
    this.#byKey.set(key, sockets.add(socket));
    if (sockets.size > this.#maxPerDevice) first(sockets.values())?.destroy();
  }

  #isAdmitted(view: FleetView, key: string): boolean {
    const device = view.deviceByKey(key);
    return device !== undefined && device.file.revoked !== true && !this.#hasLeft(device);
  }

  #remove(socket: TLSSocket, key: string | undefined): void {
    this.#strangers.delete(socket);
    if (key === undefined) return;
    const sockets = this.#byKey.get(key);
    sockets?.delete(socket);
    if (sockets?.size === 0) this.#byKey.delete(key);
  }
}

function first<Item>(items: Iterable<Item>): Item | undefined {
  for (const item of items) return item;
  return undefined;
}
