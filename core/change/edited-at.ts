/** A YAML file of the fleet with some values changed. */
import { isDeepStrictEqual } from 'node:util';
import { type Document, parseDocument } from 'yaml';
import { type FilesAt, textAt } from './changed-files.ts';
import { editedText } from './edited-yaml.ts';

/** @returns undefined where it says that already: another indentation alone is no change. @throws TowlineError as `textAt`, `editedText` */
export async function editedAt(
  at: FilesAt,
  path: string,
  edit: (document: Document) => void,
): Promise<string | undefined> {
  const before = await textAt(at, path);
  const after = editedText(path, before, edit);
  const isSame = isDeepStrictEqual(parseDocument(before).toJS(), parseDocument(after).toJS());
  return isSame ? undefined : after;
}
