/**
 * What a person at the gateway's machine asks of its sinks: how they stand, and to tell something again. HTTP over a socket that
 * only the gateway's own user can open: the internal port has readers who should not be able to have things sent.
 */
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import { messageOf } from '../../../core/errors/cause.ts';
import { isTowlineError } from '../../../core/errors.ts';
import { withSocketPath } from '../../../core/io/socket-path.ts';
import { readFields } from '../../../core/json.ts';
import { shownJson } from '../../../core/shown-text.ts';
import type { SinkState } from './run-sink.ts';

export interface ControlledSinks {
  readonly states: readonly SinkState[];
  replay(name: string, fromMs: number): Promise<number>;
}

/** With a dot: no sink's folder beside it can be called so. */
const socketName = 'control.socket';
const maxBodyBytes = 4096;

export class SinkControl {
  readonly #server: Server;
  readonly #file: string;

  /** @param folder whose lock is held: what another gateway has left there is removed */
  static async listen(folder: string, sinks: ControlledSinks): Promise<SinkControl> {
    const file = path.join(folder, socketName);
    await rm(file, { force: true });
    const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
      answer(request, response, sinks).catch((error: unknown) => {
        const code = isTowlineError(error) ? { code: error.code } : {};
        say(response, 400, { ...code, message: messageOf(error) });
      });
    });
    server.maxConnections = 8;
    const listen = (where: string) =>
      new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(where, resolve);
      });
    await withSocketPath(folder, socketName, listen);
    await chmod(file, 0o600);
    return new SinkControl(server, file);
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

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sinks: ControlledSinks,
): Promise<void> {
  const asked = `${request.method} ${request.url}`;
  if (asked === 'GET /v1/sinks') {
    say(response, 200, { sinks: sinks.states });
    return;
  }
  if (asked !== 'POST /v1/replay') {
    say(response, 404, { message: 'there is no such address' });
    return;
  }
  const { sink, fromMs } = readFields(await bodyOf(request));
  if (typeof sink !== 'string' || typeof fromMs !== 'number' || !Number.isSafeInteger(fromMs)) {
    say(response, 400, { message: 'a replay names a sink and a time' });
    return;
  }
  say(response, 200, { devices: await sinks.replay(sink, fromMs) });
}

function say(response: ServerResponse, status: number, what: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${shownJson(what)}\n`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: AsyncIterable<Buffer> = request;
  let text = '';
  for await (const chunk of chunks) {
    text += chunk.toString('utf8');
    if (text.length > maxBodyBytes) throw new Error('a request that is too long');
  }
  return text;
}
