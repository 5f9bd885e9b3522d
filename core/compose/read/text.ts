import { ComposeFault } from '../value/fault.ts';

/** Characters that YAML does not take as they are. Source: yaml.org/spec/1.1, chapter 5.1. */
const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/**
 * The characters of a Compose file: UTF-8, or what its byte order mark says.
 * @throws ComposeFault COMPOSE_SYNTAX for bytes that are no text, and for control characters
 */
export function textOfFile(file: string, bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new ComposeFault('COMPOSE_SYNTAX', [], `the file is not text in ${encoding.toUpperCase()}`, {
      file,
    });
  }
  const found = forbidden.exec(text);
  if (found === null) return text;
  const line = text.slice(0, found.index).split('\n').length;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0').toUpperCase();
  throw new ComposeFault('COMPOSE_SYNTAX', [], `control characters are not allowed: U+${code}`, {
    file,
    line,
  });
}
