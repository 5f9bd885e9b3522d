/** What lies in a working tree is read as git would commit it, and the clone stays as it is. */
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { WorkingTreeFiles } from '../../../cli/desk/working-tree.ts';
import { beginAnew, helloFolder, makeFleet, makeReleasedFleet, type TestFleet } from '../fleet.ts';
import { git, temporaryFolder, towline } from '../towline.ts';

const plan = (fleet: TestFleet) =>
  towline(['plan', '--all', '--worktree', '--repo', fleet.directory, '--base', 'HEAD', '--json']);

/** Services that a plan would touch. */
async function touched(fleet: TestFleet): Promise<unknown[]> {
  const ran = await plan(fleet);
  assert.equal(ran.code, 0, ran.errors);
  const { plans } = JSON.parse(ran.output) as { plans: { steps?: unknown[] }[] };
  return plans.flatMap(({ steps = [] }) => steps);
}

/** A mounted file that git changes on its way into the working tree, checked out anew. */
async function withAttribute(fleet: TestFleet, attribute: string, content: string): Promise<void> {
  const app = path.join(fleet.directory, helloFolder);
  const compose = await readFile(path.join(app, 'compose.yaml'), 'utf8');
  const mounted = compose.replace(/^( +)image: .*$/m, '$&\n$1volumes: ["./page.txt:/page.txt:ro"]');
  assert.notEqual(mounted, compose);
  await fleet.write(`${helloFolder}/compose.yaml`, mounted);
  await fleet.write(`${helloFolder}/page.txt`, content);
  await fleet.write('.gitattributes', `page.txt ${attribute}\n`);
  await fleet.git('add', '--all');
  await fleet.git('commit', '-qm', 'A page');
  await rm(path.join(app, 'page.txt'));
  await fleet.git('checkout', '--', `${helloFolder}/page.txt`);
  assert.equal(await fleet.git('status', '--porcelain'), '');
}

describe('towline plan --worktree, where git status is clean', () => {
  const cases: readonly [attribute: string, content: string, lies: RegExp][] = [
    ['text eol=crlf', 'one\ntwo\n', /one\r\ntwo\r\n/],
    ['ident', '$Id$\n', /\$Id: [0-9a-f]{40} \$/],
    ['working-tree-encoding=UTF-16LE', 'one\n', /o\0n\0e\0/],
    ['filter=shout', 'one\n', /ONE/],
  ];
  for (const [attribute, content, lies] of cases)
    test(`reports nothing with ${attribute}`, async () => {
      await using fleet = await makeReleasedFleet();
      await fleet.git('config', 'filter.shout.clean', 'tr A-Z a-z');
      await fleet.git('config', 'filter.shout.smudge', 'tr a-z A-Z');
      const encoded = attribute.startsWith('working')
        ? Buffer.from(content, 'utf16le').toString('latin1')
        : content;
      await withAttribute(fleet, attribute, encoded);
      assert.match(await readFile(path.join(fleet.directory, `${helloFolder}/page.txt`), 'latin1'), lies);
      assert.deepEqual(await touched(fleet), []);
      await fleet.write(`${helloFolder}/page.txt`, 'other\n');
      assert.notDeepEqual(await touched(fleet), []);
    });
});

test('added, removed, ignored, executable files are those of git add; index and objects of the clone stay', async () => {
  await using fleet = await makeFleet();
  const at = (name: string) => path.join(fleet.directory, name);
  await fleet.write('.gitignore', 'ignored\n');
  await fleet.write('ignored', 'x');
  await fleet.write('apps/hello/new', 'new');
  await chmod(at('apps/hello/new'), 0o755);
  await rm(at('README.md'), { force: true });
  const index = await readFile(at('.git/index'));
  const objects = await readdir(at('.git/objects'), { recursive: true });
  await using files = new WorkingTreeFiles(fleet.directory);
  const found = new Map<string, string>();
  for await (const { path: name, mode } of files.list('', '')) found.set(name, mode);
  assert.equal(found.get('apps/hello/new'), '100755');
  assert.equal(found.has('ignored'), false);
  assert.equal(found.has('README.md'), false);
  assert.equal(Buffer.from((await files.fileAt('', 'apps/hello/new', 10))?.bytes ?? []).toString(), 'new');
  await assert.rejects(files.fileAt('', 'apps/hello/new', 2), { code: 'TRUST_LIMIT' });
  assert.deepEqual(await readFile(at('.git/index')), index);
  assert.deepEqual(await readdir(at('.git/objects'), { recursive: true }), objects);
});

