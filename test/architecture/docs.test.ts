import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { read, root, sources, treeFiles } from './tree.ts';

const pages = treeFiles(file => file.endsWith('.md') && !file.startsWith('fleet-repo-template/'));
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

const prose = (page: string) => read(page).replace(/```[\s\S]*?```/g, '');

const headings = (page: string) => [...prose(page).matchAll(/^#+ (.*)$/gm)].map(match => match[1] ?? '');

/** The anchors that a forge makes of a page's headings. */
function anchors(page: string): Set<string> {
  return new Set(
    headings(page).map(heading =>
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

/** What stands between the marks of comments, with its line breaks and margins taken out. */
function comments(source: string): string[] {
  const found = [...source.matchAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm)].map(match => match[0]);
  return found.map(comment => comment.replace(/\s*\n\s*\*?\s*/g, ' '));
}

test('a page that a comment cites is in this repository, and has the section that is cited', () => {
  const missing: string[] = [];
  // A page with its section in quotation marks after a comma, or the section before "of" and the page.
  const cited = /(?:"([^"]+)" of )?((?:[\w.-]+\/)*[\w-]+\.md)\b(?:, "([^"]+)")?/g;
  for (const [file, source] of sources()) {
    for (const comment of comments(source)) {
      for (const [words, before, page = '', after] of comment.matchAll(cited)) {
        const there = [page, `docs/${page}`].find(one => existsSync(path.join(root, one)));
        const section = before ?? after;
        const hasSection =
          there !== undefined && (section === undefined || headings(there).includes(section));
        if (!hasSection) missing.push(`${file}: ${words}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

test('comments outside tests say their reason themselves: no number of a list that is elsewhere', () => {
  const numbered = [...sources()]
    .filter(([file]) => !file.startsWith('test/'))
    .flatMap(([file, source]) => comments(source).map(comment => `${file}: ${comment}`))
    .filter(comment => /\btraps? \d/.test(comment));
  assert.deepEqual(numbered, []);
});

test('a path of the sources that a page names in code is there', () => {
  const top =
    /^(?:agent|core|gateway|cli|schemas|scripts|bench|test|deploy|docs|fleet-repo-template)\/[\w./-]*$/;
  const missing: string[] = [];
  for (const page of pages) {
    for (const [, code = ''] of prose(page).matchAll(/`([^`\n]+)`/g)) {
      const isPath = top.test(code) || (page === 'docs/architecture.md' && /^[\w./-]+\.ts$/.test(code));
      if (isPath && !existsSync(path.join(root, code))) missing.push(`${page}: ${code}`);
    }
  }
  assert.deepEqual(missing, []);
});
