/** Escapes of JSON in a text of bytes, taken out: what they mean is no longer than they are (RFC 8259, 7). */

const [quote, backslash, letterU] = [0x22, 0x5c, 0x75];
/** Of the letter behind a backslash. */
const meanings = new Uint8Array(256);
for (const [letter, meaning] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  meanings[(letter ?? '').charCodeAt(0)] = (meaning ?? '').charCodeAt(0);
}

/**
 * Writes what a text means to the front of these bytes, which is not in it.
 * @returns its length; -1: this is no text of that kind
 */
export function unescaped(bytes: Buffer, from: number, end: number): number {
  if (!isWhole(bytes, from, end)) return -1;
  let to = 0;
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== backslash) {
      bytes[to++] = byte;
      continue;
    }
    at += 1;
    const letter = bytes[at] ?? 0;
    if (letter === letterU) {
      to = writeCharacter(bytes, to, codeAt(bytes, at + 1));
      at += 4;
    } else bytes[to++] = meanings[letter] ?? 0;
  }
  return to;
}

function isWhole(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) return false;
    if (byte !== backslash) continue;
    at += 1;
    const letter = bytes[at] ?? 0;
    if (letter === letterU) {
      if (codeAt(bytes, at + 1) === -1) return false;
      at += 4;
    } else if (meanings[letter] === 0) return false;
    if (at >= end) return false;
  }
  return true;
}

/** Of four digits; -1: there are none, or it is half of a character. */
function codeAt(bytes: Buffer, from: number): number {
  let code = 0;
  for (let at = from; at < from + 4; at += 1) {
    const byte = bytes[at] ?? 0;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) code = code * 16 + byte - 0x30;
    else if (letter >= 0x61 && letter <= 0x66) code = code * 16 + letter - 0x57;
    else return -1;
  }
  return code >= 0xd800 && code <= 0xdfff ? -1 : code;
}

/** As UTF-8. @returns the place behind it */
function writeCharacter(bytes: Buffer, from: number, code: number): number {
  let to = from;
  if (code < 0x80) bytes[to++] = code;
  else if (code < 0x800) {
    bytes[to++] = 0xc0 | (code >> 6);
    bytes[to++] = 0x80 | (code & 0x3f);
  } else {
    bytes[to++] = 0xe0 | (code >> 12);
    bytes[to++] = 0x80 | ((code >> 6) & 0x3f);
    bytes[to++] = 0x80 | (code & 0x3f);
  }
  return to;
}
