/** Names of tree entries: what a fleet repository may call a file. */

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Control characters, line and paragraph separators, and what draws a name other than it is (bidi, zero width). */
const invisible = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u;

/** `.git` as file systems may fold it: any case, trailing dots and blanks, streams, the short name of Windows. */
const gitFolder = /^(\.git|git~[0-9]+)([. ]*|:.*)$/i;

const maxNameBytes = 255;

/** What is wrong with the bytes of a name, or the name itself. */
export function readEntryName(bytes: Uint8Array): { name: string } | { problem: string } {
  if (bytes.length === 0) return { problem: 'an empty name' };
  if (bytes.length > maxNameBytes)
    return { problem: `a name of ${bytes.length} bytes (limit ${maxNameBytes})` };
  let name: string;
  try {
    name = decoder.decode(bytes);
  } catch {
    return { problem: 'a name that is not UTF-8' };
  }
  const problem = nameProblem(name);
  return problem === undefined ? { name } : { problem };
}

function nameProblem(name: string): string | undefined {
  const shown = JSON.stringify(name);
  if (name === '.' || name === '..') return `the name ${shown}`;
  if (name.includes('/') || name.includes('\\')) return `a slash or backslash in the name ${shown}`;
  if (invisible.test(name)) return `control or invisible characters in the name ${shown}`;
  if (name.normalize('NFC') !== name) return `the name ${shown}, which is not in Unicode form NFC`;
  if (gitFolder.test(name)) return `the name ${shown}`;
  return undefined;
}

/** Two names with one fold cannot stand in one folder: some file systems would take them for one file. */
export function foldName(name: string): string {
  return name.toUpperCase().toLowerCase().normalize('NFC');
}
