/** One who comes by a link, through the gateway: sees what is shown, as lines of an asciicast, and nothing else. */
import type { Duplex } from 'node:stream';
import { castHeader, castOutput, castResize } from '../../../core/recording/asciicast.ts';
import { ShownOutput } from '../../../core/terminal/shown-output.ts';
import type { Onlooker, Room } from './room.ts';

export interface GuestVisit {
  readonly stream: Duplex;
  /** Milliseconds from now. */
  readonly forMs: number;
  readonly signal: AbortSignal;
  /** Whether links are allowed, now. */
  readonly mayShare: () => boolean;
}

const maxBehindBytes = 1024 * 1024;
const usualSize = { columns: 80, rows: 24 };

export class Guest implements Onlooker {
  readonly name = 'a guest';
  readonly kind = 'guest';
  readonly #visit: GuestVisit;
  readonly #room: Room;
  readonly #shown = new ShownOutput();
  readonly #text = new TextDecoder();
  readonly #over = Promise.withResolvers<void>();
  readonly #beganMs = performance.now();

  constructor(visit: GuestVisit, room: Room) {
    this.#visit = visit;
    this.#room = room;
  }

  /** Until it is over. */
  async run(): Promise<void> {
    const { stream, signal, forMs } = this.#visit;
    const gone = () => this.#over.resolve();
    const timer = setTimeout(gone, forMs);
    signal.addEventListener('abort', gone, { once: true });
    stream.once('close', gone);
    // Whatever a guest sends goes nowhere.
    stream.resume();
    const { columns, rows } = this.#room.live.size ?? usualSize;
    // No name, no command, no place: a guest learns what is on the screen.
    this.#line(castHeader({ startedMs: 0, columns, rows, title: '' }));
    const leave = this.#room.enter(this);
    if (signal.aborted || stream.destroyed) gone();
    await this.#over.promise;
    clearTimeout(timer);
    signal.removeEventListener('abort', gone);
    leave();
  }

  judge(): void {
    if (!this.#visit.mayShare()) this.end();
  }

  show(bytes: Uint8Array): boolean {
    const { stream } = this.#visit;
    if (stream.writableLength > maxBehindBytes) return false;
    const text = this.#text.decode(this.#shown.filter(bytes), { stream: true });
    if (text !== '') this.#line(castOutput(this.#atMs(), text));
    return true;
  }

  resized(columns: number, rows: number): void {
    this.#line(castResize(this.#atMs(), columns, rows));
  }

  end(): void {
    this.#over.resolve();
  }

  #line(line: string): void {
    if (!this.#visit.stream.destroyed) this.#visit.stream.write(`${line}\n`);
  }

  #atMs(): number {
    return performance.now() - this.#beganMs;
  }
}
