/** What `towline gateway sinks` does: asks the gateway that runs on this machine, by the socket in its state directory. */
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { formatProblem, TowlineError } from '../../core/errors.ts';
import { formatDuration, parseDuration } from '../../core/fleet/duration.ts';
import { readFleetFile } from '../../core/fleet/read-file.ts';
import { readBounded } from '../../core/io/file/durable-file.ts';
import { nodeHttp } from '../../core/io/https/node-http.ts';
import { withSocketPath } from '../../core/io/socket-path.ts';
import { type Fields, fieldsOf, isFields, readFields } from '../../core/json.ts';
import { standardTerminal } from '../command/terminal.ts';
import { defaultConfig, defaultState } from './next-step.ts';

export interface SinksOptions {
  readonly config?: string;
  readonly replay?: string;
  readonly from?: string;
  readonly json?: boolean;
}

const maxConfigBytes = 64 * 1024;
const maxAnswerBytes = 1024 * 1024;

export async function sinks(options: SinksOptions, signal: AbortSignal): Promise<void> {
  const { replay, from, json } = options;
  if ((replay === undefined) !== (from === undefined))
    throw new TowlineError('CLI_USAGE', '--replay and --from go together');
  const fromMs = from === undefined ? 0 : timeOf(from);
  const folder = await sinksFolder(options.config ?? defaultConfig);
  const terminal = standardTerminal();
  if (replay !== undefined) {
    const answer = await ask(folder, { path: '/v1/replay', body: { sink: replay, fromMs } }, signal);
    if (json === true) terminal.json({ sink: replay, from: new Date(fromMs).toISOString(), ...answer });
    else
      terminal.line(
        `${replay} tells again what was recorded since ${new Date(fromMs).toISOString()}: devices that go back: ${String(answer.devices)}`,
      );
    return;
  }
  const answer = await ask(folder, { path: '/v1/sinks' }, signal);
  if (json === true) {
    terminal.json(answer);
    return;
  }
  const head = [
    'SINK',
    'KIND',
    'LAG',
    'BEHIND',
    'PER SECOND',
    'DELIVERED',
    'AGAIN',
    'DEAD LETTERS',
    'ERRORS',
    'STATE',
  ];
  const all: readonly unknown[] = Array.isArray(answer.sinks) ? answer.sinks : [];
  terminal.table(head, all.filter(isFields).map(rowOf));
}

function rowOf(sink: Fields): string[] {
  const number = (key: string) => Number(sink[key] ?? 0);
  const lag = formatDuration(Math.round(number('lagSeconds')) * 1000);
  return [
    ...[String(sink.name), String(sink.kind), lag, String(number('devicesBehind'))],
    ...[number('perSecond').toFixed(1), String(number('delivered')), String(number('again'))],
    ...[String(number('deadLetters')), String(number('errors'))],
    typeof sink.error === 'string' ? sink.error : 'ok',
  ];
}

/** @returns milliseconds since the epoch @throws TowlineError CLI_USAGE */
function timeOf(text: string): number {
  if (/^([0-9]+(ms|s|m|h|d))+$/.test(text)) return Date.now() - parseDuration(text);
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new TowlineError('CLI_USAGE', `--from: no time: ${text}`);
  return ms;
}

/** @throws TowlineError GATEWAY_CONFIG_INVALID */
async function sinksFolder(config: string): Promise<string> {
  const bytes = await readBounded(config, maxConfigBytes).catch((cause: unknown) => {
    throw new TowlineError('GATEWAY_CONFIG_INVALID', `${config}: ${messageOf(cause)}`, { cause });
  });
  if (bytes === undefined) throw new TowlineError('GATEWAY_CONFIG_INVALID', `there is no ${config}`);
  const { file, problems } = readFleetFile('gateway', config, bytes);
  if (file === undefined)
    throw new TowlineError('GATEWAY_CONFIG_INVALID', problems.map(formatProblem).join('\n'));
  return path.join(path.resolve(file.value.stateDirectory ?? defaultState), 'sinks');
}

interface Question {
  readonly path: string;
  readonly body?: object;
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, TELEMETRY_SINK_UNKNOWN */
async function ask(folder: string, question: Question, signal: AbortSignal): Promise<Fields> {
  const { status, text } = await withSocketPath(folder, 'control.socket', socketPath =>
    exchange(socketPath, question, signal),
  ).catch((cause: unknown) => {
    const message = `no gateway with sinks answers in ${folder}: ${messageOf(cause)}`;
    throw new TowlineError('CLI_GATEWAY_UNREACHABLE', message, { cause });
  });
  const answer = readFields(text);
  if (status === 200) return answer;
  const { message } = fieldsOf(answer);
  const said = typeof message === 'string' ? message : `it answered ${status}`;
  throw new TowlineError('TELEMETRY_SINK_UNKNOWN', said);
}

function exchange(
  socketPath: string,
  { path: address, body }: Question,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const request = nodeHttp.request({ socketPath, path: address, method, signal }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > maxAnswerBytes) response.destroy(new Error('an answer that is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject);
    });
    request.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
