/** One who watches a session or types in it, over SSH. */
import type { Wanted } from '../../../core/access/judge.ts';
import { printable } from '../../../core/shown-text.ts';
import { ShownOutput, terminalReset } from '../../../core/terminal/shown-output.ts';
import type { Onlooker, Room } from './room.ts';
import type { SessionVisit } from './session-house.ts';

/** That a watcher has not read yet; more, and it is let go. */
const maxBehindBytes = 1024 * 1024;
/** `q`, Ctrl-C, Ctrl-D: who only watches leaves by a key. */
const leaving = new Set([0x71, 0x03, 0x04]);

export class Visitor implements Onlooker {
  readonly name: string;
  readonly kind: 'watch' | 'join';
  readonly #visit: SessionVisit;
  readonly #room: Room;
  readonly #wanted: Wanted;
  readonly #shown = new ShownOutput();
  readonly #over = Promise.withResolvers<string>();

  constructor(visit: SessionVisit, room: Room, wanted: Wanted) {
    const way = { key: '', certificate: ' (by certificate)', gateway: ' (via gateway)' }[visit.by];
    this.name = `${visit.operator}${way}`;
    this.kind = visit.kind;
    this.#visit = visit;
    this.#room = room;
    this.#wanted = wanted;
  }

  /** Until it is over. @returns exit code */
  async run(): Promise<number> {
    const { stream, signal } = this.#visit;
    const gone = () => this.#over.resolve('');
    signal.addEventListener('abort', gone, { once: true });
    stream.once('close', gone);
    stream.once('end', gone);
    this.#greet();
    const leave = this.#room.enter(this);
    stream.on('data', this.#onData);
    if (signal.aborted || stream.destroyed) gone();
    const words = await this.#over.promise;
    leave();
    stream.off('data', this.#onData);
    signal.removeEventListener('abort', gone);
    stream.resume();
    if (!stream.destroyed && stream.writableLength < maxBehindBytes) {
      if (this.#visit.terminal !== undefined) stream.write(terminalReset);
      if (words !== '') this.#line(words);
    }
    return 0;
  }

  /** May it still be here? */
  judge(): void {
    if (!this.#visit.judge(this.#wanted).allowed) this.end('you may no longer be here');
  }

  show(bytes: Uint8Array): boolean {
    const { stream } = this.#visit;
    if (stream.destroyed) return true;
    if (stream.writableLength > maxBehindBytes) return false;
    stream.write(this.#shown.filter(bytes));
    return true;
  }

  resized(columns: number, rows: number): void {
    this.#line(`the window of the session is now ${columns}x${rows}`);
  }

  end(why: string): void {
    this.#over.resolve(why);
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.kind === 'watch') {
      if (bytes.some(byte => leaving.has(byte))) this.end('');
      return;
    }
    this.judge();
    this.#room.live.type(bytes);
  };

  #greet(): void {
    const { operator, app, service } = this.#room.live.start;
    const { size } = this.#room.live;
    const { terminal } = this.#visit;
    const isSmall =
      size !== undefined &&
      terminal !== undefined &&
      (terminal.columns < size.columns || terminal.rows < size.rows);
    const window = size === undefined ? 'without a terminal' : `${size.columns}x${size.rows}`;
    this.#line(`${app}.${service}, the session of ${operator}, ${window}`);
    if (isSmall) this.#line('your window is smaller than theirs: make it larger to see all of it');
    this.#line(this.kind === 'watch' ? 'you watch; q leaves' : 'what you type is typed there; ~. leaves');
  }

  #line(text: string): void {
    const end = this.#visit.terminal === undefined ? '\n' : '\r\n';
    if (!this.#visit.stream.destroyed) this.#visit.stream.write(`[towline: ${printable(text)}]${end}`);
  }
}
