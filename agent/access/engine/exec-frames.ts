/**
 * The engine's stream of a command without a terminal → what it wrote to its two outputs: frames may be cut anywhere, and
 * nothing is held but a header. Frames: Docker Engine API, "Attach to a container", stream format.
 */
import { TowlineError } from '../../../core/errors.ts';

export interface ExecOutput {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Buffer;
}

const headerBytes = 8;

export class ExecFrames {
  readonly #header = Buffer.alloc(headerBytes);
  #have = 0;
  #left = 0;
  #stream: ExecOutput['stream'] = 'stdout';

  /** @throws TowlineError ENGINE_ANSWER where a frame is none of the engine's */
  push(chunk: Buffer): ExecOutput[] {
    const outputs: ExecOutput[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const bytes = chunk.subarray(at, at + this.#left);
        outputs.push({ stream: this.#stream, bytes });
        this.#left -= bytes.length;
        at += bytes.length;
        continue;
      }
      const taken = chunk.copy(this.#header, this.#have, at, at + headerBytes - this.#have);
      at += taken;
      this.#have += taken;
      if (this.#have === headerBytes) this.#begin();
    }
    return outputs;
  }

  #begin(): void {
    this.#have = 0;
    const kind = this.#header.readUInt8(0);
    if (kind > 2 || this.#header.readUIntBE(1, 3) !== 0) {
      throw new TowlineError('ENGINE_ANSWER', 'the output of a command has a frame that is none');
    }
    this.#stream = kind === 2 ? 'stderr' : 'stdout';
    this.#left = this.#header.readUInt32BE(4);
  }
}
