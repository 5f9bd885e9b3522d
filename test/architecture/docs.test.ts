import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { read, root, treeFiles } from './tree.ts';

const pages = treeFiles(file => file.endsWith('.md') && !file.startsWith('fleet-repo-template/'));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const prose = (page: string) => read(page).replace(/```[\s\S]*?```/g, '');

/** The anchors that a forge makes of a page's headings. */
function anchors(page: string): Set<string> {
  const headings = [...prose(page).matchAll(/^#+ (.*)$/gm)].map(match => match[1] ?? '');
  return new Set(
    headings.map(heading =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

test('every link of a page leads to a file of this repository, and to a heading that is there', () => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const full = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
      const there = existsSync(path.join(root, full));
      const anchored = anchor === undefined || !full.endsWith('.md') || (there && anchors(full).has(anchor));
      if (!there || !anchored) broken.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('every npm script that a page names is in package.json', () => {
  const unknown: string[] = [];
  for (const page of pages) {
    for (const [command, name = ''] of read(page).matchAll(/\bnpm run ([a-z][a-z:-]*)/g)) {
      if (!(name in scripts)) unknown.push(`${page}: ${command}`);
    }
  }
  assert.deepEqual(unknown, []);
});

test('README.md shows the two commands of a fresh machine before its first heading of the second level', () => {
  const [top = ''] = read('README.md').split(/^## /m);
  assert.match(top, /npm ci && npm run demo/);
  assert.match(top, /npm ci && npm test/);
});

test('every page of docs/ is reachable from docs/README.md', () => {
  const reached = new Set<string>();
  const visit = (page: string) => {
    if (reached.has(page) || !existsSync(path.join(root, page))) return;
    reached.add(page);
    for (const [, target = ''] of prose(page).matchAll(/\]\(([^)\s#]+\.md)(?:#[^)]*)?\)/g)) {
      if (!/^[a-z]+:/.test(target)) visit(path.posix.join(path.posix.dirname(page), target));
    }
  };
  visit('docs/README.md');
  assert.deepEqual(
    pages.filter(page => page.startsWith('docs/') && !reached.has(page)),
    [],
  );
});