test('a link and a repository in the repository are named as no regular files', async () => {
  await using fleet = await makeFleet();
  await symlink('fleet.yaml', path.join(fleet.directory, 'link'));
  const linked = await towline(['validate', '--worktree', fleet.directory]);
  assert.match(linked.errors, /TRUST_MALFORMED_OBJECT .*link is no regular file/);
  await rm(path.join(fleet.directory, 'link'));
  const inner = path.join(fleet.directory, 'inner');
  await mkdir(inner);
  await fleet.git('init', '-q', inner);
  await fleet.git('-C', inner, 'commit', '-q', '--allow-empty', '--no-gpg-sign', '-m', 'x');
  const nested = await towline(['validate', '--worktree', fleet.directory]);
  assert.match(nested.errors, /TRUST_MALFORMED_OBJECT .*inner is no regular file/);
});

test('a pointer of LFS that a container would see is refused, by its path; another one is nobody’s business', async () => {
  await using fleet = await makeReleasedFleet();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 123\n`;
  await withAttribute(fleet, 'filter=lfs -text', 'one\n');
  await fleet.write(`${helloFolder}/logo.png`, pointer);
  const validate = async () => {
    await beginAnew(fleet);
    return await towline(['validate', fleet.directory]);
  };
  const fine = await validate();
  assert.equal(fine.code, 0, fine.output);
  for (const text of [pointer, pointer.replace('oid', 'ext-0-foo sha256:00\noid')]) {
    await fleet.write(`${helloFolder}/page.txt`, text);
    const refused = await validate();
    assert.equal(refused.code, 1, refused.output);
    assert.match(
      refused.output,
      /^apps\/hello\/releases\/1\.0\.0\/page\.txt.* FLEET_LFS_POINTER .*app "hello"/m,
    );
  }
  await fleet.write(`${helloFolder}/page.txt`, `${pointer}${'x'.repeat(2000)}`);
  assert.equal((await validate()).code, 0);
});

test('a worktree of a clone that has no index yet, and one with a conflict', async () => {
  await using fleet = await makeFleet();
  await fleet.git('switch', '-q', '-c', 'other');
  await fleet.write('README.md', 'theirs\n');
  await fleet.git('add', '--all');
  await fleet.git('commit', '-qm', 'Theirs');
  await fleet.git('switch', '-q', 'main');
  await fleet.write('README.md', 'ours\n');
  await fleet.git('add', '--all');
  await fleet.git('commit', '-qm', 'Ours');
  await fleet.git('merge', '-q', 'other').catch(() => '');
  assert.equal((await towline(['validate', '--worktree', fleet.directory])).code, 0);
  await rm(path.join(fleet.directory, '.git/index'));
  assert.equal((await towline(['validate', '--worktree', fleet.directory])).code, 0);
});

test('a file that was changed to the same length in the second in which it was added is seen', async () => {
  const folder = await temporaryFolder();
  after(() => folder.remove());
  const file = path.join(folder.path, 'a.txt');
  await git(folder.path, 'init', '-q');
  const second = () => Math.floor(Date.now() / 1000);
  for (let before = 0; before !== second(); ) {
    before = second();
    await writeFile(file, 'one\n');
    await git(folder.path, 'add', '--all');
    await writeFile(file, 'two\n');
  }
  await new Promise(resolve => setTimeout(resolve, 1100));
  await using files = new WorkingTreeFiles(folder.path);
  const found = await files.fileAt('', 'a.txt', 100);
  assert.equal(Buffer.from(found?.bytes ?? []).toString(), 'two\n');
});
