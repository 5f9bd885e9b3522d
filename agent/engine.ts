/** The container engine: the few calls that the agent makes, each with a signal and typed errors. */
import { Readable } from 'node:stream';
import type DockerModem from 'docker-modem';
import { TowlineError } from '../core/errors.ts';
import type { Shape } from './answer-shape.ts';

export interface EngineRequest<Answer = unknown> {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'HEAD';
  /** Without version, such as `/containers/json`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  /** Credentials of a registry, for the header X-Registry-Auth. */
  readonly credentials?: RegistryCredentials;
  /** The form that the answer must have to be handed on; without it nothing of it is read. */
  readonly answer?: Shape<Answer>;
  /** The whole answer may take this long, milliseconds; 60 s unless said otherwise. */
  readonly timeoutMs?: number;
}

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** The engine as observe, apply and report use it. Wrap it to count calls or to inject faults. */
export interface Engine {
  /** @throws TowlineError ENGINE_UNREACHABLE, ENGINE_REFUSED (with `details.status`), ENGINE_ANSWER */
  call<Answer>(request: EngineRequest<Answer>, signal: AbortSignal): Promise<Answer>;
  /** An answer that goes on: pulls, events, logs. The first error of the engine rejects; the caller destroys it. */
  stream(request: EngineRequest, signal: AbortSignal): Promise<Readable>;
}

const defaultTimeoutMs = 60_000;
const okStatuses = Object.fromEntries([200, 201, 202, 204, 304].map(status => [status, true]));

interface ModemError extends Error {
  statusCode?: number;
  code?: string;
  json?: { message?: string };
}

function explain(error: unknown, request: EngineRequest): TowlineError {
  const { statusCode, code, json, message } = error as ModemError;
  const what = `${request.method} ${request.path}`;
  if (statusCode === undefined) {
    return new TowlineError('ENGINE_UNREACHABLE', `the engine does not answer (${code ?? message})`, {
      cause: error,
      details: { request: what, reason: code ?? message },
    });
  }
  return new TowlineError('ENGINE_REFUSED', json?.message ?? message, {
    cause: error,
    details: { request: what, status: statusCode },
  });
}

/** Status code of an engine's refusal, or undefined for other errors. */
export function engineStatus(error: unknown): number | undefined {
  if (!(error instanceof TowlineError) || error.code !== 'ENGINE_REFUSED') return undefined;
  return typeof error.details.status === 'number' ? error.details.status : undefined;
}

type Dial = (
  request: Omit<EngineRequest, 'answer'>,
  signal: AbortSignal,
  stream: boolean,
) => Promise<unknown>;

async function connect(socket: string): Promise<DockerModem> {
  // Loaded when first needed: it costs a few hundred milliseconds and 22 MB.
  const { default: Docker } = await import('dockerode');
  // `host` from $DOCKER_HOST would win over the socket.
  return new Docker({ socketPath: socket, host: undefined as unknown as string }).modem;
}

function dialOptions(request: EngineRequest, isStream: boolean, abortSignal: AbortSignal) {
  const { method, path, query, body, credentials } = request;
  return {
    method,
    path: query === undefined ? path : `${path}?`,
    options: { ...(query === undefined ? {} : { _query: query }), _body: body ?? {} },
    ...(credentials === undefined ? {} : { authconfig: { ...credentials } }),
    isStream,
    abortSignal,
    statusCodes: okStatuses,
  };
}

function dialer(socket: string): Dial {
  let modem: Promise<DockerModem> | undefined;
  return async (request, signal, isStream) => {
    modem ??= connect(socket);
    const client = await modem;
    signal.throwIfAborted();
    const deadline = isStream
      ? signal
      : AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs)]);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(signal.aborted ? signal.reason : explain(error, request));
      // The client says nothing where the engine goes away in the middle of an answer.
      const onAbort = () => fail(deadline.reason);
      deadline.addEventListener('abort', onAbort, { once: true });
      client.dial(dialOptions(request, isStream, deadline), (error, answer) => {
        deadline.removeEventListener('abort', onAbort);
        if (error === null || error === undefined) resolve(answer);
        else fail(error);
      });
    });
  };
}

/** @param socket path of the engine's Unix socket */
export function createEngine(socket: string): Engine {
  const dial = dialer(socket);
  return {
    call: async <Answer>(request: EngineRequest<Answer>, signal: AbortSignal) => {
      const answer = await dial(request, signal, false);
      if (request.answer === undefined || request.answer(answer)) return answer as Answer;
      throw new TowlineError(
        'ENGINE_ANSWER',
        `the answer to ${request.method} ${request.path} is not in its form`,
      );
    },
    stream: async (request, signal) => {
      const stream = await dial(request, signal, true);
      if (!(stream instanceof Readable)) {
        throw new TowlineError(
          'ENGINE_ANSWER',
          `the answer to ${request.method} ${request.path} is no stream`,
        );
      }
      // Whoever reads it hears of an error by reading; one that comes after that is nobody's.
      return stream.on('error', () => {});
    },
  };
}
