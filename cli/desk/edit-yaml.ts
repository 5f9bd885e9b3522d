/** Changes values of a YAML file that people wrote: their comments and order stay. */
import { readFile } from 'node:fs/promises';
import { type Document, parseDocument } from 'yaml';
import { TowlineError } from '../../core/errors.ts';
import { writeDurably } from '../../core/io/file/durable-file.ts';

/**
 * @param file an existing file
 * @throws TowlineError FLEET_FILE_MISSING, FLEET_YAML_SYNTAX
 */
export async function editYaml(file: string, change: (document: Document) => void): Promise<void> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new TowlineError('FLEET_FILE_MISSING', `${file} cannot be read`, { cause, position: { file } });
  }
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw new TowlineError('FLEET_YAML_SYNTAX', error.message, { position: { file } });
  change(document);
  await writeDurably(file, document.toString({ lineWidth: 0, flowCollectionPadding: false }), {
    mode: 0o644,
  });
}
