/** What pages say in words and a person does in an editor: each says what was changed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseDocument } from 'yaml';

/** @param file of a machine, as we reach it */
export function editYaml(
  file: string,
  changes: readonly (readonly [path: (string | number)[], value: unknown])[],
): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  for (const [where, value] of changes) {
    if (value === undefined) document.deleteIn(where);
    else document.setIn(where, document.createNode(value));
    console.log(`\n# edited: ${where.join('.')} of ${file.replace(/^\/proc\/\d+\/root/, '')}`);
  }
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}
