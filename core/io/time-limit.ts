/**
 * A time that work may take, in place of `AbortSignal.timeout` wherever its signal is joined with others: Node keeps for ever
 * what `AbortSignal.any` makes of a timeout once that is joined with a further one, a signal for each call.
 */
export class TimeLimit implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    const over = () =>
      this.#controller.abort(new DOMException(`it took longer than ${ms} ms`, 'TimeoutError'));
    this.#timer = setTimeout(over, ms);
    this.#timer.unref();
  }

  /** Aborted when the time is over; never, once the work has ended. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
