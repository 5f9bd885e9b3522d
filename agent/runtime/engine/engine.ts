/** The container engine: the few calls that the agent makes, each with a signal and typed errors. */

import { IncomingMessage } from 'node:http';
import { addAbortSignal, type Readable } from 'node:stream';
import type DockerModem from 'docker-modem';
import { errnoOf, messageOf } from '../../../core/errors/cause.ts';
import { TowlineError } from '../../../core/errors.ts';
import { TimeLimit } from '../../../core/io/time-limit.ts';
import type { RegistryCredentials } from '../../secrets/opened-secrets.ts';
import type { Shape } from './answer-shape.ts';
import { chunkedAnswer } from './chunked-answer.ts';
import { unlessSilent } from './silence.ts';

export interface EngineRequest<Answer = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'HEAD';
  /** Without version, such as `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Path of a tar that is sent as the body. */
  readonly file?: string;
  /** Credentials of a registry, for the header X-Registry-Auth. */
  readonly credentials?: RegistryCredentials;
  /** The form that the answer must have to be handed on; without it nothing of it is read. */
  readonly answer?: Shape<Answer>;
  /** The whole answer may take this long, milliseconds; 60 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Of a stream: it comes in very many small chunks, see `chunkedAnswer`. */
  readonly isFlood?: true;
}

/** Whatever its answer is. */
type AnyRequest = Omit<EngineRequest, 'answer'>;

/** The engine as this room uses it. Wrap it to count calls or to inject faults. */
export interface Engine {
  /** @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED (with `details.status`), ENGINE_ANSWER, ENGINE_ANSWER_TOO_LARGE */
  call<Answer>(request: EngineRequest<Answer>, signal: AbortSignal): Promise<Answer>;
  /** An answer that goes on: pulls, events, logs. The first error of the engine rejects; the caller destroys it. */
  stream(request: EngineRequest, signal: AbortSignal): Promise<Readable>;
}

const defaultTimeoutMs = 60_000;
/** An answer that is not there by then may be long in the making: a ping is not. Each may take as long, milliseconds. */
const defaultSilenceMs = 5_000;
/** Thousands of containers or images; the agent's memory is a few times as much while it is read. */
const maxAnswerBytes = 16 * 1024 * 1024;
const okStatuses: ReadonlySet<number> = new Set([200, 201, 202, 204, 304]);
/** Refusals are read here, not by the client: it would read on for ever. */
const everyStatus = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [100 + index, true]));

function unreachable(cause: unknown, request: AnyRequest): TowlineError {
  const reason = errnoOf(cause) ?? messageOf(cause);
  return new TowlineError('ENGINE_UNREACHABLE', `the engine does not answer (${reason})`, {
    cause,
    details: { request: nameOf(request), reason },
  });
}

function nameOf({ method, path }: AnyRequest): string {
  return `${method} ${path}`;
}

function targetOf({ path, query = {} }: AnyRequest): string {
  const words = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) words.set(name, String(value));
  return `${path}?${words}`;
}

async function connect(socket: string): Promise<DockerModem> {
  // Loaded when first needed: it costs a few hundred milliseconds and 22 MB.
  const { default: Docker } = await import('dockerode');
  // `host` from $DOCKER_HOST would win over the socket.
  return new Docker({ socketPath: socket, host: '' }).modem;
}

function dialOptions(request: AnyRequest, abortSignal: AbortSignal) {
  const { method, path, query, body, file, credentials } = request;
  return {
    method,
    path: query === undefined ? path : `${path}?`,
    options: { ...(query === undefined ? {} : { _query: query }), _body: body ?? {} },
    ...(credentials === undefined ? {} : { authconfig: { ...credentials } }),
    ...(file === undefined ? {} : { file }),
    isStream: true,
    abortSignal,
    statusCodes: everyStatus,
  };
}

/** Resolves when the answer begins. @throws TowlineError ENGINE_UNREACHABLE; the signal's reason */
function dial(client: DockerModem, request: AnyRequest, signal: AbortSignal): Promise<IncomingMessage> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    // The client says nothing where the engine goes away in the middle of an answer.
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    client.dial(dialOptions(request, signal), (error, answer) => {
      signal.removeEventListener('abort', onAbort);
      if (answer instanceof IncomingMessage) resolve(answer);
      else reject(unreachable(error ?? new Error('no answer'), request));
    });
  });
}

