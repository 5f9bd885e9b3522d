/** Pieces of one answer, each until the device has taken it. */
import type { ServerResponse } from 'node:http';

type Over = (error: Error | null | undefined) => void;

/**
 * One watch for the whole answer: a timer and a listener for each of a layer's pieces, of a fleet that pulls at once, lie
 * about by the ten thousand until somebody collects them.
 */
export class Writes implements Disposable {
  readonly #response: ServerResponse;
  readonly #waiting = new Set<Over>();
  readonly #timer: NodeJS.Timeout;
  readonly #onClose = () => this.#leave();

  /** @param stallMs a device takes a piece in this time at the latest, else the answer is cut */
  constructor(response: ServerResponse, stallMs: number) {
    this.#response = response;
    this.#timer = setTimeout(() => {
      if (this.#waiting.size > 0) response.destroy();
    }, stallMs);
    response.once('close', this.#onClose);
  }

  /** @returns settled when the piece may be written over @throws where the device has left, or takes nothing */
  write(piece: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const over: Over = error => {
        this.#waiting.delete(over);
        if (error) reject(error);
        else resolve();
      };
      this.#waiting.add(over);
      // Begun anew with each piece: no other piece waits for longer.
      this.#timer.refresh();
      if (this.#response.destroyed) this.#leave();
      else this.#response.write(piece, over);
    });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#response.off('close', this.#onClose);
  }

  #leave(): void {
    for (const over of this.#waiting) over(new Error('the device has left'));
  }
}
