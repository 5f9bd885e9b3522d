/** slot.json: what a folder of versions/ holds. Written last, after all that it names is on the disk. */
import path from 'node:path';
import { readBounded, writeDurably } from '../../core/io/file/durable-file.ts';
import { type Fields, fieldsOf, readFields } from '../../core/json.ts';

export interface SlotFile {
  readonly version: string;
  /** Of its parts, as `agentDigest` has it. */
  readonly digest: string;
  readonly stateFormat: number;
  /** SHA-256 of a part → the files that came with it: what the next version has, too, is not fetched again. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** Path → SHA-256. */
  readonly files: Readonly<Record<string, string>>;
}

export const slotFileName = 'slot.json';
const maxBytes = 1024 * 1024;
const hashForm = /^[0-9a-f]{64}$/;

/** deploy/launch reads `files` by its lines. */
export async function writeSlotFile(folder: string, slot: SlotFile): Promise<void> {
  const { version, digest, stateFormat, parts, files } = slot;
  const text = JSON.stringify({ version, digest, stateFormat, parts, files }, undefined, 2);
  await writeDurably(path.join(folder, slotFileName), `${text}\n`);
}

/** @returns undefined where there is none, or it is not what was written */
export async function readSlotFile(folder: string): Promise<SlotFile | undefined> {
  const bytes = await readBounded(path.join(folder, slotFileName), maxBytes).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    return parsed(readFields(bytes.toString('utf8')));
  } catch {
    return undefined;
  }
}

function parsed({ version, digest, stateFormat, parts, files }: Fields): SlotFile | undefined {
  if (typeof version !== 'string' || typeof digest !== 'string') return undefined;
  if (typeof stateFormat !== 'number' || !Number.isSafeInteger(stateFormat)) return undefined;
  const hashes = Object.entries(fieldsOf(files)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && hashForm.test(entry[1]),
  );
  const lists = Object.entries(fieldsOf(parts)).map(([sha256, names]): [string, string[]] => [
    sha256,
    Array.isArray(names) ? names.filter(name => typeof name === 'string') : [],
  ]);
  const known = { parts: Object.fromEntries(lists), files: Object.fromEntries(hashes) };
  return { version, digest, stateFormat, ...known };
}
