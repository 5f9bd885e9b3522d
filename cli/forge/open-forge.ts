/** The client of a forge: one way of going about it, in the dialect of each. */
import { setTimeout as delay } from 'node:timers/promises';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { type Fields, fieldsOf } from '../../core/json.ts';
import type { Dialect, ListedComment, ListedRequest, Place } from './dialect.ts';
import type { Forge, ForgeKind, NewRequest, OpenRequest, OwnComment, WrittenComment } from './forge.ts';
import { ForgeApi, goesOn, listOf } from './forge-api.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { placeOf } from './place.ts';

const dialects: Readonly<Record<ForgeKind, Dialect>> = { github, gitlab, gitea };

export interface ForgeOptions {
  readonly kind: ForgeKind;
  /** `https://github.com`; without TLS on this machine only. */
  readonly url: string;
  /** `owner/name`; at GitLab with all its groups. */
  readonly repository: string;
  readonly token: string;
  /** Login that the token's comments bear, where the forge does not tell it: GitHub's apps, whose token may not ask. */
  readonly author?: string;
  /** Before the second try, milliseconds; each further pause is twice as long. One second unless said otherwise. */
  readonly pauseMs?: number;
}

const tries = 5;
/** A forge that wants to be left alone for longer is asked by the next run. */
const longestPauseMs = 60_000;
const pageSize = 100;
/** A request with more comments, or a repository with more open requests, is none that people can follow. */
const maxPages = 50;
/** Of one commit. */
const mostRequests = 50;

/** @throws TowlineError CLI_USAGE for an address or a name that is none */
export function openForge(options: ForgeOptions): Forge {
  const place = placeOf(options);
  const dialect = dialects[options.kind];
  const headers = dialect.headers(options.token);
  return new HttpForge(place, dialect, {
    api: new ForgeApi({ api: dialect.api(place), headers, token: options.token }),
    author: options.author,
    pauseMs: options.pauseMs ?? 1000,
  });
}

class HttpForge implements Forge {
  readonly #place: Place;
  readonly #dialect: Dialect;
  readonly #api: ForgeApi;
  readonly #pauseMs: number;
  #author: string | undefined;

  constructor(
    place: Place,
    dialect: Dialect,
    { api, author, pauseMs }: { api: ForgeApi; author: string | undefined; pauseMs: number },
  ) {
    this.#place = place;
    this.#dialect = dialect;
    this.#api = api;
    this.#author = author;
    this.#pauseMs = pauseMs;
  }

  upsertComment(comment: OwnComment, signal: AbortSignal): Promise<WrittenComment> {
    return this.#again(() => this.#upsert(comment, signal), signal);
  }

  openRequest(request: NewRequest, signal: AbortSignal): Promise<OpenRequest> {
    return this.#again(() => this.#open(request, signal), signal);
  }

  findRequests(commit: string, signal: AbortSignal): Promise<Omit<OpenRequest, 'outcome'>[]> {
    return this.#again(() => this.#of(commit, signal), signal);
  }

