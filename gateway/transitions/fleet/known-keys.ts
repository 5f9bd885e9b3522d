/** OpenPGP keys that were read already: to take one apart costs two milliseconds, and a fleet has as many as devices. */
import { createHash } from 'node:crypto';
import { type RecipientKey, readRecipientKeys } from '../../../core/secrets/recipient-key.ts';

/** Keys expire: after so long one is read anew, milliseconds. */
const longestMs = 24 * 3_600_000;

interface Known {
  readonly keys: readonly RecipientKey[];
  readonly readMs: number;
}

export class KnownKeys {
  #known = new Map<string, Known>();
  #before = new Map<string, Known>();
  /** Since the start, that were taken apart. */
  reads = 0;

  /** Whatever is not asked for from now on until the next call is forgotten then. */
  renew(): void {
    this.#before = this.#known;
    this.#known = new Map();
  }

  /** As `readRecipientKeys`, and without the keys themselves. */
  read = async (armored: string, date: Date): Promise<RecipientKey[]> => {
    const name = createHash('sha256').update(armored).digest('base64');
    const known = this.#known.get(name) ?? this.#before.get(name);
    const ageMs = known === undefined ? longestMs : Math.abs(date.getTime() - known.readMs);
    const isFresh = known !== undefined && ageMs < longestMs;
    const now = isFresh ? known : { keys: await this.#take(armored, date), readMs: date.getTime() };
    this.#known.set(name, now);
    return [...now.keys];
  };

  async #take(armored: string, date: Date): Promise<RecipientKey[]> {
    this.reads += 1;
    const keys = await readRecipientKeys(armored, date);
    return keys.map(key => ({ ...key, armored: '' }));
  }
}
