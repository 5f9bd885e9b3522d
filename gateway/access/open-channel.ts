import type { Client, ClientChannel, PseudoTtyOptions } from 'ssh2';
import { asError } from '../../core/errors/cause.ts';

export interface AskedSession {
  /** Undefined: a shell. */
  readonly command: string | undefined;
  readonly terminal: PseudoTtyOptions | undefined;
}

/**
 * At a device. One that never answers is waited for until the connection to it has ended.
 * @param begun is told at once: what is over as soon as it has begun says so before anybody waits for it
 * @throws Error where it opens none
 */
export function openChannel(
  client: Client,
  { command, terminal }: AskedSession,
  begun: (channel: ClientChannel) => void = () => undefined,
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.once('close', () => reject(new Error('the device is gone')));
    const opened = (error: Error | undefined, channel: ClientChannel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      begun(channel);
      resolve(channel);
    };
    try {
      if (command === undefined) client.shell(terminal ?? false, opened);
      else if (terminal === undefined) client.exec(command, opened);
      else client.exec(command, { pty: terminal }, opened);
    } catch (error) {
      reject(asError(error));
    }
  });
}
