/** What an earlier run of the agent has left of a recording: as far as whole lines go. */
import { createReadStream } from 'node:fs';
import { isMissing } from '../../../core/io/file/durable-file.ts';
import type { SshKey } from '../../../core/io/openssh-key.ts';
import { nextLink, type RecordingEnd, type SealPlace } from '../../../core/recording/recording-chain.ts';
import { maxLineBytes, readRecordingLine } from '../../../core/recording/recording-line.ts';
import { RecordingFile, recordingPath, type Written } from './recording-file.ts';

const nothing: Written = Object.freeze({ link: '', lines: 0, bytes: 0, sealedBytes: 0 });

export interface LeftRecording {
  readonly written: Written;
  /** Its last line is a seal with an end. */
  readonly ended: boolean;
  readonly startedMs: number | undefined;
}

/** Reads a piece at a time: it may be large. @throws what the file system throws */
export async function readLeftRecording(file: string): Promise<LeftRecording> {
  let written = nothing;
  let [ended, startedMs]: [boolean, number | undefined] = [false, undefined];
  let rest = Buffer.alloc(0);
  for await (const piece of createReadStream(file)) {
    rest = Buffer.concat([rest, piece]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.toString('utf8', 0, end);
      rest = rest.subarray(end + 1);
      const read = readable(line);
      // Half a line that a power cut has left, and whatever lies behind it, was shown to nobody as kept.
      if (read === undefined) return { written, ended, startedMs };
      const bytes = written.bytes + end + 1;
      if (read.kind === 'seal') {
        ended = read.seal.end !== undefined;
        written = { ...written, bytes, sealedBytes: bytes };
        continue;
      }
      if (read.kind === 'head') startedMs = read.head.startedMs;
      const link = nextLink(written.lines === 0 ? undefined : written.link, line);
      written = { ...written, link, lines: written.lines + 1, bytes };
      ended = false;
    }
    if (rest.length > maxLineBytes) break;
  }
  return { written, ended, startedMs };
}

export interface LeftPlace extends SealPlace {
  readonly folder: string;
  readonly signer: SshKey;
}

/** Sealed with an end, where it has none. @returns what stands there then @throws what the file system throws */
export async function endLeftRecording(
  { folder, signer, ...place }: LeftPlace,
  outcome: RecordingEnd['outcome'],
): Promise<Written> {
  const left = await readLeftRecording(recordingPath(folder, place.recording)).catch(unlessMissing);
  if (left.ended || left.written.lines === 0) return left.written;
  const file = await RecordingFile.resume(folder, place, { signer, written: left.written });
  try {
    await file.seal({ outcome });
    return file.written;
  } finally {
    await file.close();
  }
}

function unlessMissing(error: unknown): LeftRecording {
  if (!isMissing(error)) throw error;
  return { written: nothing, ended: false, startedMs: undefined };
}

function readable(line: string) {
  try {
    return readRecordingLine(line);
  } catch {
    return undefined;
  }
}
