/** An address of the API. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parametersIn } from '../route/parameters.ts';
import type { Exchange, Parameters } from './exchange.ts';
import type { Login } from './login.ts';
import type { RequestTarget } from './request-target.ts';

export type Method = 'GET' | 'POST' | 'DELETE';

export interface Endpoint {
  readonly method: Method;
  /** Below `/api/v1`, such as `/devices/{id}`. */
  readonly path: string;
  /** Answers whoever comes: a login begins here. */
  readonly open?: boolean;
  /** A browser may be sent here by another site: the way back from a provider. */
  readonly navigated?: boolean;
  /** The answer goes on: it has no place among those that come and go, and sees to its own bounds. */
  readonly lasting?: boolean;
  /** What is sent are bytes (`application/octet-stream`), which the endpoint reads by itself, within its own bound. */
  readonly bytes?: boolean;
  answer(exchange: Exchange): Promise<void>;
}

/** An address where a WebSocket is opened. */
export interface Upgrade {
  /** Below `/api/v1`. */
  readonly path: string;
  /** Host, origin and login are checked by then. What it does not take, it ends. */
  take(asked: AskedUpgrade): Promise<void>;
}

export interface AskedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly target: RequestTarget;
  readonly parameters: Parameters;
  readonly from: string;
  /** A browser's WebSocket bears no header of the page's: at a desk the ticket alone says whose it is. */
  readonly login: Login | undefined;
  /** The login has ended, or the program ends. */
  readonly signal: AbortSignal;
}

const prefix = ['api', 'v1'];

/** Whether an address belongs to the API. */
export function isOfApi({ segments }: RequestTarget): boolean {
  return segments[0] === 'api';
}

export class EndpointTable<One extends { readonly path: string }> {
  readonly #byLength: ReadonlyMap<number, readonly One[]>;

  constructor(all: readonly One[]) {
    // A word goes before a parameter: `/bundles/wanted` is no bundle called so.
    const sorted = all.toSorted((left, right) => parametersOf(left.path) - parametersOf(right.path));
    this.#byLength = Map.groupBy(sorted, ({ path }) => path.split('/').length);
  }

  /** All that stand at this address, with what it names. */
  at({ segments }: RequestTarget): readonly { readonly one: One; readonly parameters: Parameters }[] {
    if (prefix.some((word, index) => segments[index] !== word)) return [];
    const path = `/${segments.slice(prefix.length).join('/')}`;
    return (this.#byLength.get(path.split('/').length) ?? []).flatMap(one => {
      const parameters = parametersIn(one.path, path);
      return parameters === undefined ? [] : [{ one, parameters }];
    });
  }
}

const parametersOf = (path: string) => path.split('{').length;
