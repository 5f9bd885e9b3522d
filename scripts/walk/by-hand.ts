/** What pages say in words and a person does in an editor: each says what was changed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, parseDocument } from 'yaml';

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

/** The block that `towline gateway init` has shown, in place of the one that is there. */
export function pasteGateways(fleetFile: string, screen: string): void {
  const [block = ''] = /^gateways:\n(?: .*\n)+/m.exec(screen) ?? [];
  const { gateways } = parse(block) as { gateways: unknown };
  editYaml(fleetFile, [[['gateways'], gateways]]);
}
