/** The other end of scp: lines, data, and for each of them a byte that says how it went. */
import type { SessionChannel } from '../people/session-channel.ts';
import { ByteInput } from './byte-input.ts';
import type { FilesAsked } from './container-files.ts';
import type { ScpCommand } from './scp-command.ts';

export interface ScpServing {
  readonly channel: SessionChannel;
  readonly files: FilesAsked;
  readonly signal: AbortSignal;
  /** Told of what is done: a line for each. */
  readonly done: (words: string) => void | Promise<void>;
  readonly scp: ScpCommand;
}

const longestLine = 8192;

export class ScpPeer {
  readonly input: ByteInput;
  readonly #channel: SessionChannel;
  hasFailed = false;

  constructor(channel: SessionChannel) {
    this.#channel = channel;
    this.input = new ByteInput(channel.input());
  }

  line(): Promise<Buffer | undefined> {
    return this.input.line(longestLine);
  }

  send(bytes: Uint8Array | string): Promise<void> {
    return this.#channel.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  well(): Promise<void> {
    return this.send('\0');
  }

  /** It goes on with the next. @param path in `latin1` */
  async failed(path: string, why: string): Promise<void> {
    this.hasFailed = true;
    const words = Buffer.from(why.replaceAll(/\s+/g, ' ').slice(0, 300)).toString('latin1');
    await this.send(`\x01scp: ${path.replaceAll('\n', '?')}: ${words}\n`);
  }

  /** @returns whether all is well there. @throws Error where the other end is gone, or gives up */
  async isWell(): Promise<boolean> {
    const byte = await this.input.byte();
    if (byte === 0) return true;
    const words = (await this.line())?.toString('utf8').slice(0, 300) ?? '';
    if (byte !== 1) throw new Error(words === '' ? 'the other end is gone' : words);
    this.hasFailed = true;
    return false;
  }
}
