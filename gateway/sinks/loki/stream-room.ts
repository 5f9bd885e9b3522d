/**
 * How many streams a device may open. Loki counts them for all of a tenant, and at its limit refuses everybody's: names that a
 * device says of its apps are not to be as many as it likes.
 */

/** Of one device within an hour: a device with a hundred services that says everything has some hundreds. */
export const mostOfDevice = 400;
const hourMs = 3_600_000;

export class StreamRoom {
  /** Hashes: of a fleet's streams the names would be tens of megabytes. */
  readonly #devices = new Map<string, Set<number>>();
  #sinceMs = 0;

  /** @param stream its labels, in one text @param nowMs of a monotonic clock */
  has(device: string, stream: string, nowMs: number): boolean {
    if (nowMs - this.#sinceMs > hourMs) {
      this.#devices.clear();
      this.#sinceMs = nowMs;
    }
    const known = this.#devices.get(device) ?? new Set();
    this.#devices.set(device, known);
    const hash = hashOf(stream);
    if (known.has(hash)) return true;
    if (known.size >= mostOfDevice) return false;
    known.add(hash);
    return true;
  }
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
