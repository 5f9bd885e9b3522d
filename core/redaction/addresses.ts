/** Addresses of mail and of IPv4. */
import { hidden, type Stretch, without } from './hidden.ts';

/** RFC 5321, 4.5.3.1: of the part before the @. */
const longestLocalPart = 64;
/** Runs from one @ and never across the next one. */
const domain = /(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}[\p{L}][\p{L}\p{N}-]{1,62}/uy;

export function hideMails(text: string): string {
  const found: Stretch[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let begin = at;
    while (begin > from && at - begin < longestLocalPart && isLocal(text.charCodeAt(begin - 1))) begin -= 1;
    domain.lastIndex = at + 1;
    const length = begin === at ? undefined : domain.exec(text)?.[0].length;
    if (length === undefined) continue;
    from = at + 1 + length;
    found.push([begin, from]);
  }
  return without(text, found);
}

const localCharacters = new Set([...".!#$%&'*+-/^_`{|}~"].map(character => character.charCodeAt(0)));

function isLocal(code: number): boolean {
  const letter = code | 0x20;
  return (
    (letter >= 0x61 && letter <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code > 0x7f ||
    localCharacters.has(code)
  );
}

const part = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
/** Not within a longer row of numbers, such as a version. */
const address = new RegExp(String.raw`(?<![\d.])${part}(?:\.${part}){3}(?!\d|\.\d)`, 'gu');

export function hideAddresses(text: string): string {
  return text.includes('.') ? text.replace(address, hidden) : text;
}
