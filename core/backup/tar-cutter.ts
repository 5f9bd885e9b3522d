/**
 * Cuts a tar where its files begin and end, so that a store which cuts at places of its own, half a megabyte and more
 * apart, keeps what did not change. What is cut is put together again byte for byte: a tar that is understood wrongly is
 * cut at other places, and no more than that. Source: POSIX.1-2001 pax, "ustar Interchange Format"; GNU tar's base-256.
 */
import { blockBytes, paddingOf } from '../bundle/tar-header.ts';

export interface TarCuts {
  /** Headers, padding, and files that are small. */
  frame(bytes: Uint8Array): void;
  /** Of one file, in order; the next piece begins after `isLast`. */
  piece(bytes: Uint8Array, isLast: boolean): void;
}

/** A file that is smaller stays in the frame, bytes. */
const smallBytes = 256;
/** Of a large file a piece has so many: what is not a tar is cut by it, too. */
export const maxPieceBytes = 32 * 1024 * 1024;
/** Of a pax header that is looked at. */
const maxPaxBytes = 64 * 1024;
const magic = Buffer.from('ustar');
const nothing = Buffer.alloc(blockBytes);

type State =
  | { readonly kind: 'header' }
  | { readonly kind: 'raw' }
  | { readonly kind: 'frame'; left: number; readonly pax?: Buffer[] }
  | { readonly kind: 'file'; left: number; ofPiece: number; readonly padding: number };

/** @returns the number of a field, or undefined where it is none */
function numberOf(field: Uint8Array): number | undefined {
  const bytes = Buffer.from(field.buffer, field.byteOffset, field.byteLength);
  if (((bytes[0] ?? 0) & 0x80) !== 0) {
    const value = bytes.readUIntBE(bytes.length - 6, 6);
    return bytes.subarray(1, -6).every(byte => byte === 0) ? value : undefined;
  }
  const text = bytes.toString('latin1').replace(/[\0 ]+$/, '');
  return /^ *[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

interface Header {
  readonly type: string;
  readonly size: number;
}

/**
 * By its magic, and not by its sum: that is 512 steps of an interpreter for each header, and who is deceived cuts at other
 * places.
 * @param block 512 bytes. @returns undefined where it is no header
 */
function headerOf(block: Buffer): Header | undefined {
  const size = numberOf(block.subarray(124, 136));
  if (!block.subarray(257, 262).equals(magic) || size === undefined) return undefined;
  return { type: String.fromCharCode(block[156] ?? 0), size };
}

/** The size that a pax header gives to the next file. */
function paxSize(content: Uint8Array): number | undefined {
  const found = /(?:^|\n)\d{1,10} size=(\d{1,15})\n/.exec(Buffer.from(content).toString('latin1'));
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

const isFile = (type: string): boolean => type === '0' || type === '\0' || type === '7' || type === 'S';

export class TarCutter {
  readonly #cuts: TarCuts;
  #state: State = { kind: 'header' };
  #block = Buffer.alloc(0);
  #size: number | undefined;
  #raw = 0;

  constructor(cuts: TarCuts) {
    this.#cuts = cuts;
  }

  push(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.length > 0) {
      const state = this.#state;
      if (state.kind === 'header') rest = this.#header(rest);
      else if (state.kind === 'raw') rest = this.#everything(rest);
      else if (state.kind === 'frame') rest = this.#frame(rest, state);
      else rest = this.#file(rest, state);
    }
  }

  /** Whatever has come by now. */
  end(): void {
    if (this.#block.length > 0) this.#cuts.frame(this.#block);
    const state = this.#state;
    const isOpen = state.kind === 'file' ? state.ofPiece > 0 : this.#raw > 0;
    if (isOpen) this.#cuts.piece(new Uint8Array(0), true);
  }

  #header(chunk: Uint8Array): Uint8Array {
    const missing = blockBytes - this.#block.length;
    this.#block = Buffer.concat([this.#block, chunk.subarray(0, missing)]);
    if (this.#block.length < blockBytes) return chunk.subarray(missing);
    const block = this.#block;
    this.#block = Buffer.alloc(0);
    this.#cuts.frame(block);
    if (!block.equals(nothing)) this.#state = this.#after(headerOf(block));
    return chunk.subarray(missing);
  }

  #after(header: Header | undefined): State {
    if (header === undefined) return { kind: 'raw' };
    const { type } = header;
    if (type === 'x') return this.#within(header.size, maxPaxBytes >= header.size ? [] : undefined);
    if (type === 'g' || type === 'L' || type === 'K') return this.#within(header.size);
    const size = this.#size ?? header.size;
    this.#size = undefined;
    if (!isFile(type) || size < smallBytes) return this.#within(size);
    return { kind: 'file', left: size, ofPiece: 0, padding: paddingOf(size) };
  }

  #within(size: number, pax?: Buffer[]): State {
    const left = size + paddingOf(size);
    if (left === 0) return { kind: 'header' };
    return { kind: 'frame', left, ...(pax === undefined ? {} : { pax }) };
  }

  #frame(chunk: Uint8Array, state: Extract<State, { kind: 'frame' }>): Uint8Array {
    const part = chunk.subarray(0, state.left);
    this.#cuts.frame(part);
    state.pax?.push(Buffer.from(part));
    state.left -= part.length;
    if (state.left === 0) {
      if (state.pax !== undefined) this.#size = paxSize(Buffer.concat(state.pax));
      this.#state = { kind: 'header' };
    }
    return chunk.subarray(part.length);
  }

  #file(chunk: Uint8Array, state: Extract<State, { kind: 'file' }>): Uint8Array {
    const part = chunk.subarray(0, Math.min(state.left, maxPieceBytes - state.ofPiece));
    state.left -= part.length;
    state.ofPiece += part.length;
    const isLast = state.left === 0 || state.ofPiece === maxPieceBytes;
    this.#cuts.piece(part, isLast);
    if (isLast) state.ofPiece = 0;
    if (state.left === 0) {
      this.#state = state.padding === 0 ? { kind: 'header' } : { kind: 'frame', left: state.padding };
    }
    return chunk.subarray(part.length);
  }

  #everything(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, maxPieceBytes - this.#raw);
    this.#raw = (this.#raw + part.length) % maxPieceBytes;
    this.#cuts.piece(part, this.#raw === 0);
    return chunk.subarray(part.length);
  }
}
