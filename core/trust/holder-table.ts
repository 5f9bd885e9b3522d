/**
 * Claim → the paths of the files that have it. 16 bytes of a claim and 4 of a file in typed arrays, open addressing:
 * 50,000 claims of 10,000 devices take 3 MB, where a Map takes ten.
 */
const emptySlot = 0xffffffff;
const removedSlot = 0xfffffffe;
const words = 4;
const fewestSlots = 1024;

export class HolderTable {
  #claims = new Uint32Array(fewestSlots * words);
  #files = new Uint32Array(fewestSlots).fill(emptySlot);
  /** Slots that are not empty, count. */
  #taken = 0;
  /** Path of each file that has claims; undefined where there is none any more. */
  readonly #paths: (string | undefined)[] = [];

  add(path: string, claims: readonly string[]): void {
    if (claims.length === 0) return;
    const file = this.#paths.push(path) - 1;
    for (const claim of claims) {
      if ((this.#taken + 1) * 4 > this.#files.length * 3) this.#grow();
      this.#insert(wordsOf(claim), file);
    }
  }

  /** @param claims those that were added for this path. */
  remove(path: string, claims: readonly string[]): void {
    for (const claim of claims) {
      for (const slot of this.#slots(wordsOf(claim))) {
        const file = this.#files[slot] ?? emptySlot;
        if (this.#paths[file] !== path) continue;
        this.#files[slot] = removedSlot;
      }
    }
    const file = this.#paths.indexOf(path);
    if (file >= 0) this.#paths[file] = undefined;
  }

  holdersOf(claim: string): string[] {
    const found = this.#slots(wordsOf(claim)).map(slot => this.#paths[this.#files[slot] ?? emptySlot]);
    return [...new Set(found.filter(path => path !== undefined))];
  }

  /** Every file with its claims. */
  files(): { readonly path: string; readonly claims: readonly string[] }[] {
    const claims = this.#paths.map((): string[] => []);
    for (const [slot, file] of this.#files.entries()) {
      claims[file]?.push(textOf(this.#claims.subarray(slot * words, slot * words + words)));
    }
    return this.#paths.flatMap((path, file) =>
      path === undefined ? [] : [{ path, claims: claims[file] ?? [] }],
    );
  }

  /** Slots with this claim. */
  #slots(claim: Uint32Array): number[] {
    const mask = this.#files.length - 1;
    const found: number[] = [];
    for (let slot = (claim[0] ?? 0) & mask; this.#files[slot] !== emptySlot; slot = (slot + 1) & mask) {
      const isRemoved = this.#files[slot] === removedSlot;
      if (!isRemoved && claim.every((word, index) => this.#claims[slot * words + index] === word))
        found.push(slot);
    }
    return found;
  }

  #insert(claim: Uint32Array, file: number): void {
    const mask = this.#files.length - 1;
    let slot = (claim[0] ?? 0) & mask;
    while (this.#files[slot] !== emptySlot) slot = (slot + 1) & mask;
    this.#claims.set(claim, slot * words);
    this.#files[slot] = file;
    this.#taken += 1;
  }

  /** Makes it anew without what was removed, with room for as much again as is there. */
  #grow(): void {
    const [claims, files] = [this.#claims, this.#files];
    const kept = files.reduce((count, file) => count + (file < removedSlot ? 1 : 0), 0);
    let slots = fewestSlots;
    while (slots < kept * 2) slots *= 2;
    this.#claims = new Uint32Array(slots * words);
    this.#files = new Uint32Array(slots).fill(emptySlot);
    this.#taken = 0;
    for (const [slot, file] of files.entries()) {
      if (file < removedSlot) this.#insert(claims.subarray(slot * words, slot * words + words), file);
    }
  }
}

function wordsOf(claim: string): Uint32Array {
  return Uint32Array.from({ length: words }, (_, index) =>
    Number.parseInt(claim.slice(index * 8, index * 8 + 8), 16),
  );
}

function textOf(claim: Uint32Array): string {
  return [...claim].map(word => word.toString(16).padStart(8, '0')).join('');
}
