/** Raw HTTPS with a client certificate, beside stock git: for what no git client would send. */
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { TestDevice } from './gateway.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;
}

export class TestClient implements Disposable {
  readonly #agent: Agent;
  readonly #port: number;

  /** @param device undefined: no client certificate. */
  constructor(port: number, device: TestDevice | undefined, maxSockets = 4) {
    this.#port = port;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets,
      rejectUnauthorized: false,
      ...(device === undefined ? {} : { key: device.keys.tlsKey, cert: device.keys.tlsCertificate }),
    });
  }

  /** Sends the head; the caller writes the body. */
  open(path: string, ask: Ask = {}) {
    return request({
      host: '127.0.0.1',
      port: this.#port,
      path,
      method: ask.method ?? 'GET',
      headers: ask.headers ?? {},
      agent: this.#agent,
    });
  }

  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    const outgoing = this.open(path, ask);
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.end(ask.body);
    const [incoming] = await answered;
    return await readAnswer(incoming);
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

export async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming as AsyncIterable<Buffer>) pieces.push(piece);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(pieces) };
}

/** The code in the JSON body of a refusal. */
export function codeOf(answer: Answer): string {
  return (JSON.parse(answer.body.toString('utf8')) as { code: string }).code;
}
