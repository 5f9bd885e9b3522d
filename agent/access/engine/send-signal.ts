/** Signals that a client sends: to what runs in its session. */
import type { Terminal } from '../sessions/live-session.ts';
import type { ContainerExec, ExecEngine } from './container-exec.ts';
import { type HangUp, signalSession } from './hang-up.ts';

/** What a terminal turns into signals by itself. */
const keys: Readonly<Record<string, number>> = { INT: 0x03, QUIT: 0x1c, TSTP: 0x1a };
/** Names of RFC 4254. */
const names = new Set(['ABRT', 'ALRM', 'HUP', 'INT', 'KILL', 'PIPE', 'QUIT', 'TERM', 'USR1', 'USR2']);
const signalMs = 10_000;
/** Of one session. */
const mostWaiting = 8;

type SignalPlace = Omit<HangUp, 'exec'> & { readonly exec: Pick<ContainerExec, 'typed'> };

/** One after the other: each is a command in the container, and what comes beyond some is left out. */
export class SignalSender {
  readonly #engine: ExecEngine;
  readonly #to: SignalPlace;
  readonly #terminal: Terminal | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(engine: ExecEngine, to: SignalPlace, terminal: Terminal | undefined) {
    this.#engine = engine;
    this.#to = to;
    this.#terminal = terminal;
  }

  /** @param name as RFC 4254 has it. Never throws. */
  send(name: string): void {
    const key = keys[name];
    if (this.#terminal !== undefined && key !== undefined) this.#to.exec.typed(Uint8Array.of(key));
    else if (names.has(name) && this.#waiting < mostWaiting) this.#next(name);
  }

  #next(name: string): void {
    this.#waiting += 1;
    const send = () => signalSession(this.#engine, this.#to, name, AbortSignal.timeout(signalMs));
    const over = () => {
      this.#waiting -= 1;
    };
    this.#last = this.#last.then(send).then(over, over);
  }
}
