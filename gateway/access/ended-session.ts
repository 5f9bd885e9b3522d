/** A session that the gateway ends: what the person types goes to the device, what comes back goes to them. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { ChannelStream } from '../../core/io/ssh/ssh-channel.ts';
import type { SshConnection } from '../../core/io/ssh/ssh-connection.ts';
import { type AskedSession, openChannel } from './open-channel.ts';

export interface SessionFigures {
  readonly exitCode: number;
  readonly bytesToDevice: number;
  readonly bytesFromDevice: number;
}

/** Of a session that was cut, or that ended by a signal: as stock ssh says it. */
export const noExitCode = 255;

interface Exit {
  code: number;
}

/** The person's end: an SSH channel, or a page. */
export interface NearEnd extends Duplex {
  /** As `write`, to the person's standard error where they have one. */
  writeError(bytes: Uint8Array): boolean;
}

export class EndedSession {
  readonly #connection: SshConnection<Client>;
  readonly #channel: ClientChannel;
  readonly #far: ChannelStream;
  readonly #exit: Exit;

  /**
   * @param signal aborted when the person is gone
   * @throws Error where the device does not open it: nothing is left of the connection then
   */
  static async open(
    connection: SshConnection<Client>,
    asked: AskedSession,
    signal: AbortSignal,
  ): Promise<EndedSession> {
    const gone = () => connection.cut('the person is gone');
    signal.addEventListener('abort', gone, { once: true });
    try {
      if (signal.aborted) gone();
      const exit: Exit = { code: noExitCode };
      const channel = await openChannel(connection.ssh, asked, begun => {
        begun.on('exit', (code: number | null) => {
          exit.code = code ?? noExitCode;
        });
      });
      const far = connection.adopt(channel);
      if (far === undefined) throw new Error('the device offers a channel that carries nothing');
      return new EndedSession(connection, { channel, far, exit });
    } catch (error) {
      connection.cut('it opens no session');
      throw error;
    } finally {
      signal.removeEventListener('abort', gone);
    }
  }

  private constructor(
    connection: SshConnection<Client>,
    {
      channel,
      far,
      exit,
    }: { readonly channel: ClientChannel; readonly far: ChannelStream; readonly exit: Exit },
  ) {
    this.#connection = connection;
    this.#channel = channel;
    this.#exit = exit;
    this.#far = far.on('error', () => {});
  }

  resize(columns: number, rows: number): void {
    if (this.#isOpen) this.#channel.setWindow(rows, columns, 0, 0);
  }

  signal(name: string): void {
    if (this.#isOpen) this.#channel.signal(name);
  }

  cut(reason: string): void {
    this.#connection.cut(reason);
  }

  /** Until it has ended. What came from the device has then been handed to `near`. */
  async carry(near: NearEnd): Promise<SessionFigures> {
    const far = this.#far;
    let [bytesToDevice, bytesFromDevice] = [0, 0];
    const { stderr } = this.#channel;
    const said = new Promise<void>(resolve => stderr.once('close', resolve).once('end', resolve));
    stderr.on('data', (chunk: Buffer) => {
      bytesFromDevice += chunk.length;
      if (near.destroyed || near.writeError(chunk)) return;
      stderr.pause();
      near.once('drain', () => stderr.resume());
    });
    far.on('data', (chunk: Buffer) => {
      bytesFromDevice += chunk.length;
      if (near.destroyed || near.write(chunk)) return;
      far.pause();
      near.once('drain', () => far.resume());
    });
    near.on('data', (chunk: Buffer) => {
      bytesToDevice += chunk.length;
      if (far.destroyed || far.write(chunk)) return;
      near.pause();
      far.once('drain', () => near.resume());
    });
    near.once('end', () => far.end());
    // Of who is gone nothing waits any more.
    const gone = once(near, 'close').then(() => far.destroy());
    const closed = far.closed ? Promise.resolve() : once(far, 'close');
    await Promise.race([closed.then(() => Promise.race([said, once(near, 'close')])), gone]);
    this.#connection.cut('the session has ended');
    return { exitCode: this.#exit.code, bytesToDevice, bytesFromDevice };
  }

  /** What a device does not read is not held for it. */
  get #isOpen(): boolean {
    const { lost, transport, limits } = this.#connection;
    return !lost && !this.#far.destroyed && transport.writableLength < limits.queuedBytes;
  }
}
