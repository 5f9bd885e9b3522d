/** RFC 3164, as old receivers have it: no year, no zone, no structured data. What a record is called has no place in it. */
import { utf8Cut } from '../wire/utf8-cut.ts';
import type { SyslogMessage } from './syslog-message.ts';
import { withoutControls } from './without-controls.ts';

/** 4.1: of the whole packet, and what a receiver needs to take. */
export const maxPacketBytes = 1024;
/** 4.1.3. */
const maxTagLength = 32;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param maxBytes of all of it: the text is cut */
export function rfc3164(message: SyslogMessage, maxBytes: number): string {
  const { facility, severity, time, host, app, process } = message;
  const tag = app.replace(/[^\w./-]/g, '_').slice(0, maxTagLength);
  const from = process === '-' ? '' : `[${process.replace(/[^\w.-]/g, '_')}]`;
  const head = `<${facility * 8 + severity}>${stamp(time)} ${host.replace(/[^\x21-\x7e]/g, '_')} ${tag}${from}: `;
  return utf8Cut(head + withoutControls(message.text, '\t'), maxBytes);
}

/** `Nov  9 01:02:03`: in UTC, since it says no zone and devices are in many. */
function stamp(time: string): string {
  const day = String(Number(time.slice(8, 10))).padStart(2, ' ');
  return `${months[Number(time.slice(5, 7)) - 1] ?? 'Jan'} ${day} ${time.slice(11, 19)}`;
}
