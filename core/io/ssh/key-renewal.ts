/** When a connection has carried enough under its keys: RFC 4253, section 9. ssh2 begins no exchange by itself. */
import type { Duplex } from 'node:stream';

export class KeyRenewal {
  readonly #transport: Duplex;
  readonly #limitBytes: number;
  /** Received under the present keys, bytes, and what had been sent when they came. */
  #received = 0;
  #sentBefore = 0;

  constructor(transport: Duplex, limitBytes: number) {
    this.#transport = transport;
    this.#limitBytes = limitBytes;
  }

  keysChanged(): void {
    this.#received = 0;
    this.#sentBefore = this.#sent;
  }

  /** Whoever sends is acknowledged: it is enough to ask when something comes. */
  isDueAfter(receivedBytes: number): boolean {
    this.#received += receivedBytes;
    return this.#received + this.#sent - this.#sentBefore >= this.#limitBytes;
  }

  get #sent(): number {
    const transport = this.#transport;
    return 'bytesWritten' in transport && typeof transport.bytesWritten === 'number'
      ? transport.bytesWritten
      : 0;
  }
}
