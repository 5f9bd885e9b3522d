/**
 * Who has the page of a desk open. The address that the terminal shows has a word that is good once; what it is changed for stays in
 * one tab of the person's browser. No cookies: they are shared by all that listens on this machine.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TowlineError } from '../../core/errors.ts';
import type { Clock } from '../../core/io/clock.ts';
import { fieldsOf } from '../../core/json.ts';
import type { Viewer } from '../../portal/home/viewer.ts';
import type { Endpoint } from '../../portal/server/endpoint.ts';
import type { Login } from '../../portal/server/login.ts';

export interface DeskSessionsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly viewerOf: (signal: AbortSignal) => Viewer;
}

/** The word of an address, milliseconds. */
const wordMs = 10 * 60_000;
/** Tabs; the oldest goes. */
const mostSessions = 32;
const bearer = /^Bearer ([A-Za-z0-9_-]{43})$/;

export class DeskSessions {
  readonly #options: DeskSessionsOptions;
  /** What the word hashes to → until when. */
  readonly #words = new Map<string, number>();
  readonly #sessions = new Map<string, { readonly login: Login; readonly over: AbortController }>();

  constructor(options: DeskSessionsOptions) {
    this.#options = options;
  }

  /** For one address. Those that were made before and not used are good no longer. */
  word(): string {
    this.#words.clear();
    const word = randomBytes(32).toString('base64url');
    this.#words.set(hashed(word), this.#options.clock.monotonic() + wordMs);
    return word;
  }

  of({ headers }: IncomingMessage): Login | undefined {
    const token = bearer.exec(headers.authorization ?? '')?.[1];
    return token === undefined ? undefined : this.#sessions.get(hashed(token))?.login;
  }

  endpoints(): Endpoint[] {
    return [
      {
        ...{ method: 'GET', path: '/login/ways', open: true },
        answer: exchange => exchange.json({ ways: [{ way: 'token', open: true }] }),
      },
      {
        ...{ method: 'POST', path: '/login/token', open: true },
        answer: exchange => exchange.json({ session: this.#begin(exchange.body) }),
      },
      {
        ...{ method: 'POST', path: '/logout' },
        answer: async exchange => {
          const found = [...this.#sessions].find(([, { login }]) => login === exchange.login);
          if (found !== undefined) this.#end(found[0]);
          exchange.nothing();
        },
      },
    ];
  }

  close(): void {
    for (const hash of [...this.#sessions.keys()]) this.#end(hash);
  }

  /** @throws TowlineError PORTAL_LOGIN_REFUSED */
  #begin(body: unknown): string {
    const { token: word } = fieldsOf(body);
    const hash = hashed(typeof word === 'string' ? word : '');
    const untilMs = this.#words.get(hash);
    this.#words.delete(hash);
    if (untilMs === undefined || untilMs < this.#options.clock.monotonic())
      throw new TowlineError('PORTAL_LOGIN_REFUSED', 'the address was used, or is too old');
    const [oldest] = this.#sessions.size >= mostSessions ? this.#sessions.keys() : [];
    if (oldest !== undefined) this.#end(oldest);
    const token = randomBytes(32).toString('base64url');
    const over = new AbortController();
    const login = {
      viewer: this.#options.viewerOf(over.signal),
      csrf: undefined,
      signal: over.signal,
    };
    this.#sessions.set(hashed(token), { login, over });
    return token;
  }

  #end(hash: string): void {
    this.#sessions.get(hash)?.over.abort(new DOMException('it is over', 'AbortError'));
    this.#sessions.delete(hash);
  }
}

function hashed(text: string): string {
  return createHash('sha256').update(text.slice(0, 128)).digest('base64');
}
