/** What `towline gateway sinks` does: asks the gateway that runs on this machine, by the socket in its state directory. */
import path from 'node:path';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { type Fields, fieldsOf, isFields } from '../../core/json.ts';
import { standardTerminal } from '../command/terminal.ts';
import { askGateway, stateFolder } from './control-socket.ts';
import { defaultConfig } from './next-step.ts';

export interface SinksOptions {
  readonly config?: string;
  readonly replay?: string;
  readonly from?: string;
  readonly json?: boolean;
}

export async function sinks(options: SinksOptions, signal: AbortSignal): Promise<void> {
  const { replay, from, json } = options;
  if ((replay === undefined) !== (from === undefined))
    throw new TowlineError('CLI_USAGE', '--replay and --from go together');
  const fromMs = from === undefined ? 0 : timeOf(from);
  const folder = path.join(await stateFolder(options.config ?? defaultConfig), 'sinks');
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

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, TELEMETRY_SINK_UNKNOWN */
async function ask(folder: string, { path: address, body }: Question, signal: AbortSignal): Promise<Fields> {
  const question = { folder, address, ...(body === undefined ? {} : { body: [JSON.stringify(body)] }) };
  const { status, answer } = await askGateway(question, signal).catch((cause: unknown) => {
    const message = `no gateway with sinks answers in ${folder}: ${messageOf(cause)}`;
    throw new TowlineError('CLI_GATEWAY_UNREACHABLE', message, { cause });
  });
  if (status === 200) return answer;
  const { message } = fieldsOf(answer);
  const said = typeof message === 'string' ? message : `it answered ${status}`;
  throw new TowlineError('TELEMETRY_SINK_UNKNOWN', said);
}

interface Question {
  readonly path: string;
  readonly body?: object;
}
