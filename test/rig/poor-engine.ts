/** An engine in whatever state one finds it: it answers as one that has nothing, or to some questions never. */
import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const answers: Readonly<Record<string, unknown>> = {
  '/version': { Version: '27.0.0' },
  '/info': { DockerRootDir: '/' },
  '/containers/json': [],
  '/networks': [],
  '/volumes': { Volumes: [] },
  '/images/json': [],
};

export class PoorEngine implements AsyncDisposable {
  readonly socket = path.join(tmpdir(), `tl-poor-${crypto.randomUUID().slice(0, 8)}.sock`);
  /** Whether a question gets an answer; one that gets none waits for ever. */
  answering: (question: string) => boolean;
  #server: Server | undefined;

  constructor(answering: (question: string) => boolean = () => true) {
    this.answering = answering;
  }

  async start(): Promise<this> {
    const server = createServer((question, answer) => this.#answer(question, answer));
    await new Promise<void>(resolve => server.listen(this.socket, resolve));
    this.#server = server;
    return this;
  }

  /** As `kill -9` does, and systemd, which removes the socket. */
  die(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = undefined;
    rmSync(this.socket, { force: true });
  }

  #answer({ method, url = '' }: IncomingMessage, answer: ServerResponse): void {
    const place = url.replace(/^\/v\d+\.\d+/, '').replace(/\?.*/, '');
    if (place === '/events' && this.answering(`${method} ${place}`)) {
      answer.writeHead(200).flushHeaders();
      return;
    }
    if (!this.answering(`${method} ${place}`)) return;
    const known = method === 'GET' ? answers[place] : undefined;
    answer.writeHead(known === undefined ? 404 : 200, { 'content-type': 'application/json' });
    answer.end(JSON.stringify(known ?? { message: `no ${place} here` }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.die();
  }
}
