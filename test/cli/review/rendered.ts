/** A comment as GitHub's renderer reads it, held against what may stand in one. */
import assert from 'node:assert/strict';
import { cmarkGfm } from '../../../lab/machine/cmark-gfm.ts';

/** All that a comment is made of; no link, no image, no HTML within a line, no emphasis but strong. */
const known = new Set([
  ...[
    'document',
    'heading',
    'paragraph',
    'text',
    'code',
    'strong',
    'softbreak',
    'list',
    'item',
    'html_block',
  ],
  ...['table', 'table_header', 'table_row', 'table_cell'],
]);
const ownHtml =
  /^(?:&lt;details&gt;\n&lt;summary&gt;Plan \d+: [\d,]+ devices?&lt;\/summary&gt;|&lt;\/details&gt;)\n?$/;

/** @throws AssertionError where a page has more in it than our own words and code spans */
export function assertHarmless(markdown: string, strangers: RegExp): void {
  const tree = cmarkGfm(markdown, 'xml');
  const names = new Set([...tree.matchAll(/<([a-z_]+)/g)].map(([, name = '']) => name));
  assert.deepEqual(
    [...names].filter(name => !known.has(name)),
    [],
  );
  const blocks = [...tree.matchAll(/<html_block[^>]*>([^<]*)<\/html_block>/g)].map(([, html = '']) => html);
  for (const html of blocks) assert.match(html, ownHtml);
  const closing = blocks.filter(html => html.startsWith('&lt;/'));
  assert.equal(closing.length * 2, blocks.length);
  for (const [, text = ''] of tree.matchAll(/<text[^>]*>([^<]*)<\/text>/g))
    assert.doesNotMatch(text, strangers);
  assertTables(tree);
}

/** Each row has as many cells as the head of its table, and none is a table's end by accident. */
function assertTables(tree: string): void {
  for (const [table] of tree.matchAll(/<table [\s\S]*?<\/table>/g)) {
    const rows = table.split(/<table_(?:header|row)>/).slice(1);
    const cells = rows.map(row => row.match(/<table_cell/g)?.length ?? 0);
    assert.equal(new Set(cells).size, 1, table);
  }
}

export const countOf = (markdown: string, name: string): number =>
  cmarkGfm(markdown, 'xml').match(new RegExp(`<${name}[ >]`, 'g'))?.length ?? 0;
