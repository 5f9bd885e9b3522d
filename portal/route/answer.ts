import type { Readable } from 'node:stream';

/** What a handler answers; how that goes over HTTP is the server's. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly body: object;
      readonly status?: 200 | 201 | 202;
      /** The same as long as the body is; with `If-None-Match` it is spared. Absent: the server hashes the body. */
      readonly version?: string;
    }
  | {
      readonly kind: 'made-json';
      /** JSON, put together of pieces that were made for everybody. */
      readonly text: string;
    }
  | {
      readonly kind: 'file';
      readonly content: Readable | Uint8Array;
      readonly mediaType: string;
      /** As it is to be saved. */
      readonly name?: string;
      readonly bytes?: number;
    }
  | { readonly kind: 'nothing' };

export const json = (body: object): Answer => ({ kind: 'json', body });
