/** Who is in which device, as this gateway sees it: those that its own channels lead to. */

/** Who comes, and to where. */
export interface Visitor {
  /** Operator's name; of whom the gateway cannot know, `somebody`, `a guest`. */
  readonly operator: string;
  /** Where they are, `pump-17:22`, in the words of the audit log. */
  readonly to: string;
}

export interface Visit extends Visitor {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

export class Presence {
  readonly #visits = new Map<string, Set<Visit>>();
  readonly #listeners = new Set<(device: string) => void>();

  /** @returns when they have gone */
  enter(device: string, visit: Visit): () => void {
    const visits = this.#visits.get(device) ?? new Set();
    this.#visits.set(device, visits.add(visit));
    this.changed(device);
    return () => {
      if (!visits.delete(visit)) return;
      if (visits.size === 0 && this.#visits.get(device) === visits) this.#visits.delete(device);
      this.changed(device);
    };
  }

  of(device: string): readonly Visit[] {
    return [...(this.#visits.get(device) ?? [])];
  }

  /** Something is other than it was with this device: who is in, or whether its tunnel is here. */
  onChange(listener: (device: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(device: string): void {
    for (const listener of [...this.#listeners]) listener(device);
  }
}