  headOf(number: number, signal: AbortSignal): Promise<string | undefined> {
    return this.#again(async () => {
      const path = `${this.#dialect.requests(this.#place)}/${number}`;
      const { value } = await this.#api.ask({ method: 'GET', path }, signal);
      return this.#dialect.readRequest(fieldsOf(value), this.#place)?.commit;
    }, signal);
  }

  async #upsert({ number, marker, body }: OwnComment, signal: AbortSignal): Promise<WrittenComment> {
    const text = `${marker}\n${body}`;
    const own = await this.#ownComments(number, marker, signal);
    const [first] = own;
    if (first === undefined) return await this.#write({ number, text }, signal);
    // Two jobs at once may have made one each: the one that stays behind would go on to say what was true then.
    let written: WrittenComment | undefined;
    // A forge may end a text by a line of its own, or by none.
    for (const each of own)
      if (each.body.replaceAll('\r\n', '\n').trimEnd() !== text.trimEnd())
        written = await this.#write({ number, text, own: each }, signal);
    return { outcome: written === undefined ? 'unchanged' : 'updated', url: first.url ?? this.#place.url };
  }

  /** @param own the one that is written anew */
  async #write(
    { number, text, own }: { number: number; text: string; own?: ListedComment },
    signal: AbortSignal,
  ): Promise<WrittenComment> {
    const [method, path] =
      own === undefined
        ? (['POST', this.#dialect.comments(this.#place, number)] as const)
        : [this.#dialect.changeBy, this.#dialect.comment(this.#place, number, own.id)];
    const { value } = await this.#api.ask({ method, path, body: { body: text } }, signal);
    const written = this.#dialect.readComment(fieldsOf(value), this.#place, number);
    const outcome = own === undefined ? 'created' : 'updated';
    return { outcome, url: written?.url ?? own?.url ?? this.#place.url };
  }

  /** What others wrote under our marker is theirs. */
  async #ownComments(number: number, marker: string, signal: AbortSignal): Promise<ListedComment[]> {
    const author = (await this.#login(signal)).toLowerCase();
    const path = this.#dialect.comments(this.#place, number);
    const own: ListedComment[] = [];
    for await (const listed of this.#listed(path, {}, signal)) {
      const comment = this.#dialect.readComment(listed, this.#place, number);
      if (comment === undefined || comment.author.toLowerCase() !== author) continue;
      if (comment.body.split(/\r?\n/, 1)[0]?.trim() === marker) own.push(comment);
    }
    return own;
  }

  async #of(commit: string, signal: AbortSignal): Promise<Omit<OpenRequest, 'outcome'>[]> {
    const found = new Map<number, string>();
    const path = this.#dialect.requests(this.#place);
    for await (const listed of this.#listed(path, this.#dialect.openOnes(this.#place), signal)) {
      const request = this.#dialect.readRequest(listed, this.#place);
      if (request?.commit === commit) found.set(request.number, request.url);
    }
    if (found.size > mostRequests)
      throw new TowlineError('CLI_FORGE_ANSWER', `more than ${mostRequests} open requests end in ${commit}`);
    return [...found].sort(([left], [right]) => left - right).map(([number, url]) => ({ number, url }));
  }

  async #open(request: NewRequest, signal: AbortSignal): Promise<OpenRequest> {
    const path = this.#dialect.requests(this.#place);
    const query = this.#dialect.openOnes(this.#place, request);
    const isIt = ({ isOwn, branch, base }: ListedRequest) =>
      isOwn && branch === request.branch && base === request.base;
    const found = await this.#find(query, isIt, signal);
    if (found !== undefined) return { ...found, outcome: 'open' };
    const body = this.#dialect.newRequest(request);
    const { value } = await this.#api.ask({ method: 'POST', path, body }, signal);
    const made = this.#dialect.readRequest(fieldsOf(value), this.#place);
    if (made === undefined)
      throw new TowlineError('CLI_FORGE_ANSWER', `${path}: the answer names no request`);
    return { url: made.url, number: made.number, outcome: 'created' };
  }

  async #find(
    query: Readonly<Record<string, string>>,
    isIt: (request: ListedRequest) => boolean,
    signal: AbortSignal,
  ): Promise<Omit<OpenRequest, 'outcome'> | undefined> {
    for await (const listed of this.#listed(this.#dialect.requests(this.#place), query, signal)) {
      const found = this.#dialect.readRequest(listed, this.#place);
      if (found !== undefined && isIt(found)) return { url: found.url, number: found.number };
    }
    return undefined;
  }

  async *#listed(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<Fields> {
    for (let page = 1; page <= maxPages; page += 1) {
      const paged = { ...query, [this.#dialect.pageSize]: String(pageSize), page: String(page) };
      const { value, headers } = await this.#api.ask({ method: 'GET', path, query: paged }, signal);
      yield* listOf(value, path);
      if (!goesOn(headers)) return;
    }
    throw new TowlineError('CLI_FORGE_ANSWER', `${path}: more than ${maxPages} pages`);
  }

  /** Whose token this is. */
  async #login(signal: AbortSignal): Promise<string> {
    if (this.#author !== undefined) return this.#author;
    const { value } = await this.#api
      .ask({ method: 'GET', path: '/user' }, signal)
      .catch((cause: unknown) => {
        if (!isTowlineError(cause, 'CLI_FORGE_REFUSED') || cause.details.status === 401) throw cause;
        const hint = 'the token may not ask whose it is: name its user by --author';
        throw new TowlineError('CLI_FORGE_REFUSED', `${cause.message}; ${hint}`, { cause });
      });
    const login = fieldsOf(value)[this.#dialect.login];
    if (typeof login !== 'string' || login === '')
      throw new TowlineError('CLI_FORGE_ANSWER', '/user: the answer names nobody');
    this.#author = login;
    return login;
  }

  async #again<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isTowlineError(error, 'CLI_FORGE_UNREACHABLE') || tried === tries) throw error;
        const own = this.#pauseMs * 2 ** (tried - 1);
        const { afterMs } = error.details;
        const pause = typeof afterMs === 'number' ? Math.max(own, afterMs) : own;
        if (pause > longestPauseMs) throw error;
        await delay(pause, undefined, { signal }).catch((cause: unknown) => {
          signal.throwIfAborted();
          throw cause;
        });
      }
    }
  }
}
