/**
 * Which keys may have signed the next commit of a branch, on the way from its oldest commit to its tip: a device that has signed by
 * a newer key has done with those before it, so whoever finds an old one says nothing any more.
 */
export class SigningKeys {
  readonly #keys: { of(device: string): readonly string[] };
  /** Of the last commit that was verified. */
  readonly #last = new Map<string, string>();

  /** @param keys of a device, the present one first, then from the newest to the oldest */
  constructor(keys: { of(device: string): readonly string[] }) {
    this.#keys = keys;
  }

  of(device: string): readonly string[] {
    const all = this.#keys.of(device);
    const last = all.indexOf(this.#last.get(device) ?? '');
    return last < 0 ? all : all.slice(0, last + 1);
  }

  signed(device: string, key: string): void {
    this.#last.set(device, key);
  }

  /** Its branch is read from elsewhere. */
  forget(device: string): void {
    this.#last.delete(device);
  }

  forgetAll(): void {
    this.#last.clear();
  }
}
