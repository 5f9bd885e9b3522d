/** Answers of the API that many pages show: made once for all who see the same. */
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import type { Viewer } from '../home/viewer.ts';
import type { Route } from '../route/route.ts';

interface Made {
  readonly version: string;
  readonly json: Promise<string>;
}

/** An answer counts as what is now for so long, milliseconds: of pages that ask together. */
const freshMs = 1500;
/** After one that was made for one person alone, so many times as long as it took is left to all else. */
const share = 12;
const longestPauseMs = 2000;
const mostKept = 1024;

export class SharedAnswers {
  readonly #routes: readonly Route[];
  readonly #version: () => string;
  readonly #made = new Map<string, Made>();
  /** Those of single persons, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** @param version of what the answers are made of */
  constructor(routes: readonly Route[], version: () => string) {
    this.#routes = routes;
    this.#version = version;
  }

  /** @throws TowlineError as the route; the signal's reason */
  async ask(path: string, viewer: Viewer, signal: AbortSignal): Promise<string> {
    // Who reads the whole fleet sees what all see who do; others have each their own part of it.
    const isWhole = viewer.readsAll() && viewer.readsRepository();
    const key = isWhole ? `${path} ${viewer.pushes()}` : `${path} of ${viewer.by} ${viewer.name}`;
    const version = `${this.#version()} ${Math.floor(performance.now() / freshMs)}`;
    const found = this.#made.get(key);
    if (found?.version === version) {
      try {
        return await found.json;
      } catch (error) {
        // Who asked first has left.
        if (signal.aborted || isTowlineError(error)) throw error;
      }
    }
    // Others wait for it: it does not end with who asked first.
    const whole = new AbortController().signal;
    const json = isWhole ? this.askOwn(path, viewer, whole) : this.#inTurn(path, viewer, signal);
    this.#keep(key, { version, json });
    return await json;
  }

  /** @throws TowlineError as the route */
  async askOwn(path: string, viewer: Viewer, signal: AbortSignal): Promise<string> {
    const route = this.#routes.find(({ method, matches }) => method === 'GET' && matches(path));
    if (route === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is nothing at this address');
    const query = new URLSearchParams();
    const answer = await route.answer({ path, query, body: undefined, viewer, signal });
    if (answer.kind === 'made-json') return answer.text;
    if (answer.kind !== 'json')
      throw new TowlineError('PORTAL_NOT_FOUND', 'it is nothing that can be followed');
    return JSON.stringify(answer.body);
  }

  /** Hundreds of people who see each another part of the fleet are told less often, and hold up nobody. */
  #inTurn(path: string, viewer: Viewer, signal: AbortSignal): Promise<string> {
    const made = this.#turn.then(() => {
      signal.throwIfAborted();
      return this.askOwn(path, viewer, signal);
    });
    this.#turn = this.#turn.then(async () => {
      const beginMs = performance.now();
      await made.catch(() => undefined);
      const pauseMs = Math.min(longestPauseMs, share * (performance.now() - beginMs));
      if (!signal.aborted) await new Promise(resolve => setTimeout(resolve, pauseMs));
    });
    return made;
  }

  #keep(key: string, made: Made): void {
    this.#made.delete(key);
    this.#made.set(key, made);
    // What nobody waits for is no failure of the program.
    made.json.catch(() => {
      if (this.#made.get(key) === made) this.#made.delete(key);
    });
    for (const oldest of this.#made.keys()) {
      if (this.#made.size <= mostKept) break;
      this.#made.delete(oldest);
    }
  }
}
