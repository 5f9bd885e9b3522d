/** The engine's log stream → lines. Frames: Docker Engine API, "Attach to a container", stream format. */

import type { LogLine } from '../runtime.ts';

/** Text of one line beyond this is cut off, bytes. */
const maxLineBytes = 32 * 1024;
const streams = ['stdout', 'stdout', 'stderr'] as const;

/**
 * Reads what `logs?timestamps=true` answers. A line that the engine stores in parts (over 16 KiB) becomes one
 * again; streams are taken apart before lines are, so a character cut across frames stays whole. What is cut off
 * at the end is left out.
 */
export function readLogLines(bytes: Buffer): LogLine[] {
  if (bytes.length === 0) return [];
  const framed = bytes.length >= 8 && bytes.readUInt8(0) <= 2 && bytes.readUIntBE(1, 3) === 0;
  return framed ? framedLines(bytes) : rawLines(bytes);
}

function framedLines(bytes: Buffer): LogLine[] {
  const lines: LogLine[] = [];
  const open = new Map<LogLine['stream'], { time: string; parts: Buffer[] }>();
  let at = 0;
  while (at + 8 <= bytes.length) {
    const stream = streams[bytes.readUInt8(at)] ?? 'stdout';
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    if (end > bytes.length) break;
    const payload = bytes.subarray(at + 8, end);
    at = end;
    const space = payload.indexOf(0x20);
    const whole = payload.at(-1) === 0x0a;
    const text = payload.subarray(space + 1, whole ? -1 : undefined);
    const line = open.get(stream) ?? { time: payload.toString('latin1', 0, Math.max(0, space)), parts: [] };
    line.parts.push(text);
    if (!whole) {
      open.set(stream, line);
      continue;
    }
    open.delete(stream);
    lines.push({ time: line.time, stream, text: capped(Buffer.concat(line.parts)) });
  }
  return lines;
}

function rawLines(bytes: Buffer): LogLine[] {
  const lines: LogLine[] = [];
  let at = 0;
  for (let end = bytes.indexOf(0x0a, at); end !== -1; end = bytes.indexOf(0x0a, at)) {
    const line = bytes.subarray(at, bytes[end - 1] === 0x0d ? end - 1 : end);
    const space = line.indexOf(0x20);
    if (space > 0) {
      lines.push({
        time: line.toString('latin1', 0, space),
        stream: 'tty',
        text: capped(line.subarray(space + 1)),
      });
    }
    at = end + 1;
  }
  return lines;
}

function capped(text: Buffer): Buffer {
  return text.length <= maxLineBytes ? text : text.subarray(0, maxLineBytes);
}
