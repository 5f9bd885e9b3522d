/** Commands as a guide has them, for tests that type them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * The words of the line of `docs/guides/<guide>.md` that begins so, inside a block.
 * @param instead a name in the guide → what it is here
 */
export function guideLine(
  guide: string,
  begins: string,
  instead: Readonly<Record<string, string>> = {},
): string[] {
  const page = readFileSync(path.join(import.meta.dirname, `../../docs/guides/${guide}.md`), 'utf8');
  const blocks = [...page.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, text = '']) => text);
  const line = blocks.flatMap(text => text.split('\n')).find(each => each.startsWith(begins));
  assert.ok(line, `${guide}.md has no line that begins with ${begins}`);
  return line.split(' ').map(word => instead[word] ?? word);
}
