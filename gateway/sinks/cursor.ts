/** How far a sink has come: of each device, what it was told last. */
export class Cursor {
  readonly #told = new Map<string, string | undefined>();
  #handedOut = new Map<string, string | undefined>();

  /** Every device that the sink may have heard of. */
  get devices(): Iterable<string> {
    return this.#told.keys();
  }

  /** @param state what there is to tell of the device, in short */
  isAt(device: string, state: string): boolean {
    return this.#told.get(device) === state;
  }

  /** The sink has it, and says later whether it is through with it. @param state undefined: the device is gone */
  handOut(device: string, state: string | undefined): void {
    this.#told.set(device, undefined);
    this.#handedOut.set(device, state);
  }

  /** The sink is through with what it was handed. */
  move(): void {
    for (const [device, state] of this.#handedOut) {
      if (state === undefined) this.#told.delete(device);
      else this.#told.set(device, state);
    }
    this.#handedOut = new Map();
  }

  /** It is not: all of it comes again. */
  stay(): void {
    this.#handedOut = new Map();
  }
}
