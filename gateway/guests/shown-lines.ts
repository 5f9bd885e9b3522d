/** What a guest is sent of a line of a session: for a terminal, and for the page. */
import { terminalSide } from '../../core/io/ssh/session-channels.ts';
import { readCastEvent, readCastHeader } from '../../core/recording/asciicast.ts';
import type { ShownOutput } from '../../core/terminal/shown-output.ts';

export function shownText(line: string, shown: ShownOutput): Buffer {
  const event = readCastEvent(line);
  return event?.kind === 'output' ? shown.filter(Buffer.from(event.data)) : Buffer.alloc(0);
}

export function shownLine(line: string, shown: ShownOutput): string {
  const header = readCastHeader(line);
  if (header !== undefined) {
    const [width, height] = [terminalSide(header.columns, 80), terminalSide(header.rows, 24)];
    return `${JSON.stringify({ width, height })}\n`;
  }
  const event = readCastEvent(line);
  if (event === undefined) return '';
  if (event.kind === 'resize')
    return /^[1-9]\d{0,3}x[1-9]\d{0,3}$/.test(event.data) ? `${JSON.stringify([0, 'r', event.data])}\n` : '';
  return `${JSON.stringify([0, 'o', shown.filter(Buffer.from(event.data)).toString('utf8')])}\n`;
}
