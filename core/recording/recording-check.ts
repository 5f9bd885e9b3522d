/** One recording, line by line: whose it is, that none of it is changed, moved or missing. It needs no key of an auditor. */
import { TowlineError } from '../errors.ts';
import type { DeviceSeals } from './device-seals.ts';
import { nextLink, type Seal, sealStatement } from './recording-chain.ts';
import { maxLines, type RecordingHead, readRecordingLine } from './recording-line.ts';

export interface CheckedChunk {
  readonly number: number;
  /** Link before it. */
  readonly before: string;
  readonly box: Buffer;
}

export interface RecordingPlace {
  readonly fleet: string;
  readonly device: string;
  readonly recording: string;
}

/** How much of it the device has signed. */
export interface CheckedRecording {
  readonly head: RecordingHead;
  readonly seal: Seal;
}

export class RecordingCheck {
  readonly #place: RecordingPlace;
  readonly #seals: DeviceSeals;
  #head: RecordingHead | undefined;
  #link: string | undefined;
  #lines = 0;
  #seal: Seal | undefined;
  readonly #links: Map<number, string>;
  /** Place of the oldest key that may sign what comes. */
  #from: number;

  /**
   * @param looked lines after which the link is kept: those that the ledger names
   * @param from place of the key by which the ledger names it
   */
  constructor(place: RecordingPlace, seals: DeviceSeals, looked: readonly number[] = [], from = 0) {
    this.#place = place;
    this.#seals = seals;
    this.#links = new Map(looked.map(lines => [lines, '']));
    this.#from = from;
  }

  get head(): RecordingHead | undefined {
    return this.#head;
  }

  /** @returns the chunk that it is, if it is one @throws TowlineError SESSION_RECORDING_… */
  line(text: string): CheckedChunk | undefined {
    if (this.#seal?.end !== undefined) {
      throw new TowlineError('SESSION_RECORDING_FORGED', 'something stands behind its end');
    }
    const line = readRecordingLine(text);
    if (line.kind === 'seal') {
      this.#checkSeal(line.seal, line.signature);
      return undefined;
    }
    const before = this.#link;
    if (line.kind === 'head') this.#begin(line.head);
    else this.#expect(line.number);
    this.#link = nextLink(before, text);
    this.#lines += 1;
    if (this.#links.has(this.#lines)) this.#links.set(this.#lines, this.#link);
    if (this.#lines > maxLines) throw new TowlineError('SESSION_RECORDING_MALFORMED', 'it has no end');
    if (line.kind === 'head') return undefined;
    return { number: line.number, before: before ?? '', box: line.box };
  }

  /** The link after so many lines; undefined: it has not so many, or was not asked to keep it. */
  linkAfter(lines: number): string | undefined {
    return this.#links.get(lines) || undefined;
  }

  /** All lines were given. @throws TowlineError SESSION_RECORDING_TRUNCATED where what came last is not signed */
  finish(): CheckedRecording {
    const [head, seal] = [this.#head, this.#seal];
    if (head === undefined || seal === undefined) {
      throw new TowlineError('SESSION_RECORDING_TRUNCATED', 'nothing of it is signed');
    }
    if (seal.lines !== this.#lines) {
      const message = `the device has signed ${seal.lines} lines of it, and ${this.#lines} are here`;
      throw new TowlineError('SESSION_RECORDING_TRUNCATED', message);
    }
    return { head, seal };
  }

  #begin(head: RecordingHead): void {
    if (this.#head !== undefined) throw new TowlineError('SESSION_RECORDING_REORDERED', 'it begins twice');
    const { fleet, device, recording } = this.#place;
    if (head.fleet !== fleet || head.device !== device || head.recording !== recording) {
      const message = `it is ${head.recording} of ${head.device} in ${head.fleet}`;
      throw new TowlineError('SESSION_RECORDING_FOREIGN', message);
    }
    this.#head = head;
    this.#from = Math.max(this.#from, this.#seals.placeAt(head.commit));
  }

  #expect(number: number): void {
    if (number === this.#lines && number > 0) return;
    const message = `chunk ${number} stands where ${this.#lines} has to`;
    throw new TowlineError('SESSION_RECORDING_REORDERED', message);
  }

  #checkSeal(seal: Seal, signature: string): void {
    if (seal.lines !== this.#lines || seal.link !== this.#link) {
      const message = `what the device has signed after ${seal.lines} lines is something else`;
      throw new TowlineError('SESSION_RECORDING_FORGED', message);
    }
    const [what, statement] = [`the seal after ${seal.lines} lines`, sealStatement(this.#place, seal)];
    this.#from = this.#seals.check(what, statement, signature, this.#from);
    this.#seal = seal;
  }
}
