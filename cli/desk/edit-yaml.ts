/** Changes values of a YAML file that people wrote: their comments and order stay. */
import { readFile } from 'node:fs/promises';
import type { Document } from 'yaml';
import { editedText } from '../../core/change/edited-yaml.ts';
import { TowlineError } from '../../core/errors.ts';
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

/** @throws TowlineError as `editedYaml` */
export async function editYaml(file: string, change: (document: Document) => void): Promise<void> {
  await writeDurably(file, await editedYaml(file, change), { mode: 0o644 });
}
