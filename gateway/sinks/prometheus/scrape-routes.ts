/** Where Prometheus finds the shards, and what each of them shows. For the machine's own network. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { PeerWork } from '../../../core/io/peer-work.ts';
import type { PlainRoute } from '../../plain-port/plain-route.ts';
import { contentType } from './exposition.ts';

export interface ScrapeSources {
  /** There is always one. */
  readonly shards: () => number;
  /** Each piece is good until the next one is asked for. @returns undefined: there is no such shard */
  readonly text: (shard: number) => Iterable<Uint8Array> | undefined;
}

const path = '/metrics/devices';
/** At once: each holds what it has not sent yet. */
const maxScrapes = 8;
/** Prometheus waits no longer than its interval: who has not read it all by then holds a place that others need. */
const longestScrapeMs = 120_000;

export function scrapeRoutes(
  { shards, text }: ScrapeSources,
  longestMs = longestScrapeMs,
): readonly PlainRoute[] {
  let underWay = 0;
  const scrape = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const shown = text(shardOf(request.url ?? ''));
    if (shown === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (underWay >= maxScrapes) {
      response.writeHead(503, { 'retry-after': '5' }).end();
      return;
    }
    underWay += 1;
    const late = setTimeout(() => response.destroy(), longestMs);
    try {
      await send(request, response, shown);
    } finally {
      clearTimeout(late);
      underWay -= 1;
    }
  };
  return [
    {
      method: 'GET',
      path,
      anyQuery: true,
      handle: (request, response) => workOn(response).run(() => scrape(request, response)),
    },
    {
      method: 'GET',
      path: `${path}/sd`,
      handle: (request, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(targets(request.headers.host ?? '', shards())));
      },
    },
  ];
}

/** Where the other end is gone, nobody is left to be told. */
function workOn(response: ServerResponse): PeerWork {
  return new PeerWork({ cut: () => response.destroy(), failed: () => {} });
}

/** Of Prometheus' HTTP SD: one target for each shard, at the address at which this was asked. */
function targets(host: string, shards: number): readonly object[] {
  return Array.from({ length: shards }, (_, shard) => ({
    targets: [host],
    labels: { __metrics_path__: path, __param_shard: String(shard), shard: String(shard) },
  }));
}

/** -1: none. Without a query it is the first. */
function shardOf(url: string): number {
  const query = url.slice(path.length);
  if (query === '') return 0;
  const [, digits] = /^\?shard=(\d{1,6})$/.exec(query) ?? [];
  return digits === undefined ? -1 : Number(digits);
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  text: Iterable<Uint8Array>,
): Promise<void> {
  response.setHeader('content-type', contentType);
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
    await pipeline(Readable.from(copies(text), { highWaterMark: 1 }), response);
    return;
  }
  response.setHeader('content-encoding', 'gzip');
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  await Promise.all([pack(text, gzip), pipeline(gzip, response)]);
}

/** A piece is written over by the next one. */
function* copies(text: Iterable<Uint8Array>): Generator<Buffer> {
  for (const piece of text) yield Buffer.from(piece);
}

/** One piece after the other, through the room that they share: a hundred megabytes leave nothing that must be collected first. */
async function pack(text: Iterable<Uint8Array>, gzip: Gzip): Promise<void> {
  for (const piece of text) {
    await new Promise<void>((resolve, reject) => {
      gzip.write(piece, error => (error ? reject(error) : resolve()));
    });
  }
  gzip.end();
}
