/**
 * A recording is lines of text: its head, then chunks, and among them seals. Each link of the chain is the SHA-256 of the link
 * before and of the line as it stands: no line can be changed, left out or moved without all that follow. A seal is no link; it
 * says which link stands before it, and is signed by the device.
 */
import { canonicalJson, sha256 } from '../canonical-json.ts';

export const recordingFormat = 'towline-recording/v1';

/** How a session ended, as the device saw it. */
export interface RecordingEnd {
  /** `cut`: the device's agent ended before the session did. `unkept`: no more could be kept. */
  readonly outcome: 'ended' | 'cut' | 'unkept';
  readonly exitCode?: number;
  /** Since its beginning. */
  readonly durationMs?: number;
}

export interface Seal {
  /** Lines before it that are links: the head and the chunks. */
  readonly lines: number;
  readonly link: string;
  /** Of the last one alone. */
  readonly end?: RecordingEnd;
}

export interface SealPlace {
  readonly fleet: string;
  readonly device: string;
  readonly recording: string;
}

/** @param before undefined: the line is the head */
export function nextLink(before: string | undefined, line: string): string {
  return sha256(`${recordingFormat}\n${before ?? ''}\n${line}`);
}

/** What is signed, in the namespace `towline-recording`. */
export function sealStatement({ fleet, device, recording }: SealPlace, seal: Seal): string {
  const { lines, link, end } = seal;
  return `${canonicalJson({ kind: 'towline-recording-seal/v1', fleet, device, recording, lines, link, end })}\n`;
}
