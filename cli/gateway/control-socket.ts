/** The gateway that runs on this machine, asked by a socket in its state directory. */
import path from 'node:path';
import { Readable } from 'node:stream';
import { messageOf } from '../../core/errors/cause.ts';
import { formatProblem, TowlineError } from '../../core/errors.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { nodeHttp } from '../../core/io/https/node-http.ts';
import { withSocketPath } from '../../core/io/socket-path.ts';
import { type Fields, readFields } from '../../core/json.ts';
import { defaultState } from './next-step.ts';

const maxConfigBytes = 64 * 1024;
const maxAnswerBytes = 1024 * 1024;

/** @returns the state directory that a gateway.yaml names. @throws TowlineError GATEWAY_CONFIG_INVALID */
export async function stateFolder(config: string): Promise<string> {
  const bytes = await readBounded(config, maxConfigBytes).catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', `${config}: ${messageOf(cause)}`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('GATEWAY_CONFIG_INVALID', `there is no ${config}`);
  const { file, problems } = readFleetFile('gateway', config, bytes);
  if (file === undefined)
    throw new TowlineError('GATEWAY_CONFIG_INVALID', problems.map(formatProblem).join('\n'));
  return path.resolve(file.value.stateDirectory ?? defaultState);
}

export interface ControlQuestion {
  /** Where the socket is. */
  readonly folder: string;
  readonly address: string;
  /** Makes it a POST. */
  readonly body?: Iterable<string> | AsyncIterable<Uint8Array>;
}

export interface ControlAnswer {
  readonly status: number;
  readonly answer: Fields;
}

/** @throws what the system has where nobody answers; what the body throws */
export async function askGateway(question: ControlQuestion, signal: AbortSignal): Promise<ControlAnswer> {
  const { status, text } = await withSocketPath(question.folder, 'control.socket', socketPath =>
    exchange(socketPath, question, signal),
  );
  return { status, answer: readFields(text) };
}

function exchange(
  socketPath: string,
  { address, body }: ControlQuestion,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const source = body === undefined ? undefined : Readable.from(body, { objectMode: false });
    const request = nodeHttp.request({ socketPath, path: address, method, signal }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswerBytes) response.destroy(new Error('an answer that is too long'));
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
        // It may have answered before all was sent: then it wants no more.
        source?.destroy();
        request.destroy();
      });
      response.on('error', reject);
    });
    request.on('error', reject);
    if (source === undefined) request.end();
    else source.on('error', error => request.destroy(error)).pipe(request);
  });
}
