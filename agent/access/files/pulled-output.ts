/** What a command puts out, taken as it is asked for: nothing beyond a piece is read before. */
import type { ContainerExec } from '../engine/container-exec.ts';

const aheadBytes = 256 * 1024;
const maxWords = 2000;

export class PulledOutput {
  readonly #exec: ContainerExec;
  readonly #pieces: Buffer[] = [];
  #have = 0;
  #over = false;
  #words = '';
  #goOn: (() => void) | undefined;
  #told: (() => void) | undefined;

  constructor(exec: ContainerExec) {
    this.#exec = exec;
    const end = () => {
      this.#over = true;
      this.#told?.();
    };
    exec
      .read(({ stream, bytes }) => {
        if (stream === 'stdout') return this.#take(bytes);
        this.#words = `${this.#words}${bytes.toString('utf8')}`.slice(0, maxWords);
        return undefined;
      })
      .then(end, end);
  }

  /** What it said beside its output. */
  get words(): string {
    return this.#words.trim();
  }

  /** @returns so many bytes; fewer where it ends before that */
  async take(length: number): Promise<Buffer> {
    while (this.#have < length && !this.#over) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#told = resolve;
      this.#goOn?.();
      await promise;
    }
    const whole = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
    const all = whole ?? Buffer.alloc(0);
    const taken = all.subarray(0, length);
    this.#pieces.length = 0;
    if (taken.length < all.length) this.#pieces.push(all.subarray(taken.length));
    this.#have = all.length - taken.length;
    return taken;
  }

  /** To its end, where nothing but that is of use. @returns the exit code */
  async end(signal: AbortSignal): Promise<number | undefined> {
    while ((await this.take(aheadBytes)).length > 0);
    return await this.#exec.exitCode(signal);
  }

  close(): void {
    this.#exec.letGo();
    this.#goOn?.();
  }

  #take(bytes: Buffer): Promise<void> | undefined {
    this.#pieces.push(bytes);
    this.#have += bytes.length;
    this.#told?.();
    if (this.#have < aheadBytes) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#goOn = resolve;
    return promise;
  }
}
