/** Where the entry that is taken began, and the place behind it: as numbers, since there is one for each line. */
import type { LogOrder } from './log-order.ts';
import type { FilePlace, LogPosition } from './position.ts';

export class EntryPlace {
  /** Of the file that is read; 0: none is. */
  #inode = 0;
  #offset = 0;
  #time = '';
  #seen = 0;
  #high: string | undefined;
  #sequence = 0;
  #inodeBefore = 0;
  #offsetBefore = 0;

  /** Before an entry is taken. */
  remember({ time, seen, high }: LogOrder, sequence: number): void {
    this.#time = time;
    this.#seen = seen;
    this.#high = high;
    this.#sequence = sequence;
    this.#inodeBefore = this.#inode;
    this.#offsetBefore = this.#offset;
  }

  move(inode: number, offset: number): void {
    this.#inode = inode;
    this.#offset = offset;
  }

  get file(): FilePlace | undefined {
    return placeOf(this.#inode, this.#offset);
  }

  /** Where the entry began. */
  get before(): LogPosition {
    const file = placeOf(this.#inodeBefore, this.#offsetBefore);
    return { time: this.#time, seen: this.#seen, high: this.#high, sequence: this.#sequence, file };
  }
}

function placeOf(inode: number, offset: number): FilePlace | undefined {
  return inode === 0 ? undefined : { inode, offset };
}