/** @throws TowlineError ENGINE_ANSWER_TOO_LARGE, ENGINE_UNREACHABLE when it is cut */
async function readAnswer(answer: IncomingMessage, request: AnyRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Without an encoding a stream brings bytes; its type does not say so.
    const pieces: AsyncIterable<Buffer> = answer;
    for await (const chunk of pieces) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) break;
    }
  } catch (error) {
    throw unreachable(error, request);
  } finally {
    answer.destroy();
  }
  if (bytes <= maxAnswerBytes) return Buffer.concat(chunks);
  throw new TowlineError(
    'ENGINE_ANSWER_TOO_LARGE',
    `the answer to ${nameOf(request)} is over ${maxAnswerBytes} bytes`,
    { details: { request: nameOf(request) } },
  );
}

/** JSON, or the bytes where they are none. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return bytes;
  }
}

async function refusal(answer: IncomingMessage, request: AnyRequest): Promise<TowlineError> {
  const bytes = await readAnswer(answer, request);
  const said = parsed(bytes);
  const own = typeof said === 'object' && said !== null && 'message' in said ? said.message : undefined;
  const status = answer.statusCode ?? 0;
  const message =
    typeof own === 'string' ? own : `HTTP status ${status}: ${bytes.toString('utf8', 0, 300).trim()}`;
  return new TowlineError('ENGINE_REFUSED', message, { details: { request: nameOf(request), status } });
}

/** @throws TowlineError ENGINE_ANSWER */
function shaped<Answer>(answer: unknown, request: EngineRequest<Answer>): Answer {
  // Whoever gives no form reads nothing of it.
  if (request.answer === undefined || request.answer(answer)) return answer as Answer;
  throw new TowlineError('ENGINE_ANSWER', `the answer to ${nameOf(request)} is not in its form`);
}

const isOk = ({ statusCode = 0 }: IncomingMessage): boolean => okStatuses.has(statusCode);

/**
 * @param socket path of the engine's Unix socket
 * @param silenceMs after how long without an answer it is asked whether it is there at all, and waited for that
 */
export function createEngine(socket: string, silenceMs = defaultSilenceMs): Engine {
  let modem: Promise<DockerModem> | undefined;
  const connected = (): Promise<DockerModem> => {
    modem ??= connect(socket);
    return modem;
  };
  const begin = async (request: AnyRequest, signal: AbortSignal): Promise<IncomingMessage> =>
    await dial(await connected(), request, signal);
  const ping = async (signal: AbortSignal): Promise<boolean> => {
    using limit = new TimeLimit(silenceMs);
    const either = AbortSignal.any([signal, limit.signal]);
    return await begin({ method: 'GET', path: '/_ping' }, either).then(
      answer => answer.destroy() instanceof IncomingMessage,
      () => false,
    );
  };
  return {
    async call<Answer>(request: EngineRequest<Answer>, signal: AbortSignal): Promise<Answer> {
      using late = new TimeLimit(request.timeoutMs ?? defaultTimeoutMs);
      const deadline = AbortSignal.any([signal, late.signal]);
      const ask = async (asked: AbortSignal): Promise<Answer> => {
        const answer = addAbortSignal(asked, await begin(request, asked));
        if (!isOk(answer)) throw await refusal(answer, request);
        return shaped(parsed(await readAnswer(answer, request)), request);
      };
      const silent = () => unreachable(new Error('it does not even answer a ping'), request);
      try {
        if (request.timeoutMs !== undefined) return await ask(deadline);
        // To load the client is not the engine's silence.
        await connected();
        return await unlessSilent({ silenceMs, ping, silent }, deadline, ask);
      } catch (error) {
        signal.throwIfAborted();
        throw error === late.signal.reason ? unreachable(error, request) : error;
      }
    },
    async stream(request, signal) {
      const flood = request.isFlood ? await chunkedAnswer(socket, targetOf(request), signal) : undefined;
      if (flood !== undefined) return flood;
      const answer = await begin(request, signal);
      if (!isOk(answer)) throw await refusal(addAbortSignal(signal, answer), request);
      // Whoever reads it hears of an error by reading; one that comes after that is nobody's.
      return answer.on('error', () => {});
    },
  };
}
