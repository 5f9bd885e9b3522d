/** What `towline gateway notify test` does: the gateway that runs on this machine sends one message and says what came back. */
import path from 'node:path';
import { messageOf } from '../../core/errors/cause.ts';
import { TowlineError } from '../../core/errors.ts';
import { isFields } from '../../core/json.ts';
import { exitCode } from '../command/exit-code.ts';
import { standardTerminal } from '../command/terminal.ts';
import { askGateway, stateFolder } from './control-socket.ts';
import { defaultConfig } from './next-step.ts';

export interface NotifyTestOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** @throws TowlineError CLI_GATEWAY_UNREACHABLE, NOTIFY_UNKNOWN */
export async function notifyTest(
  receiver: string,
  { config, json }: NotifyTestOptions,
  signal: AbortSignal,
): Promise<void> {
  const folder = path.join(await stateFolder(config ?? defaultConfig), 'notify');
  const question = { folder, address: '/v1/test', body: [JSON.stringify({ receiver })] };
  const { status, answer } = await askGateway(question, signal).catch((cause: unknown) => {
    const message = `no gateway with \`notify\` answers in ${folder}: ${messageOf(cause)}`;
    throw new TowlineError('CLI_GATEWAY_UNREACHABLE', message, { cause });
  });
  if (status !== 200) {
    const { message } = answer;
    throw new TowlineError('NOTIFY_UNKNOWN', typeof message === 'string' ? message : `it answered ${status}`);
  }
  const tested = (Array.isArray(answer.tested) ? answer.tested : []).filter(isFields);
  const terminal = standardTerminal();
  if (json === true) terminal.json({ tested });
  else
    for (const { name, where, taken, answer: said } of tested) {
      const word = taken === true ? terminal.colour('green', 'taken') : terminal.colour('red', 'not taken');
      terminal.line(`${String(name)}, ${String(where)}: ${word}: ${String(said)}`);
    }
  process.exitCode = tested.every(({ taken }) => taken === true) ? exitCode.ok : exitCode.problems;
}
