/**
 * Claim → the paths of the files that have it. 16 bytes of a claim and 4 of a file in typed arrays, open addressing:
 * a Map would take several times as much.
 */
const emptySlot = 0xffffffff;
const removedSlot = 0xfffffffe;
const words = 4;
const fewestSlots = 1024;
/** Share of slots that may be taken, and that are taken after growing. */
const [mostTaken, takenAfter] = [0.9, 0.6];

export class HolderTable {
  #claims = new Uint32Array(fewestSlots * words);
  #files = new Uint32Array(fewestSlots).fill(emptySlot);
  /** Slots that are not empty, count. */
  #taken = 0;
  /** Path of each file that has claims; undefined where there is none any more. */
  readonly #paths: (string | undefined)[] = [];

  add(path: string, claims: readonly string[]): void {
    if (claims.length === 0) return;
    // Copied: a path that was put together keeps all its parts.
    const file = this.#paths.push(Buffer.from(path).toString('utf8')) - 1;
    for (const claim of claims) {
      if (this.#taken + 1 > this.#files.length * mostTaken) this.#grow();
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
    const slots = this.#files.length;
    const found: number[] = [];
    for (let slot = (claim[0] ?? 0) % slots; this.#files[slot] !== emptySlot; slot = (slot + 1) % slots) {
      const isRemoved = this.#files[slot] === removedSlot;
      if (!isRemoved && claim.every((word, index) => this.#claims[slot * words + index] === word))
        found.push(slot);
    }
    return found;
  }

  #insert(claim: Uint32Array, file: number): void {
    const slots = this.#files.length;
    let slot = (claim[0] ?? 0) % slots;
    while (this.#files[slot] !== emptySlot) slot = (slot + 1) % slots;
    this.#claims.set(claim, slot * words);
    this.#files[slot] = file;
    this.#taken += 1;
  }

  /** Makes it anew without what was removed, with room for as much again as is there. */
  #grow(): void {
    const [claims, files] = [this.#claims, this.#files];
    const kept = files.reduce((count, file) => count + (file < removedSlot ? 1 : 0), 0);
    const slots = Math.max(fewestSlots, Math.ceil(kept / takenAfter));
    this.#claims = new Uint32Array(slots * words);
    this.#files = new Uint32Array(slots).fill(emptySlot);
    this.#taken = 0;
    for (const [slot, file] of files.entries()) {
      if (file < removedSlot) this.#insert(claims.subarray(slot * words, slot * words + words), file);
    }
  }
}

function wordsOf(claim: string): Uint32Array {
  const bytes = Buffer.from(claim, 'hex');
  const found = new Uint32Array(words);
  for (let index = 0; index < words; index += 1) found[index] = bytes.readUInt32BE(index * 4);
  return found;
}

function textOf(claim: Uint32Array): string {
  return [...claim].map(word => word.toString(16).padStart(8, '0')).join('');
}
