/** Files of production in the lab's clone, as real git commits them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { replaceWorkingTree, stageAll } from '../../../lab/mirror/working-tree.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tl-tree-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const git = (...words: readonly string[]) => execFileSync('git', ['-C', folder, ...words]);

test('what is committed has every file and byte that production has, whatever its .gitignore and .gitattributes say', async () => {
  git('init', '--quiet');
  const texts = {
    'apps/a/.gitignore': '*\n',
    'apps/a/.env': 'LEVEL=1\n',
    'apps/a/.gitattributes': '* text eol=crlf ident\n*.txt working-tree-encoding=UTF-16\n',
    'apps/a/crlf.conf': 'one\r\n$' + 'Id: of production $\r\n',
    'apps/a/note.txt': 'plain\n',
  };
  const files = Object.entries(texts).map(
    ([name, text]) => [name, { mode: '100644', bytes: Buffer.from(text) }] as const,
  );
  await replaceWorkingTree(folder, new Map(files));
  git(...stageAll);
  const names = git('ls-files', '-z').toString().split('\0').filter(Boolean);
  assert.deepEqual(names.sort(), Object.keys(texts).sort());
  for (const [name, text] of Object.entries(texts))
    assert.equal(git('cat-file', 'blob', `:${name}`).toString(), text, name);
});
