/** RFC 5424: one message, without a byte order mark. */
import { utf8Cut } from '../wire/utf8-cut.ts';
import type { SyslogElement, SyslogMessage } from './syslog-message.ts';
import { withoutControls } from './without-controls.ts';

/** 6.1: what a name in the header, an SD-ID and a PARAM-NAME may be long. */
const most = { host: 255, app: 48, process: 128, messageId: 32, name: 32 };
/** Lines that belong together stay so: the frame says where the message ends, no character does. */
const keptInText = '\n\t';
const notPrintable = /[^\x21-\x7e]/;
const everyNotPrintable = new RegExp(notPrintable, 'g');
const endsName = /[="\]]/;
const escapedInValue = /["\\\]]/;

/** @param maxBytes of all of it; the text is cut, and fields of the app give way before it is cut by more than half */
export function rfc5424(message: SyslogMessage, maxBytes: number): string {
  const { facility, severity, time, host, app, process, messageId } = message;
  // 6.2.3: six digits of a second at most.
  const at = `${time.slice(0, 'YYYY-MM-DDTHH:MM:SS.ffffff'.length)}Z`;
  const head = `<${facility * 8 + severity}>1 ${at} ${word(host, most.host)} ${word(app, most.app)}`;
  const kind = `${word(process, most.process)} ${word(messageId, most.messageId)}`;
  const data = structuredData(message.elements, Math.max(512, Math.floor(maxBytes / 2)));
  return utf8Cut(`${head} ${kind} ${data} ${withoutControls(message.text, keptInText)}`, maxBytes);
}

/** PRINTUSASCII, 1 to so many; what is none becomes an underscore. */
function word(text: string, length: number): string {
  const short = text.length > length ? text.slice(0, length) : text;
  return (notPrintable.test(short) ? short.replace(everyNotPrintable, '_') : short) || '-';
}

/** What does not fit is left out whole: a parameter that is cut would end the element's, too. */
function structuredData(elements: readonly SyslogElement[], maxBytes: number): string {
  let text = '';
  let room = maxBytes;
  for (const { id, parameters } of elements) {
    const head = `[${sdName(id)}`;
    let taken = '';
    room -= head.length + 1;
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
  const plain = word(name, most.name);
  return endsName.test(plain) ? plain.replace(/[="\]]/g, '_') : plain;
}

/** 6.3.3: `"`, `\` and `]` stand behind a `\`. */
function sdValue(value: string): string {
  const plain = withoutControls(value, '');
  return escapedInValue.test(plain) ? plain.replace(/["\\\]]/g, '\\$&') : plain;
}
