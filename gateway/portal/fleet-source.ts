/** The fleet as the gateway follows it, for the page. */
import type { ObjectSource } from '../../core/trust/git/object-source.ts';
import type { WalkStop } from '../../core/trust/walk.ts';
import type { FleetSource, SeenFleet } from '../../portal/home/fleet-source.ts';
import type { FleetViewHolder } from '../fleet/fleet-view-holder.ts';

export interface GatewayFleetOptions {
  readonly view: FleetViewHolder;
  readonly stopped: () => WalkStop | undefined;
  readonly objects: ObjectSource;
}

/** A walk that stops moves no view: it is looked for, milliseconds. */
const lookMs = 5000;

export class GatewayFleet implements FleetSource, Disposable {
  readonly objects: ObjectSource;
  readonly #options: GatewayFleetOptions;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  readonly #timer: NodeJS.Timeout;
  #current: SeenFleet | undefined;

  constructor(options: GatewayFleetOptions) {
    this.#options = options;
    this.objects = options.objects;
    this.#current = this.#seen();
    this.#unsubscribe = options.view.onChange(() => this.#look());
    this.#timer = setInterval(() => this.#look(), lookMs).unref();
  }

  get current(): SeenFleet | undefined {
    return this.#current;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #look(): void {
    const seen = this.#seen();
    const [was, is] = [this.#current, seen];
    if (was?.fleet === is?.fleet && was?.stopped?.commit === is?.stopped?.commit) return;
    this.#current = seen;
    for (const listener of [...this.#listeners]) listener();
  }

  #seen(): SeenFleet | undefined {
    const { view, stopped } = this.#options;
    const { whole: fleet, commit } = view.current;
    return fleet === undefined ? undefined : { fleet, commit, stopped: stopped() };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
    this.#listeners.clear();
  }
}
