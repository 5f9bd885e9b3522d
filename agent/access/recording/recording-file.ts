/** One recording on the device's disk, while it is written: lines are appended, and sealed when they are there for good. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { syncFolder } from '../../../core/io/file/durable-file.ts';
import type { SshKey } from '../../../core/io/openssh-key.ts';
import { sshSignature } from '../../../core/io/ssh/ssh-sign.ts';
import { closeBox } from '../../../core/recording/chunk-box.ts';
import { recordingNamespace } from '../../../core/recording/device-seals.ts';
import {
  nextLink,
  type RecordingEnd,
  type Seal,
  type SealPlace,
  sealStatement,
} from '../../../core/recording/recording-chain.ts';
import { chunkLine, headLine, type RecordingHead, sealLine } from '../../../core/recording/recording-line.ts';

export const recordingSuffix = '.recording';

export function recordingPath(folder: string, recording: string): string {
  return path.join(folder, `${recording}${recordingSuffix}`);
}

/** What stands in a file: how much of it, and how much is sealed, which is all that may leave the device. */
export interface Written {
  readonly link: string;
  readonly lines: number;
  readonly bytes: number;
  readonly sealedBytes: number;
}

export class RecordingFile {
  readonly place: SealPlace;
  readonly #signer: SshKey;
  readonly #handle: FileHandle;
  readonly #key: Uint8Array;
  #written: Written;

  /** @throws what the file system throws: then nothing of it stays that counts */
  static async begin(
    folder: string,
    head: RecordingHead,
    { signer, key }: { readonly signer: SshKey; readonly key: Uint8Array },
  ): Promise<RecordingFile> {
    const handle = await open(recordingPath(folder, head.recording), 'wx', 0o600);
    try {
      const none = { link: '', lines: 0, bytes: 0, sealedBytes: 0 };
      const file = new RecordingFile(head, { handle, written: none, signer, key });
      const line = headLine(head);
      await file.#add(line, nextLink(undefined, line));
      await file.seal();
      await syncFolder(folder);
      return file;
    } catch (error) {
      await handle.close();
      await rm(recordingPath(folder, head.recording), { force: true });
      throw error;
    }
  }

  /** One that an earlier run has left; no chunk can be added to it. */
  static async resume(
    folder: string,
    place: SealPlace,
    { signer, written }: { readonly signer: SshKey; readonly written: Written },
  ): Promise<RecordingFile> {
    const handle = await open(recordingPath(folder, place.recording), 'r+');
    await handle.truncate(written.bytes);
    return new RecordingFile(place, { handle, written, signer, key: new Uint8Array() });
  }

  private constructor(
    { fleet, device, recording }: SealPlace,
    parts: {
      readonly handle: FileHandle;
      readonly written: Written;
      readonly signer: SshKey;
      readonly key: Uint8Array;
    },
  ) {
    this.place = { fleet, device, recording };
    this.#handle = parts.handle;
    this.#written = parts.written;
    this.#signer = parts.signer;
    this.#key = parts.key;
  }

  get written(): Written {
    return this.#written;
  }

  /** In the file when it resolves; one at a time. @throws what the file system throws */
  async append(text: Uint8Array): Promise<void> {
    const { link, lines } = this.#written;
    const at = { recording: this.place.recording, number: lines, before: link };
    const line = chunkLine(lines, closeBox(this.#key, at, text));
    await this.#add(line, nextLink(link, line));
  }

  /** On the disk, and signed, when it resolves; one at a time, and not beside `append`. @throws as `append` */
  async seal(end?: RecordingEnd): Promise<void> {
    const { link, lines } = this.#written;
    const seal: Seal = { lines, link, ...(end === undefined ? {} : { end }) };
    const signature = sshSignature(
      this.#signer,
      recordingNamespace,
      Buffer.from(sealStatement(this.place, seal)),
    );
    const bytes = await this.#write(sealLine(seal, signature));
    await this.#handle.sync();
    this.#written = { ...this.#written, bytes, sealedBytes: bytes };
  }

  async close(): Promise<void> {
    this.#key.fill(0);
    await this.#handle.close();
  }

  async #add(line: string, link: string): Promise<void> {
    const bytes = await this.#write(line);
    this.#written = { ...this.#written, link, lines: this.#written.lines + 1, bytes };
  }

  /** What was written in part before it failed is written over by the next line. */
  async #write(line: string): Promise<number> {
    const bytes = Buffer.from(`${line}\n`);
    let at = 0;
    while (at < bytes.length) {
      const { bytesWritten } = await this.#handle.write(
        bytes,
        at,
        bytes.length - at,
        this.#written.bytes + at,
      );
      at += bytesWritten;
    }
    return this.#written.bytes + bytes.length;
  }
}
