/** A session of a person: its streams, its terminal, what is asked for in it. */
import type { ChannelStream } from '../../../core/io/ssh/ssh-channel.ts';
import { printable } from '../../../core/shown-text.ts';
import { drained } from '../engine/drained.ts';
import type { Terminal } from '../sessions/live-session.ts';

/** What is asked for in a session. */
export type Asked =
  | { readonly kind: 'shell' }
  | { readonly kind: 'command'; readonly command: string }
  | { readonly kind: 'subsystem'; readonly name: string };

export class SessionChannel {
  readonly stream: ChannelStream;
  readonly asked: Asked;
  readonly terminal: Terminal | undefined;
  /** Told of a new size of the terminal. */
  onSize: ((columns: number, rows: number) => void) | undefined;
  /** Told of a signal by its name, such as `INT`. */
  onSignal: ((name: string) => void) | undefined;
  /** Given to the person so far, and taken from them. */
  bytesOut = 0;
  bytesIn = 0;

  constructor(stream: ChannelStream, asked: Asked, terminal: Terminal | undefined) {
    this.stream = stream;
    this.asked = asked;
    this.terminal = terminal;
  }

  /** Resolves when the person takes more. Never rejects: a person who is gone takes everything. */
  async write(bytes: Uint8Array, to: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    const { stream } = this;
    if (stream.destroyed || bytes.length === 0) return;
    this.bytesOut += bytes.length;
    const isRoomy = to === 'stdout' ? stream.write(bytes) : stream.writeError(bytes);
    if (!isRoomy) await drained(stream);
  }

  /** What the person sends, until its end. @throws where it is cut before that */
  async *input(): AsyncGenerator<Buffer> {
    const pieces: AsyncIterable<Buffer> = this.stream.iterator({ destroyOnReturn: false });
    for await (const chunk of pieces) {
      this.bytesIn += chunk.length;
      yield chunk;
    }
  }

  /** Lines for the person, as a terminal wants them where there is one. */
  say(text: string): Promise<void> {
    return this.write(this.#lines(text));
  }

  /** Lines beside what is asked for. */
  warn(text: string): Promise<void> {
    return this.write(this.#lines(text), 'stderr');
  }

  #lines(text: string): Buffer {
    const end = this.terminal === undefined ? '\n' : '\r\n';
    return Buffer.from(
      text
        .split('\n')
        .map(line => `${printable(line)}${end}`)
        .join(''),
    );
  }
}
