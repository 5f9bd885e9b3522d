/** What a person at the gateway's machine asks of its messages: to send one, and say what the receiver answered. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFields } from '../../core/json.ts';
import { ControlSocket, requestText, sayJson as say } from '../plain-port/control-socket.ts';

/** What a receiver answered to a test. */
export interface Tested {
  readonly name: string;
  readonly where: string;
  readonly taken: boolean;
  readonly answer: string;
}

/** @param folder as `ControlOptions` has it */
export function notifyControl(
  folder: string,
  notify: { test(name: string): Promise<readonly Tested[]> },
): Promise<ControlSocket> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (`${request.method} ${request.url}` !== 'POST /v1/test') {
      say(response, 404, { message: 'there is no such address' });
      return;
    }
    const { receiver } = readFields(await requestText(request));
    if (typeof receiver !== 'string') say(response, 400, { message: 'a test names a receiver' });
    else say(response, 200, { tested: await notify.test(receiver) });
  };
  return ControlSocket.listen({ folder, requestTimeoutMs: 10_000, answer });
}
