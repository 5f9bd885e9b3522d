/** RFC 5424: one message, without a byte order mark. */
import { withDigits } from '../wire/instant.ts';
import { utf8Cut } from '../wire/utf8-cut.ts';
import type { SyslogElement, SyslogMessage } from './syslog-message.ts';
import { withoutControls } from './without-controls.ts';

/** 6.1: what a name in the header, an SD-ID and a PARAM-NAME may be long. */
const most = { host: 255, app: 48, process: 128, messageId: 32, name: 32 };

/** @param maxBytes of all of it; the text is cut, and fields of the app give way before it is cut by more than half */
export function rfc5424(message: SyslogMessage, maxBytes: number): Buffer {
  const { facility, severity, time, host, app, process, messageId } = message;
  const header = [
    `<${facility * 8 + severity}>1`,
    // 6.2.3: six digits at most.
    withDigits(time, 6),
    word(host, most.host),
    word(app, most.app),
    word(process, most.process),
    word(messageId, most.messageId),
  ].join(' ');
  const data = structuredData(message.elements, Math.max(512, Math.floor(maxBytes / 2)));
  const bytes = Buffer.from(`${header} ${data} ${withoutControls(message.text, keptInText)}`);
  return utf8Cut(bytes, maxBytes);
}

/** Lines that belong together stay so: the frame says where the message ends, no character does. */
const keptInText = '\n\t';

/** PRINTUSASCII, 1 to so many; what is none becomes an underscore. */
function word(text: string, length: number): string {
  return text.slice(0, length).replace(/[^\x21-\x7e]/g, '_') || '-';
}

/** What does not fit is left out whole: a parameter that is cut would end the element's, too. */
function structuredData(elements: readonly SyslogElement[], maxBytes: number): string {
  let text = '';
  let room = maxBytes;
  for (const { id, parameters } of elements) {
    const head = `[${sdName(id)}`;
    room -= head.length + 1;
    let taken = '';
    for (const [name, value] of parameters) {
      const parameter = ` ${sdName(name)}="${sdValue(value)}"`;
      const bytes = Buffer.byteLength(parameter);
      if (bytes > room) continue;
      room -= bytes;
      taken += parameter;
    }
    if (taken === '') room += head.length + 1;
    else text += `${head}${taken}]`;
  }
  return text === '' ? '-' : text;
}

/** 6.3.3: SD-NAME, without what ends it. */
function sdName(name: string): string {
  return word(name, most.name).replace(/[="\]]/g, '_');
}

/** 6.3.3: `"`, `\` and `]` stand behind a `\`. */
function sdValue(value: string): string {
  return withoutControls(value, '').replace(/["\\\]]/g, '\\$&');
}
