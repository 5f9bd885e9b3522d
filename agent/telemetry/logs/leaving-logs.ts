/**
 * Logs of containers that are gone, whose last lines the disk has not taken: nobody can read them again. They are tried until it
 * does; beyond what memory there is for them, how many there were is said instead.
 */
import type { Spool } from '../collector.ts';
import type { ContainerLog } from './container-log.ts';

/** Of all together. */
const maxBytes = 2 * 1024 * 1024;
/** That so many are missing. */
const saidBytes = 4096;
/** Those of more containers say nothing. */
const maxLogs = 256;

export class LeavingLogs {
  readonly #logs = new Set<ContainerLog>();
  #putting: Promise<void> | undefined;

  add(log: ContainerLog): void {
    this.#logs.add(log);
    let bytes = 0;
    for (const one of [...this.#logs].reverse()) {
      bytes += one.bytes;
      if (bytes > maxBytes && one.bytes > saidBytes) one.discard();
    }
    for (const oldest of this.#logs) {
      if (this.#logs.size <= maxLogs) break;
      this.#logs.delete(oldest);
    }
  }

  /** What the disk takes goes. Never throws. */
  put(spool: Spool): Promise<void> {
    this.#putting ??= this.#putAll(spool).finally(() => {
      this.#putting = undefined;
    });
    return this.#putting;
  }

  async #putAll(spool: Spool): Promise<void> {
    for (const log of this.#logs) {
      const isPut = await log.flush('all', spool).then(
        () => true,
        () => false,
      );
      if (!isPut) return;
      this.#logs.delete(log);
    }
  }
}
