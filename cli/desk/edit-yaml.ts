/** Changes values of a YAML file that people wrote: their comments and order stay. */
import { readFile } from 'node:fs/promises';
import { type Document, isMap, parseDocument } from 'yaml';
import { messageOf } from '../../core/errors/cause.ts';
import { isTowlineError, TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';

/**
 * The text that the file is to have; nothing is written.
 * @param file an existing file
 * @throws TowlineError FLEET_FILE_MISSING, FLEET_YAML_SYNTAX; FLEET_SCHEMA where it has no place for the change
 */
export async function editedYaml(file: string, change: (document: Document) => void): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new TowlineError('FLEET_FILE_MISSING', `${file} cannot be read`, { cause, position: { file } });
  }
  return editedText(file, text, change);
}

/**
 * @param file its path, for messages
 * @throws TowlineError FLEET_YAML_SYNTAX; FLEET_SCHEMA where it has no place for the change
 */
export function editedText(file: string, text: string, change: (document: Document) => void): string {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new TowlineError('FLEET_YAML_SYNTAX', error.message, { position: { file } });
  try {
    change(document);
    return document.toString({ lineWidth: 0, flowCollectionPadding: false });
  } catch (cause) {
    if (isTowlineError(cause)) throw cause;
    throw new TowlineError('FLEET_SCHEMA', messageOf(cause), { cause, position: { file } });
  }
}

/** @throws TowlineError as `editedYaml` */
export async function editYaml(file: string, change: (document: Document) => void): Promise<void> {
  await writeDurably(file, await editedYaml(file, change), { mode: 0o644 });
}

/** Takes away a map in which nothing is left, and those above it for which the same is so then. */
export function withoutEmpty(document: Document, path: readonly string[]): void {
  for (let rest = path; rest.length > 0; rest = rest.slice(0, -1)) {
    const found = document.getIn(rest);
    if (!isMap(found) || found.items.length > 0) return;
    document.deleteIn(rest);
  }
}
