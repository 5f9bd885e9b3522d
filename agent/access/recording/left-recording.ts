/** What an earlier run of the agent has left of a recording: as far as whole lines go. */
import { createReadStream } from 'node:fs';
import { nextLink } from '../../../core/recording/recording-chain.ts';
import { maxLineBytes, readRecordingLine } from '../../../core/recording/recording-line.ts';
import type { Written } from './recording-file.ts';

export interface LeftRecording {
  readonly written: Written;
  /** Its last line is a seal with an end. */
  readonly ended: boolean;
  readonly startedMs: number | undefined;
}

/** Reads a piece at a time: it may be large. @throws what the file system throws */
export async function readLeftRecording(file: string): Promise<LeftRecording> {
  let written: Written = { link: '', lines: 0, bytes: 0, sealedBytes: 0 };
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

function readable(line: string) {
  try {
    return readRecordingLine(line);
  } catch {
    return undefined;
  }
}
