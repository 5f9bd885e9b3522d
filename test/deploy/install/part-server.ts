/** A gateway as install.sh sees it: fixed files by their hash, over TLS with a certificate that nobody vouches for. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { makeDeviceKeys } from '../../../core/io/device-keys.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse, bytes: Buffer | undefined) => void;

/** Whole, or the rest of it. */
export const honest: Answer = (request, response, bytes) => {
  if (bytes === undefined) {
    response.writeHead(404).end('no such part');
    return;
  }
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) {
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    return;
  }
  const start = Number(from);
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(206, { ...range, 'content-length': bytes.length - start }).end(bytes.subarray(start));
};

export class PartServer implements AsyncDisposable {
  /** Hash → what is sent for it. */
  readonly bytes = new Map<string, Buffer>();
  /** `GET <hash> [<range>]`, in their order. */
  readonly asked: string[] = [];
  answer: Answer = honest;
  readonly #server: Server;

  static async start(): Promise<PartServer> {
    const { tlsKey, tlsCertificate } = makeDeviceKeys('gateway');
    const server = new PartServer(tlsKey, tlsCertificate);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  private constructor(key: string, cert: string) {
    this.#server = createServer({ key, cert, minVersion: 'TLSv1.3' }, (request, response) => {
      const [, hash = ''] = /^\/agents\/sha256\/([0-9a-f]{64})$/.exec(request.url ?? '') ?? [];
      this.asked.push([hash.slice(0, 8), request.headers.range].filter(Boolean).join(' '));
      this.answer(request, response, this.bytes.get(hash));
    });
  }

  get address(): string {
    const at = this.#server.address();
    if (at === null || typeof at === 'string') throw new Error('it does not listen');
    return `127.0.0.1:${at.port}`;
  }

  get url(): string {
    return `https://${this.address}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}
