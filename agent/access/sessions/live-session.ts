/** A session at the agent's server while it goes on: what it puts out goes to its person, and to whoever taps it. */
import type { Coming } from '../../../core/access/judge.ts';
import { messageOf } from '../../../core/errors/cause.ts';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  /** `$TERM` of the person. */
  readonly term: string;
}

export interface SessionStart {
  /** Eight characters that nobody can guess. */
  readonly id: string;
  readonly operator: string;
  readonly by: Coming['by'];
  readonly app: string;
  readonly service: string;
  /** Of the container; absent: the container's own. */
  readonly user?: string;
  /** Absent: a shell. `sftp` and `scp …` put out a line for each thing that they do. */
  readonly command?: string;
  /** Absent: bytes as they are. */
  readonly terminal?: Terminal;
  readonly startedMs: number;
  /** The trusted commit by which this person may be here. */
  readonly commit: string;
}

export interface SessionEnd {
  readonly endedMs: number;
  /** As the engine gives it; absent: it was cut, or the container went away. */
  readonly exitCode?: number;
  /** Why it was cut. */
  readonly cut?: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface SessionTap {
  /**
   * Awaited: what cannot keep up holds the session back, so only a recording may return a promise. What it throws or
   * rejects with cuts the session.
   */
  output(bytes: Uint8Array): void | Promise<void>;
  resized(columns: number, rows: number): void;
  ended(end: SessionEnd): void | Promise<void>;
}

/** What a session is to those who are not its person. */
export interface SessionHands {
  /** A line of ours for its person, beside what runs there. */
  say(line: string): void;
  /** Typed by one who joined: dropped where the session takes no more. */
  type(bytes: Uint8Array): void;
}

export class LiveSession {
  readonly start: SessionStart;
  readonly #hands: SessionHands;
  readonly #taps = new Set<SessionTap>();
  readonly #controller = new AbortController();
  #size: { readonly columns: number; readonly rows: number } | undefined;
  #over = false;

  constructor(start: SessionStart, hands: SessionHands) {
    this.start = start;
    this.#hands = hands;
    this.#size = start.terminal;
  }

  /** Aborted when it is cut, with the reason. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Of its terminal now. */
  get size(): { readonly columns: number; readonly rows: number } | undefined {
    return this.#size;
  }

  /** From now on, until the session ends or what is returned is called. */
  attach(tap: SessionTap): () => void {
    if (!this.#over) this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /** Input of one who joined. */
  type(bytes: Uint8Array): void {
    if (!this.#over && !this.signal.aborted) this.#hands.type(bytes);
  }

  /** Tells its person something. */
  say(line: string): void {
    if (!this.#over) this.#hands.say(line);
  }

  /** Ends it now, and what runs in it. */
  cut(reason: string): void {
    this.#controller.abort(new Error(reason));
  }

  /** Told by what runs the session: resolves when every tap has taken it. */
  output(bytes: Uint8Array): void | Promise<void> {
    const busy = [...this.#taps].flatMap(tap => this.#told(() => tap.output(bytes)) ?? []);
    if (busy.length > 0) return Promise.all(busy).then(() => undefined);
  }

  /** Told by what runs the session. */
  resized(columns: number, rows: number): void {
    this.#size = { columns, rows };
    for (const tap of [...this.#taps]) {
      try {
        tap.resized(columns, rows);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  /** Told by what runs the session, once. */
  async ended(end: SessionEnd): Promise<void> {
    this.#over = true;
    const taps = [...this.#taps];
    this.#taps.clear();
    await Promise.all(taps.map(tap => this.#told(() => tap.ended(end))));
  }

  /** One that fails ends the session: a recording that is not made is no recording. */
  #told(tell: () => void | Promise<void>): Promise<void> | undefined {
    try {
      return tell()?.catch((error: unknown) => this.#failed(error));
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    this.cut(`what taps it failed: ${messageOf(error)}`);
  }
}
