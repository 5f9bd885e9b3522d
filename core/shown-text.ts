/**
 * The one rule for text that a stranger wrote (a device, a remote, a file, a gateway) and that a terminal, a log or a pipe
 * will show: what is not seen, or steers what is, stands there as its escape.
 */

/**
 * Control characters of C0 and C1, line ends of all kinds, formats that turn the direction or join what is apart, halves of
 * characters, what is not assigned, and what fonts show as nothing.
 */
const unseen = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const everyUnseen = new RegExp(unseen, 'gu');
/** In JSON a line's own end is no part of any text. */
const unseenInJson = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** On one line, whatever it was: `\n`, `\u009b`. */
export function printable(text: string): string {
  return unseen.test(text) ? text.replace(everyUnseen, found => short[found] ?? escaped(found)) : text;
}

/** JSON that reads the same and is pure to look at. @param indent spaces, as for `JSON.stringify` */
export function shownJson(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, undefined, indent));
}

/** The same for JSON that is written already, such as a line of a log. */
export function escapeJson(json: string): string {
  return json.replace(unseenInJson, escaped);
}

/** Where a log writes its lines of JSON. */
export interface LineSink {
  write(line: string): unknown;
}

/** Lines of JSON for a log that people read: each goes on to `sink` as `escapeJson` leaves it. */
export function shownLines(sink: LineSink): LineSink {
  return { write: line => sink.write(escapeJson(line)) };
}

/** By its UTF-16 units, as JSON has it. */
function escaped(character: string): string {
  let text = '';
  for (let at = 0; at < character.length; at += 1) {
    text += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }
  return text;
}

/** Cut in its middle, where it is longer: how a text ends tells as much as how it begins, and a stranger wrote both. */
export function shortened(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const tail = Math.floor((length - 1) / 3);
  return [...characters.slice(0, length - 1 - tail), '…', ...characters.slice(characters.length - tail)].join(
    '',
  );
}
