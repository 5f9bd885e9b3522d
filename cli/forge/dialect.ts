/** What differs between forges: addresses, headers, and how they name what both have. */
import type { Fields } from '../../core/json.ts';
import type { NewRequest } from './forge.ts';

/** A comment as a forge lists it. */
export interface ListedComment {
  readonly id: number;
  readonly body: string;
  /** Login of who wrote it. */
  readonly author: string;
  readonly url: string | undefined;
}

export interface ListedRequest {
  readonly number: number;
  readonly url: string;
  readonly branch: string;
  readonly base: string;
  /** Id that its branch ends in. */
  readonly commit: string | undefined;
  /** Whether its branch is one of this repository: a fork may have a branch of that name as well. */
  readonly isOwn: boolean;
}

/** Where a repository is; what it is called is checked. */
export interface Place {
  /** Of the forge, as a browser has it, without a slash at its end. */
  readonly url: string;
  /** `owner/name`; at GitLab any number of groups before the name. */
  readonly repository: string;
}

export interface Dialect {
  /** Address of the API, without a slash at its end. */
  api(place: Place): string;
  headers(token: string): Readonly<Record<string, string>>;
  /** Field of `GET /user` that comments name their author by. */
  readonly login: string;
  /** Paths from the API on. */
  comments(place: Place, number: number): string;
  comment(place: Place, number: number, id: number): string;
  readonly changeBy: 'PATCH' | 'PUT';
  requests(place: Place): string;
  /** What narrows the list to the open ones, of a branch as far as the forge can. */
  openOnes(place: Place, request?: NewRequest): Readonly<Record<string, string>>;
  /** Name of the parameter that says how many stand on a page. */
  readonly pageSize: string;
  newRequest(request: NewRequest): object;
  /** @returns undefined for what is none */
  readComment(listed: Fields, place: Place, number: number): ListedComment | undefined;
  readRequest(listed: Fields, place: Place): ListedRequest | undefined;
}

/** `a/b` → `a/b` with each part as it stands in a path. */
export const inPath = (repository: string): string => repository.split('/').map(encodeURIComponent).join('/');
