/** One row of the API: its path, what it takes, and who answers it. */
import { TowlineError } from '../../core/errors.ts';
import type { Validate } from '../../schemas/validate.generated.js';
import type { Viewer } from '../home/viewer.ts';
import type { Answer } from './answer.ts';
import { type Parameters, parametersIn } from './parameters.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

/** As it comes: nothing of it is checked but who asks. */
export interface Asked {
  /** Below `/api/v1`, without the query, as it stood in the request. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined: there was none. */
  readonly body: unknown;
  readonly viewer: Viewer;
  /** Ends with the connection. */
  readonly signal: AbortSignal;
}

export interface RouteRequest<Path extends string, Query, Body> extends Pick<Asked, 'viewer' | 'signal'> {
  readonly params: Parameters<Path>;
  readonly query: Query;
  readonly body: Body;
}

export interface Route {
  readonly method: Method;
  /** `/devices/{device}/plan` */
  readonly path: string;
  readonly matches: (path: string) => boolean;
  /** What the answer may wait for beyond what others may, such as a person, milliseconds. */
  readonly waitsMs?: number | undefined;
  /** @throws TowlineError PORTAL_NOT_FOUND, PORTAL_MALFORMED; what the handler throws */
  readonly answer: (asked: Asked) => Promise<Answer>;
}

interface Definition<Path extends string, Query, Body> {
  readonly method: Method;
  readonly path: Path;
  /** Of `portal/api/queries.generated.js`; absent: none is taken. */
  readonly query?: Validate<Query>;
  /** Of `portal/api/bodies.generated.js`. */
  readonly body?: Validate<Body>;
  readonly waitsMs?: number;
  readonly handle: (request: RouteRequest<Path, Query, Body>) => Answer | Promise<Answer>;
}

/** Checked before it is handed on: a handler sees what the API says, and nothing else. */
export function route<Path extends string, Query = undefined, Body = undefined>(
  definition: Definition<Path, Query, Body>,
): Route {
  const { method, path, query, body, waitsMs, handle } = definition;
  return {
    method,
    path,
    waitsMs,
    matches: asked => parametersIn(path, asked) !== undefined,
    answer: async asked => {
      const params = parametersIn(path, asked.path);
      if (params === undefined) throw new TowlineError('PORTAL_NOT_FOUND', 'there is no such thing');
      const { viewer, signal } = asked;
      const found = { query: queryOf(asked.query), body: asked.body };
      if (!isTaken(found.query, query) || !isTaken(found.body, body))
        throw new TowlineError('PORTAL_MALFORMED', `${method} ${path}: ${whatIsWrong(query, body)}`);
      return await handle({ params, query: found.query, body: found.body, viewer, signal });
    },
  };
}

/** The last of each name counts; none at all is as good as none with a name. */
const queryOf = (query: URLSearchParams): unknown => Object.fromEntries(query);

/** What is not asked for is not handed on. */
function isTaken<Value>(value: unknown, validate: Validate<Value> | undefined): value is Value {
  return validate === undefined || validate(value);
}

function whatIsWrong(...validators: readonly (Validate | undefined)[]): string {
  const [error] = validators.flatMap(validate => validate?.errors ?? []);
  const { instancePath = '', message = 'it cannot be read' } = error ?? {};
  return `${instancePath === '' ? 'what was sent' : instancePath.slice(1)} ${message}`;
}
