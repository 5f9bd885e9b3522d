import type { Bus, HeldTunnel, Subject } from './bus.ts';

/** The bus of a gateway that is alone. */
export class InProcessBus implements Bus {
  readonly #listeners = new Map<Subject, Set<() => void>>();
  readonly #tunnels = new Map<string, HeldTunnel>();

  announce(subject: Subject): void {
    for (const listener of [...(this.#listeners.get(subject) ?? [])]) listener();
  }

  listen(subject: Subject, listener: () => void): () => void {
    const listeners = this.#listeners.get(subject) ?? new Set();
    this.#listeners.set(subject, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  hold(device: string, tunnel: HeldTunnel): () => void {
    this.#tunnels.set(device, tunnel);
    this.announce('tunnels');
    return () => {
      // A newer one has taken its place.
      if (this.#tunnels.get(device) !== tunnel) return;
      this.#tunnels.delete(device);
      this.announce('tunnels');
    };
  }

  holder(device: string): HeldTunnel | undefined {
    return this.#tunnels.get(device);
  }
}
