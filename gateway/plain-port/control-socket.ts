/**
 * What a person at the gateway's machine asks of it: HTTP over a socket that only the gateway's own user can open. The internal
 * port has readers who should not be able to change anything.
 */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError } from '../../core/errors.ts';
import { withSocketPath } from '../../core/io/socket-path.ts';
import { shownJson } from '../../core/shown-text.ts';

/** With a dot: no folder beside it that has a name of the fleet can be called so. */
const socketName = 'control.socket';
const maxBodyBytes = 4096;

export interface ControlOptions {
  /** Whose lock is held: what another gateway has left there is removed. */
  readonly folder: string;
  /** In which a request must have come as a whole, milliseconds; 0: as long as it takes. */
  readonly requestTimeoutMs: number;
  /** What it throws is answered by its code. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export class ControlSocket {
  readonly #server: Server;
  readonly #file: string;

  static async listen({ folder, requestTimeoutMs, answer }: ControlOptions): Promise<ControlSocket> {
    const file = path.join(folder, socketName);
    await rm(file, { force: true });
    const server = createServer({ requestTimeout: requestTimeoutMs }, (request, response) => {
      answer(request, response).catch((error: unknown) => {
        const code = isTowlineError(error) ? { code: error.code } : {};
        sayJson(response, 400, { ...code, message: messageOf(error) });
      });
    });
    server.maxConnections = 8;
    const listen = (where: string) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(where, resolve);
      });
    await withSocketPath(folder, socketName, listen);
    await chmod(file, 0o600);
    return new ControlSocket(server, file);
  }

  private constructor(server: Server, file: string) {
    this.#server = server;
    this.#file = file;
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    await rm(this.#file, { force: true });
  }
}

/** An answer of JSON, where none has begun. */
export function sayJson(response: ServerResponse, status: number, what: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${shownJson(what)}\n`);
}

/** A short request, as text. @throws Error where it is longer */
export async function requestText(request: IncomingMessage): Promise<string> {
  const chunks: AsyncIterable<Buffer> = request;
  let text = '';
  for await (const chunk of chunks) {
    text += chunk.toString('utf8');
    if (text.length > maxBodyBytes) throw new Error('a request that is too long');
  }
  return text;
}
