/**
 * Who is logged in at a gateway's page. Kept in memory alone: a gateway that begins anew has nobody. The cookie's value is known to
 * the browser; here stands what it hashes to.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../core/io/clock.ts';
import type { Viewer } from '../home/viewer.ts';
import type { Login } from '../server/login.ts';
import { type People, type Proof, stillProves } from './proof.ts';

export interface BegunFor {
  readonly name: string;
  readonly by: Proof['by'];
  /** Where they logged in. */
  readonly from: string;
  readonly signal: AbortSignal;
}

export interface LoginSessionsOptions {
  readonly people: People;
  readonly viewerOf: (who: BegunFor) => Viewer;
  readonly clock: Clock;
  /** Told when one is over, other than by its person. */
  readonly ended: (name: string, from: string, why: string) => void;
}

interface Session {
  readonly name: string;
  readonly from: string;
  readonly proof: Proof;
  readonly untilMs: number;
  readonly login: Login;
  readonly over: AbortController;
}

/** Of a login, milliseconds. */
export const loginMs = 8 * 3600_000;
/** Of one person: the oldest goes. */
const mostOfOne = 16;
const mostInAll = 4096;
const sweepMs = 30_000;

export class LoginSessions {
  readonly #options: LoginSessionsOptions;
  /** In the order in which they began. */
  readonly #byHash = new Map<string, Session>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: LoginSessionsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), sweepMs).unref();
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** Always one of its own: what a browser had before is not taken up. @returns the cookie's value */
  begin(
    name: string,
    proof: Proof,
    from: string,
  ): { readonly token: string; readonly login: Login & { readonly csrf: string } } {
    const own = [...this.#byHash].filter(([, session]) => session.name === name);
    const [oldest] = own.length >= mostOfOne ? own : this.#byHash.size >= mostInAll ? this.#byHash : [];
    if (oldest !== undefined) this.#end(...oldest, 'another login took its place');
    const token = randomBytes(32).toString('base64url');
    const over = new AbortController();
    const viewer = this.#options.viewerOf({ name, by: proof.by, from, signal: over.signal });
    const login = { viewer, csrf: randomBytes(24).toString('base64url'), signal: over.signal };
    const untilMs = this.#options.clock.monotonic() + loginMs;
    this.#byHash.set(hashed(token), { name, from, proof, untilMs, login, over });
    return { token, login };
  }

  /** @param token as it came with a request */
  of(token: string): Login | undefined {
    const hash = hashed(token);
    const session = this.#byHash.get(hash);
    if (session === undefined) return undefined;
    if (session.untilMs <= this.#options.clock.monotonic()) {
      this.#end(hash, session, 'its hours are over');
      return undefined;
    }
    return session.login;
  }

  /** The person leaves. */
  leave(token: string): void {
    const hash = hashed(token);
    const session = this.#byHash.get(hash);
    this.#byHash.delete(hash);
    session?.over.abort(new DOMException('logged out', 'AbortError'));
  }

  /** main has moved: who is not this person any more is out, and all that is open for them is cut. */
  judgeAgain(): void {
    for (const [hash, session] of [...this.#byHash]) {
      if (!stillProves(this.#options.people, session.name, session.proof))
        this.#end(hash, session, 'the operator file has not what it was by');
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const session of this.#byHash.values())
      session.over.abort(new DOMException('the program ends', 'AbortError'));
    this.#byHash.clear();
  }

  #sweep(): void {
    const now = this.#options.clock.monotonic();
    for (const [hash, session] of [...this.#byHash])
      if (session.untilMs <= now) this.#end(hash, session, 'its hours are over');
  }

  #end(hash: string, session: Session, why: string): void {
    this.#byHash.delete(hash);
    session.over.abort(new DOMException(why, 'AbortError'));
    this.#options.ended(session.name, session.from, why);
  }
}

function hashed(token: string): string {
  return createHash('sha256').update(token.slice(0, 128)).digest('base64');
}
