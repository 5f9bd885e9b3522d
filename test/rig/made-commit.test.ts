/** What the rig makes in its own process is what git and ssh-keygen make. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FileSpec, type FleetRepository, makeRepository } from '../../lab/rig/fleet-repository.ts';
import { makeSshKey, type SshKey } from '../../lab/rig/keys.ts';
import { readLoose } from '../../lab/rig/loose-object.ts';
import { commitTree, writeTree } from '../../lab/rig/repository-git.ts';

describe('commits that the rig makes without git', () => {
  let key: SshKey;
  let repository: FleetRepository;
  let base: string;
  before(async () => {
    key = await makeSshKey();
    repository = await makeRepository();
    base = await repository.commit({
      parents: [],
      files: { 'a/b/c': '1', 'a/d': '2', 'a-': '3', a0: '4', link: { mode: '120000', content: 'a0' } },
    });
  });
  after(async () => {
    await repository.remove();
    await key.remove();
  });

  const cases: readonly (readonly [name: string, files: Record<string, string | null | FileSpec>])[] = [
    ['unsigned', { 'a/b/c': 'x' }],
    ['signed', { 'a/b/c': 'x', 'new/é/f': 'y' }],
    ['that removes a folder with its last file', { 'a/b/c': null }],
    ['that removes what is not there', { 'q/r': null, a9: null }],
    ['that puts a file where a folder was', { 'a/b': 'x' }],
    ['that puts a folder where a file was', { 'a0/b': 'x' }],
    ['whose folder sorts behind a file that is longer', { 'a0.x': 'x', 'a1/z': 'x' }],
    ['with a mode and nothing else', { a0: { mode: '100755', content: '4' } }],
    ['with a submodule', { module: { mode: '160000', id: 'f'.repeat(40) } }],
    ['that empties the tree', { 'a/b/c': null, 'a/d': null, 'a-': null, a0: null, link: null }],
    ['without a change', {}],
  ];
  for (const [name, files] of cases)
    test(`a commit ${name} has the id that git gives it`, async () => {
      for (const signer of [undefined, key]) {
        const timeSec = 1_700_000_000;
        const signed = signer === undefined ? {} : { signer };
        const made = await repository.commit({ files, timeSec, branch: null, ...signed });
        const changes = new Map();
        for (const [path, file] of Object.entries(files)) {
          const spec = typeof file === 'string' ? { content: file } : file;
          const id = spec?.id ?? (await repository.store('blob', spec?.content ?? ''));
          changes.set(path, spec === null ? null : { mode: spec?.mode ?? '100644', id });
        }
        const message = signer === undefined ? 'Change\n' : 'Change\n\nTowline-Ref: acme/main\n';
        const tree = await writeTree(repository.path, base, changes);
        const byGit = await commitTree(repository.path, { tree, parents: [base], timeSec, message, signer });
        assert.equal(made, byGit);
        assert.equal(await repository.git(['fsck', '--strict', '--no-dangling']), '');
      }
    });

  test('what git packed, and branches that it packed, are read and built upon', async () => {
    const copy = await repository.copy();
    await copy.git(['repack', '-adq']);
    await copy.git(['pack-refs', '--all']);
    assert.equal(await readLoose(copy.path, base), undefined);
    assert.equal((await copy.read(base))?.type, 'commit');
    assert.equal(await copy.head(), base);
    const head = await copy.commit({ signer: key, files: { 'a/b/c': 'x' } });
    assert.equal(await copy.git(['show', `${head}:a/b/c`]), 'x');
    assert.equal(await copy.git(['rev-parse', 'main~1']), base);
    assert.equal(await repository.head(), base);
    await copy.remove();
  });

  test('a branch that another writes is not written over', async () => {
    const copy = await repository.copy();
    const lock = join(copy.path, 'refs/heads/main.lock');
    await writeFile(lock, '');
    await assert.rejects(copy.commit({ files: { a0: 'x' } }), /main\.lock/);
    assert.equal(await copy.head(), base);
    await rm(lock);
    const head = await copy.commit({ files: { a0: 'x' } });
    assert.equal(await copy.head(), head);
    await copy.remove();
  });

  test('what git refuses is refused', async () => {
    await assert.rejects(repository.setBranch('f'.repeat(40)), /nonexistent|not a valid/);
    await assert.rejects(repository.setBranch(await repository.store('blob', 'x')), /non-commit/);
    await assert.rejects(repository.commit({ parents: ['f'.repeat(40)], files: { a: '1' } }));
    await assert.rejects(repository.commit({ message: 'a\0b' }), /NUL/);
    await assert.rejects(repository.head('none'));
  });
});
