/** A push that this process makes itself, as a client of git's receive-pack: no client speaks, all of it is known beforehand. */
import { Duplex } from 'node:stream';
import { TowlineError } from '../../core/errors.ts';
import { buildPack, type MadeObject } from '../../core/io/git/object-write.ts';
import { encodePacket, flushPacket, readPacket } from '../../core/io/git/pkt-line.ts';
import { pushRefusal } from '../../core/io/git/report-status.ts';
import type { ObjectId } from '../../core/trust/git/object-source.ts';

export interface PushedRef {
  readonly ref: string;
  /** undefined: it is new. */
  readonly old: ObjectId | undefined;
  readonly commit: ObjectId;
  readonly objects: readonly MadeObject[];
}

/** The advertisement, of all branches, and the report. */
const maxAnswerBytes = 16 * 1024 * 1024;
const nothing = '0'.repeat(40);

/** gitprotocol-pack(5), version 0, without a side band. */
export class PushStream extends Duplex {
  readonly #answer: Buffer[] = [];
  #bytes = 0;

  constructor({ ref, old = nothing, commit, objects }: PushedRef) {
    super();
    const command = `${old} ${commit} ${ref}\0report-status object-format=sha1 agent=towline`;
    this.push(Buffer.concat([encodePacket(command), flushPacket, buildPack(objects)]));
    this.push(null);
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error) => void): void {
    this.#bytes += chunk.length;
    if (this.#bytes > maxAnswerBytes) {
      done(new TowlineError('GATEWAY_GIT_FAILED', 'git answers a push without end'));
      return;
    }
    this.#answer.push(chunk);
    done();
  }

  /** Once git has ended. @returns why it was not taken, in git's words; undefined: it was */
  refusal(): string | undefined {
    const bytes = Buffer.concat(this.#answer);
    const report = behindAdvertisement(bytes);
    return report === undefined ? 'git gave no report' : pushRefusal(report);
  }
}

/** What comes behind the first flush. */
function behindAdvertisement(bytes: Buffer): Buffer | undefined {
  const malformed = () => new TowlineError('GATEWAY_GIT_FAILED', 'git answers a push in no packets');
  for (let at = 0; ; ) {
    const found = readPacket(bytes, at, malformed);
    if (found === undefined) return undefined;
    at = found.next;
    if (found.packet.kind === 'flush') return bytes.subarray(at);
  }
}
