import type { FleetView } from './fleet-view.ts';

/** Holds the view that is current and tells those who hold connections when it changes. */
export class FleetViewHolder {
  #current: FleetView;
  readonly #listeners = new Set<(view: FleetView) => void>();

  constructor(first: FleetView) {
    this.#current = first;
  }

  get current(): FleetView {
    return this.#current;
  }

  /** Puts a new view in place; listeners run at once, in the order they came. */
  publish(view: FleetView): void {
    this.#current = view;
    for (const listener of [...this.#listeners]) listener(view);
  }

  /** @returns a function that ends the subscription. */
  onChange(listener: (view: FleetView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
