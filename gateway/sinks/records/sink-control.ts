/** What a person at the gateway's machine asks of its sinks: how they stand, and to tell something again. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFields } from '../../../core/json.ts';
import { ControlSocket, requestText, sayJson as say } from '../../plain-port/control-socket.ts';
import type { SinkState } from './run-sink.ts';

export interface ControlledSinks {
  readonly states: readonly SinkState[];
  replay(name: string, fromMs: number): Promise<number>;
}

/** @param folder as `ControlOptions` has it */
export function sinkControl(folder: string, sinks: ControlledSinks): Promise<ControlSocket> {
  const requestTimeoutMs = 10_000;
  return ControlSocket.listen({
    ...{ folder, requestTimeoutMs },
    answer: (request, response) => answer(request, response, sinks),
  });
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
  const { sink, fromMs } = readFields(await requestText(request));
  if (typeof sink !== 'string' || typeof fromMs !== 'number' || !Number.isSafeInteger(fromMs)) {
    say(response, 400, { message: 'a replay names a sink and a time' });
    return;
  }
  say(response, 200, { devices: await sinks.replay(sink, fromMs) });
}
