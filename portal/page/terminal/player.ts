/** Plays a recording on a screen: from any place, at any speed. */
import { type Signal, signal } from '@preact/signals';
import type { ShownPiece } from './recording.ts';
import type { Screen } from './screen.ts';

/** Between two looks at the clock, milliseconds. */
const stepMs = 40;

export class Player {
  readonly isPlaying: Signal<boolean> = signal(false);
  /** Seconds. */
  readonly position: Signal<number> = signal(0);
  readonly length: number;
  readonly #pieces: readonly ShownPiece[];
  readonly #screen: Screen;
  #next = 0;
  #speed = 1;
  #timer: number | undefined;
  #lookedMs = 0;

  /** @param pieces in the order of their time */
  constructor(pieces: readonly ShownPiece[], screen: Screen) {
    this.#pieces = pieces;
    this.#screen = screen;
    this.length = pieces.at(-1)?.at ?? 0;
    this.#show(0);
  }

  set speed(times: number) {
    this.#speed = times;
  }

  play(): void {
    if (this.isPlaying.value) return;
    if (this.position.value >= this.length) this.seek(0);
    this.isPlaying.value = true;
    this.#lookedMs = performance.now();
    this.#timer = setInterval(() => this.#step(), stepMs);
  }

  pause(): void {
    this.isPlaying.value = false;
    clearInterval(this.#timer);
  }

  /** What was shown until then is drawn anew. @param seconds since it began */
  seek(seconds: number): void {
    if (seconds < this.position.value) {
      this.#screen.clear();
      this.#next = 0;
    }
    this.position.value = seconds;
    this.#show(seconds);
  }

  end(): void {
    this.pause();
  }

  #step(): void {
    const nowMs = performance.now();
    const position = this.position.value + ((nowMs - this.#lookedMs) / 1000) * this.#speed;
    this.#lookedMs = nowMs;
    this.position.value = Math.min(this.length, position);
    this.#show(position);
    if (position >= this.length) this.pause();
  }

  #show(seconds: number): void {
    while (this.#next < this.#pieces.length) {
      const next = this.#pieces[this.#next];
      if (next === undefined || next.at > seconds) return;
      if (typeof next.piece === 'string') this.#screen.write(next.piece);
      else this.#screen.resize(next.piece);
      this.#next += 1;
    }
  }
}
