/** What the agent asks of the engine besides plain answers: a connection that becomes the streams of a command. */
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { errnoOf, messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';

/** The engine must have begun to answer by then, milliseconds: a command is started meanwhile. */
const answerMs = 30_000;
/** Nobody waits for it any more: where it is answered by then it is handed over all the same, milliseconds. */
const abandonedMs = 5000;
const maxRefusalBytes = 64 * 1024;

/**
 * A connection that the engine has handed over. Half-closable: its end is the end of the input. What it was asked to begin begins
 * whether anybody waits for the answer or not: so a signal that is aborted on the way is no reason not to hand it over.
 */
export type Hijack = (path: string, body: object, signal: AbortSignal) => Promise<Socket>;

/**
 * @param socketPath path of the engine's Unix socket
 * @returns what asks for a connection; it rejects with TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED (with `details.status`)
 */
export function hijackOf(socketPath: string): Hijack {
  return (path, body, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const bytes = Buffer.from(JSON.stringify(body));
      const asked = request({
        ...{ socketPath, path, method: 'POST', agent: false },
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': bytes.length,
          ...{ Connection: 'Upgrade', Upgrade: 'tcp' },
        },
      });
      let late = setTimeout(() => asked.destroy(new Error('timeout')), answerMs);
      const onAbort = () => {
        clearTimeout(late);
        late = setTimeout(() => asked.destroy(), abandonedMs);
      };
      const answered = () => {
        clearTimeout(late);
        signal.removeEventListener('abort', onAbort);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      asked.on('upgrade', (_answer, socket: Socket, head: Buffer) => {
        answered();
        socket.on('error', () => {});
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      asked.on('response', answer => {
        answered();
        refusal(answer, path).then(reject, reject);
      });
      asked.on('error', error => {
        answered();
        reject(signal.aborted ? signal.reason : unreachable(error, path));
      });
      asked.end(bytes);
    });
}

async function refusal(answer: IncomingMessage, path: string): Promise<TowlineError> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Without an encoding a stream brings bytes; its type does not say so.
  const pieces: AsyncIterable<Buffer> = answer;
  for await (const chunk of pieces) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxRefusalBytes) break;
  }
  answer.destroy();
  const status = answer.statusCode ?? 0;
  const said = Buffer.concat(chunks).toString('utf8', 0, 500).trim();
  return new TowlineError('ENGINE_REFUSED', said === '' ? `HTTP status ${status}` : said, {
    details: { request: `POST ${path}`, status },
  });
}

function unreachable(cause: unknown, path: string): TowlineError {
  const reason = errnoOf(cause) ?? messageOf(cause);
  return new TowlineError('ENGINE_UNREACHABLE', `the engine does not answer (${reason})`, {
    cause,
    details: { request: `POST ${path}`, reason },
  });
}
