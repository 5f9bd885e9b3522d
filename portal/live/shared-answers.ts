/** Answers of the API that many pages show: made once for all who see the same. */
import { TowlineError } from '../../core/errors.ts';
import type { Viewer } from '../home/viewer.ts';
import type { Route } from '../route/route.ts';

interface Made {
  readonly version: string;
  readonly json: Promise<string>;
}

/** An answer counts as what is now for so long, milliseconds: of pages that ask together. */
const freshMs = 1500;

export class SharedAnswers {
  readonly #routes: readonly Route[];
  readonly #version: () => number;
  readonly #made = new Map<string, Made>();

  /** @param version of what the answers are made of */
  constructor(routes: readonly Route[], version: () => number) {
    this.#routes = routes;
    this.#version = version;
  }

  /** @throws TowlineError as the route */
  async ask(path: string, viewer: Viewer, signal: AbortSignal): Promise<string> {
    // Who reads the whole fleet sees what all see who do; others have each their own part of it.
    const isWhole = viewer.readsAll() && viewer.readsRepository();
    if (!isWhole) return await this.askOwn(path, viewer, signal);
    const key = `${path} ${viewer.pushes()}`;
    const version = `${this.#version()} ${Math.floor(performance.now() / freshMs)}`;
    const found = this.#made.get(key);
    if (found?.version === version) return await found.json;
    const json = this.askOwn(path, viewer, new AbortController().signal);
    this.#made.set(key, { version, json });
    return await json;
  }

  /** @throws TowlineError as the route */
  async askOwn(path: string, viewer: Viewer, signal: AbortSignal): Promise<string> {
    const route = this.#routes.find(({ method, matches }) => method === 'GET' && matches(path));
    if (route === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is nothing at this address');
    const answer = await route.answer({
      path,
      query: new URLSearchParams(),
      body: undefined,
      viewer,
      signal,
    });
    if (answer.kind !== 'json')
      throw new TowlineError('PORTAL_NOT_FOUND', 'it is nothing that can be followed');
    return JSON.stringify(answer.body);
  }
}
